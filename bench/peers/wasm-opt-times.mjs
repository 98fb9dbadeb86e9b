// How long `wasm-opt --asyncify` takes on a module, and what comes out. Kept in .cache, for -O3 takes minutes.
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { cacheDir } from "../lib/paths.mjs";
import { wasmOpt } from "./binaryen.mjs";

/** @param level "-O0" or "-O3". Gives `{ ms, outBytes }`; `fresh` measures anew. */
export function wasmOptTime(file, level, { fresh = false } = {}) {
  const key = `${basename(file)}-${statSync(file).size}${level}-node${process.version}`;
  const stampFile = join(cacheDir("peers"), `${key}.time.json`);
  if (!fresh && existsSync(stampFile)) return JSON.parse(readFileSync(stampFile, "utf8"));
  const output = join(cacheDir("peers"), `${key}.wasm`);
  const ms = wasmOpt([file, "--asyncify", level, "-o", output]);
  const result = { ms, outBytes: statSync(output).size };
  writeFileSync(stampFile, JSON.stringify(result));
  return result;
}
