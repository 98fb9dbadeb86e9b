import {
  Bytes,
  type FuncType,
  header,
  ModuleBuilder,
  section,
  type ValType,
} from "../../fuzz/modules/encode.js";

/** A hostile module and what has to become of it. */
export interface Bomb {
  readonly name: string;
  /** Called once, in its test: some are megabytes. */
  readonly build: () => Uint8Array;
  /**
   * "refused": by the translator, with an error that matches `error`. "translated": it must be accepted.
   * "either": refused with a limit, or translated with an output in proportion.
   */
  readonly expect: "refused" | "translated" | "either";
  readonly error?: RegExp;
  /** Where a refusal has to point: byte offset of the culprit, or a range that it lies in. */
  readonly offset?: (bytes: Uint8Array) => [number, number];
}

export const EMPTY: FuncType = { params: [], results: [] };

/** A module of one exported function `run`. */
export function oneFunction(code: number[], type: FuncType = EMPTY, locals: ValType[] = []): ModuleBuilder {
  const module = new ModuleBuilder();
  module.funcs.push({ type, locals, code });
  module.exports.push({ name: "run", kind: "func", index: 0 });
  return module;
}

export function repeat(times: number, ...bytes: number[]): number[] {
  const out = new Array<number>(times * bytes.length);
  for (let i = 0; i < out.length; i++) out[i] = bytes[i % bytes.length]!;
  return out;
}

/** A module from sections given as id and contents. */
export function fromSections(...parts: [number, number[]][]): Uint8Array {
  const out = header();
  for (const [id, body] of parts) for (const byte of section(id, body)) out.push(byte);
  return Uint8Array.from(out);
}

export function custom(name: string, contents: number[]): [number, number[]] {
  return [0, [...new Bytes().name(name).out, ...contents]];
}

/** One type `() -> ()`, one function of it: the sections before a code section written by hand. */
export const ONE_FUNCTION: [number, number[]][] = [
  [1, [1, 0x60, 0, 0]],
  [3, [1, 0]],
];

export function codeSection(...bodies: number[][]): [number, number[]] {
  const out = new Bytes().u32(bodies.length);
  for (const body of bodies) {
    out.u32(body.length);
    out.raw(body);
  }
  return [10, out.out];
}
