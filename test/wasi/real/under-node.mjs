// node under-node.mjs PROGRAM {"/guest": "host"} ARGUMENTS..: runs a program under node:wasi.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { WASI } from "node:wasi";

const [file, folders, ...args] = process.argv.slice(2);
const preopens = JSON.parse(folders);
const wasi = new WASI({
  version: "preview1",
  preopens,
  args: [basename(file, ".wasm"), ...args],
  returnOnExit: true,
});
const module = await WebAssembly.compile(readFileSync(file));
process.exitCode = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));
