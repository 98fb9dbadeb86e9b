import { readFileSync } from "node:fs";

const file = process.env.WASMVISOR_TRANSLATOR ?? new URL("../../build/translator.wasm", import.meta.url);
const translator = new WebAssembly.Module(readFileSync(file));

interface Translator {
  memory: WebAssembly.Memory;
  input(length: number): number;
  translate(flags: number): number;
  outputPtr(): number;
  outputLen(): number;
}

/** The bare translator: docs/translator.md, section 10. */
export function translate(bytes: Uint8Array): Uint8Array {
  const it = new WebAssembly.Instance(translator, {}).exports as unknown as Translator;
  const at = it.input(bytes.length) >>> 0;
  new Uint8Array(it.memory.buffer).set(bytes, at);
  const code = it.translate(0);
  if (code !== 0) throw new Error(`the translator answers code ${code}`);
  return new Uint8Array(it.memory.buffer).slice(
    it.outputPtr() >>> 0,
    (it.outputPtr() >>> 0) + it.outputLen(),
  );
}
