import type { Shape } from "../modules/decode.js";

/** How a call ended, in words that can be compared between engines. */
export type Outcome =
  | { readonly kind: "returned"; readonly values: unknown[] }
  | { readonly kind: "threw"; readonly error: unknown }
  /** Cut off by the runner, since it went on for too long. */
  | { readonly kind: "endless" };

/** A module under test once it has been instantiated, on the bare engine or translated. */
export interface Subject {
  readonly shape: Shape;
  /** What a later module imports from this one; only for the engine that made it. */
  readonly linkage: Record<string, unknown>;
  call(name: string, args: unknown[]): Promise<Outcome>;
  /** A call that JS makes while the guest is on the stack; throws what the guest throws. */
  callNested(name: string, args: unknown[]): unknown;
  memories(): (WebAssembly.Memory | undefined)[];
  tables(): (WebAssembly.Table | undefined)[];
  /** Values by original index; v128 as two bigints; undefined where it cannot be seen. */
  globals(): unknown[];
  tag(name: string): WebAssembly.Tag | undefined;
  /** The function object that stands for an original function index, where there is one. */
  functionAt(index: number): unknown;
}

export interface Engine {
  readonly name: string;
  /** Also runs the active segments and the start function. */
  instantiate(bytes: Uint8Array, imports: Record<string, Record<string, unknown>>): Promise<Subject>;
  /** What all calls of all instances have spent so far, where it is counted. */
  spent(): number | undefined;
}

export class Endless extends Error {}
