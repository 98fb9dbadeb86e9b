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
  /** By original index; undefined where it is imported, or cannot be seen from outside. */
  memories(): (WebAssembly.Memory | undefined)[];
  tables(): (WebAssembly.Table | undefined)[];
  /** Values of the mutable ones; v128 as two bigints. */
  globals(): unknown[];
  tag(name: string): WebAssembly.Tag | undefined;
  /** Whether a function that JS met is the one with this original index. */
  isFunction(index: number, fn: unknown): boolean;
}

/** Thrown by an engine for a start function that was cut off by the runner. */
export class EndlessStart extends Error {}

export interface Engine {
  readonly name: string;
  /** Also runs the active segments and the start function. */
  instantiate(bytes: Uint8Array, imports: Record<string, Record<string, unknown>>): Promise<Subject>;
  /** What all calls of all instances have spent so far, where it is counted. */
  spent(): number | undefined;
}

/** What of an index space is the module's own: what it imports is looked at where it comes from. */
export function ownOnly<T, U>(
  shape: Shape,
  kind: "table" | "memory" | "global",
  space: readonly T[],
  of: (item: T, index: number) => U,
) {
  const imported = shape.imports.filter((i) => i.kind === kind).length;
  return space.map((item, index) => (index < imported ? undefined : of(item, index)));
}
