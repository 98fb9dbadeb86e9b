import { createRuntime, instantiateSync } from "wasmvisor/translator";
import type { BudgetSubject } from "./subjects.js";

export interface Measured {
  /** Units spent by the whole call. */
  readonly spent: number;
  /** Into how many pieces it was cut. */
  readonly pieces: number;
  readonly result: unknown;
}

/** Runs a subject in slices of the sizes that `quantum` gives. */
export function measure({ bytes, args }: BudgetSubject, quantum: () => number): Measured {
  const instance = instantiateSync(bytes, {}, { runtime: createRuntime() });
  const activation = instance.start("run", args);
  let pieces = 1;
  while (activation.step(quantum()) !== "done") pieces++;
  return { spent: activation.spent, pieces, result: activation.result };
}

/** In one piece, however much it spends. */
export const UNCUT = () => 2 ** 30;

/** The size of a slice that makes about so many pieces of a run. */
export function inPieces(spent: number, pieces: number): () => number {
  const quantum = Math.max(1, Math.floor(spent / pieces));
  return () => quantum;
}
