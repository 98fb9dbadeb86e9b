import type { Outcome } from "../../src/machine/outcome.js";

export interface Start {
  readonly name: string;
  readonly quantumUnits: number;
  readonly modules: readonly Uint8Array<ArrayBuffer>[];
  readonly commandLine?: string;
  readonly input?: string;
  readonly budget?: number;
  readonly args?: readonly string[];
}

export interface Result {
  readonly outcome: Outcome | { readonly kind: "waits" };
  readonly output: string;
  readonly counts: Readonly<Record<string, number>>;
}

export interface Ended {
  readonly file?: Uint8Array<ArrayBuffer>;
  readonly result?: Result;
  readonly quanta: number;
}

export function randomFrom(seed: number): (below: number) => number;
export function leg(library: object, start: Start, file?: Uint8Array, quanta?: number): Promise<Ended>;
export function relay(
  library: object,
  start: Start,
  lengths: () => number,
  carry?: (start: Start, file: Uint8Array, quanta: number) => Promise<Ended>,
): Promise<{ result: Result; saves: number }>;
