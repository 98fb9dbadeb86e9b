import type { Platform } from "../base/platform.js";
import type { Activation } from "./activation.js";
import { BudgetSpent } from "./budget-spent.js";
import { Pace } from "./pace.js";
import type { Runtime } from "./runtime.js";

export interface QueueOptions {
  readonly quantum?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Entry {
  readonly activation: Activation;
  /** Given by the caller, or learned. */
  readonly quantum: number | undefined;
  readonly pace: Pace;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** The event loop gets a turn when guests have held it for this long. */
const TURN_AFTER_MS = 1;
const FIRST_QUANTUM = 100_000;

const queues = new WeakMap<Runtime, Queue>();

/** The queue of a runtime. */
export function queueOf(runtime: Runtime): Queue {
  let queue = queues.get(runtime);
  if (queue === undefined) {
    queue = new Queue(runtime.core.platform);
    queues.set(runtime, queue);
  }
  return queue;
}

/**
 * Runs activations to their end, in slices. One after the other, as native calls would: a guest's state is
 * not made for two calls at once. One that waits lets the next ones run, as they may be what wakes it.
 */
export class Queue {
  readonly #platform: Platform;
  #entries: Entry[] = [];
  #running = false;
  #lastTurnMs = 0;
  #stir: (() => void) | undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Resolves with the result. Rejects with what the guest ended with, with BudgetSpent or the signal's reason. */
  run(activation: Activation, options: QueueOptions = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const { quantum, signal } = options;
      const pace = new Pace(TURN_AFTER_MS, FIRST_QUANTUM);
      this.#entries.push({ activation, quantum, pace, signal, resolve, reject });
      activation.onWake = () => this.#stir?.();
      signal?.addEventListener("abort", () => this.#stir?.(), { once: true });
      if (this.#running) this.#stir?.();
      else {
        this.#running = true;
        // Not at once: whoever asks may be a host function, with guests below it on the stack.
        queueMicrotask(() => this.#work());
      }
    });
  }

  async #work(): Promise<void> {
    for (;;) {
      this.#settleAborted();
      if (this.#entries.length === 0) break;
      if (performance.now() - this.#lastTurnMs >= TURN_AFTER_MS) {
        await this.#platform.nextTurn();
        this.#lastTurnMs = performance.now();
        this.#settleAborted();
      }
      if (!this.#stepFirst() && this.#entries.length > 0) await this.#idle();
    }
    this.#running = false;
  }

  /** Steps the first entry that does not wait; false when all wait. */
  #stepFirst(): boolean {
    for (const entry of this.#entries) {
      const { activation } = entry;
      // Nothing is below us on the native stack, so what a trap may have left behind is put right.
      activation.runtime.exports.renewDirect();
      try {
        const startedAt = performance.now();
        const outcome = activation.step(entry.quantum ?? entry.pace.quantum);
        entry.pace.took(performance.now() - startedAt);
        if (outcome === "waiting") continue;
        if (outcome === "suspended") return true;
        if (outcome === "done") this.#settle(entry, () => entry.resolve(activation.result));
        else this.#settle(entry, () => entry.reject(new BudgetSpent(activation)));
      } catch (thrown) {
        this.#settle(entry, () => entry.reject(thrown));
      }
      return true;
    }
    return false;
  }

  /** Everybody waits: until one is woken, is due or aborted, or another comes. */
  async #idle(): Promise<void> {
    const dueMs = Math.min(...this.#entries.map(({ activation }) => activation.deadlineMs));
    await new Promise<void>((resolve) => {
      const forMs = dueMs - performance.now();
      const timer = forMs < 2 ** 31 ? setTimeout(resolve, Math.max(Math.ceil(forMs), 0)) : undefined;
      this.#stir = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#stir = undefined;
  }

  #settleAborted(): void {
    for (const entry of this.#entries.filter(({ signal }) => signal?.aborted)) {
      entry.activation.drop();
      this.#settle(entry, () => entry.reject(entry.signal?.reason));
    }
  }

  #settle(entry: Entry, act: () => void): void {
    this.#entries = this.#entries.filter((other) => other !== entry);
    entry.activation.onWake = undefined;
    act();
  }
}
