// Peers made by npm's Binaryen: metering alone, and Asyncify over metering. Kept in .cache by the hash of the input,
// since wasm-opt takes up to a minute for a whole program.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { cacheDir } from "../lib/paths.mjs";
import { meterText } from "./meter.mjs";

const revision = 1; // of what this file makes: part of the cache key

const features = [
  "--enable-bulk-memory",
  "--enable-bulk-memory-opt",
  "--enable-sign-ext",
  "--enable-nontrapping-float-to-int",
  "--enable-mutable-globals",
  "--enable-multivalue",
  "--enable-reference-types",
  "--enable-simd",
];

/** Runs wasm-opt on a file. Returns the wall time in milliseconds. Throws with its message when it fails. */
export function wasmOpt(args) {
  const tool = join(
    dirname(createRequire(import.meta.url).resolve("binaryen/package.json")),
    "bin",
    "wasm-opt",
  );
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ["--stack-size=8000", tool, ...features, ...args], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`bench: wasm-opt ${args.join(" ")} failed: ${stderr.slice(0, 400)}`);
  return performance.now() - startedAt;
}

/** Bytes of the metered module: a global counter, no optimization. */
export const metered = (bytes) =>
  cached(bytes, "metered", (input, output) => {
    const text = `${output}.wat`;
    wasmOpt([input, "-S", "-o", text]);
    writeFileSync(text, meterText(readFileSync(text, "utf8")));
    wasmOpt([text, "-o", output]);
  });

/** Bytes of the metered module made suspendable by Asyncify and optimized at -O3. */
export const asyncified = (bytes) =>
  cached(bytes, "asyncify", (_input, output) => {
    const plain = `${output}.metered.wasm`;
    writeFileSync(plain, metered(bytes));
    wasmOpt([plain, "--asyncify", "--pass-arg=asyncify-imports@env.exhausted", "-O3", "-o", output]);
  });

/** Asyncify alone, stopping at the import env.pause: for the cost of an unwind. */
export const pausable = (bytes) =>
  cached(bytes, "pausable", (input, output) => {
    wasmOpt([input, "--asyncify", "--pass-arg=asyncify-imports@env.pause", "-O3", "-o", output]);
  });

function cached(bytes, kind, make) {
  const key = createHash("sha256").update(`${kind} ${revision} `).update(bytes).digest("hex").slice(0, 24);
  const output = join(cacheDir("peers"), `${kind}-${key}.wasm`);
  if (!existsSync(output)) {
    const input = join(cacheDir("peers"), `${key}.in.wasm`);
    const fresh = join(cacheDir("peers"), `${kind}-${key}.new.wasm`);
    writeFileSync(input, bytes);
    make(input, fresh);
    renameSync(fresh, output);
  }
  return readFileSync(output);
}
