// Where the benchmarks keep what they fetch and make.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const benchDir = join(root, "bench");
export const kernelDir = join(benchDir, "kernels");

/** A folder below `.cache/bench`, made when it is missing. */
export function cacheDir(...parts) {
  const dir = join(root, ".cache", "bench", ...parts);
  mkdirSync(dir, { recursive: true });
  return dir;
}
