import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../project-root.js";

export const DONE = 0;
export const MALFORMED = 1;
export const UNSUPPORTED = 2;
export const LIMIT = 3;
export const RESERVED = 4;

export interface RawResult {
  readonly code: number;
  /** Of a refusal: text, and byte offset in the input. */
  readonly error: string;
  readonly offset: number;
  readonly output: Uint8Array | undefined;
  /** Bytes of memory that the translator held at its end. */
  readonly memoryBytes: number;
}

interface RawExports {
  readonly memory: WebAssembly.Memory;
  input(length: number): number;
  translate(flags: number): number;
  outputPtr?(): number;
  outputLen?(): number;
  errorPtr(): number;
  errorLen(): number;
  errorOffset(): number;
}

/** translator.wasm without anything around it: a trap inside passes to the caller. */
export class RawTranslator {
  private readonly module: WebAssembly.Module;

  constructor() {
    this.module = new WebAssembly.Module(readFileSync(join(projectRoot(), "build/translator.wasm")));
  }

  translate(bytes: Uint8Array, flags = 0): RawResult {
    const e = new WebAssembly.Instance(this.module).exports as unknown as RawExports;
    const at = e.input(bytes.length) >>> 0;
    new Uint8Array(e.memory.buffer, at, bytes.length).set(bytes);
    const code = e.translate(flags);
    const slice = (from: number, length: number) =>
      new Uint8Array(e.memory.buffer, from >>> 0, length >>> 0).slice();
    const failed = code !== DONE;
    return {
      code,
      error: failed ? new TextDecoder().decode(slice(e.errorPtr(), e.errorLen())) : "",
      offset: failed ? e.errorOffset() >>> 0 : 0,
      output: !failed && e.outputPtr && e.outputLen ? slice(e.outputPtr(), e.outputLen()) : undefined,
      memoryBytes: e.memory.buffer.byteLength,
    };
  }
}
