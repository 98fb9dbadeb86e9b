import { WasmvisorError } from "../base/errors.js";
import { LONGEST_TIMER_MS, type Owner, Run, type Runnable } from "./run.js";
import type { Sliceable, Slicer } from "./slicer.js";
import { InstanceDropped, type RunOptions } from "./stopped.js";

/**
 * The calls of one runtime that are run to their end, in slices. One after the other, as native calls would: a guest's
 * state is not made for two calls at once. One that waits lets the next ones run, as they may be what wakes it.
 */
export class Queue implements Sliceable {
  readonly #slicer: Slicer;
  readonly #beforeSlice: () => void;
  /** In the order in which they were made. */
  readonly #runs = new Set<Run>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `beforeSlice` is called when nothing of ours is on the native stack. */
  constructor(slicer: Slicer, beforeSlice: () => void) {
    this.#slicer = slicer;
    this.#beforeSlice = beforeSlice;
  }

  /** Resolves with the result. Rejects with what the guest ended with, or with a CallStopped. */
  async run(activation: Runnable, options: RunOptions = {}): Promise<unknown> {
    if (activation.owner?.dropped) throw new InstanceDropped();
    if (activation.enqueued) throw new WasmvisorError("The call is being run already");
    const run = new Run(activation, options, (over) => this.#remove(over));
    this.#runs.add(run);
    this.#slicer.keep(this);
    run.begin();
    this.stir();
    return run.promise;
  }

  /** Something may have become ready to run. */
  stir(): void {
    if (this.#runs.size > 0) this.#slicer.add(this);
  }

  pause(owner: Owner): void {
    for (const run of this.#of(owner)) run.stopClock();
  }

  resume(owner: Owner): void {
    for (const run of this.#of(owner)) run.startClock();
    this.stir();
  }

  /** Ends all calls of `owner`. */
  drop(owner: Owner): void {
    for (const run of this.#of(owner)) run.stop(new InstanceDropped(), true);
  }

  slice(): boolean {
    clearTimeout(this.#timer);
    this.#beforeSlice();
    for (const run of this.#runs) {
      if (!run.mayRun) continue;
      run.slice();
      return this.#runs.size > 0;
    }
    this.#sleep();
    return false;
  }

  /** Until somebody is due; whoever is woken before that stirs. */
  #sleep(): void {
    const nowMs = performance.now();
    let dueMs = Number.POSITIVE_INFINITY;
    for (const { activation } of this.#runs) {
      if (activation.deadlineMs > nowMs) dueMs = Math.min(dueMs, activation.deadlineMs);
    }
    if (dueMs === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.stir(), Math.min(Math.ceil(dueMs - nowMs), LONGEST_TIMER_MS));
  }

  #of(owner: Owner): Run[] {
    return [...this.#runs].filter(({ activation }) => activation.owner === owner);
  }

  #remove(run: Run): void {
    this.#runs.delete(run);
    if (this.#runs.size === 0) {
      clearTimeout(this.#timer);
      this.#slicer.release(this);
    } else this.stir();
  }
}
