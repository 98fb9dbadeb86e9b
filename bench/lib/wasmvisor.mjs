// The product, as its users get it: the built library.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./paths.mjs";

const entry = join(root, "dist/translator.js");
export const isBuilt = existsSync(entry) && existsSync(join(root, "build/translator.wasm"));

/** Everything of `wasmvisor/translator`. Throws when nothing is built. */
export async function library() {
  if (!isBuilt) throw new Error("bench: nothing is built. Run: npm run build");
  return import(pathToFileURL(entry).href);
}
