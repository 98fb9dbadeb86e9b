import { WasmvisorError } from "../base/errors.js";
import type { Nest, Nested } from "./nest.js";
import { Pace } from "./pace.js";
import { TURN_AFTER_MS } from "./slicer.js";
import { Aborted, BudgetSpent, type Resumable, type RunOptions, TimedOut } from "./stopped.js";

/** Whose call it is. */
export interface Owner {
  readonly paused: boolean;
  readonly dropped: boolean;
  readonly nest: Nest;
}

/** What a queue can run. */
export interface Runnable extends Resumable, Nested {
  enqueued: boolean;
  /** It waits, and what it waits for has not come yet. */
  readonly asleep: boolean;
  /** It is on the native stack. */
  readonly running: boolean;
  /** When a wait ends by itself, in milliseconds of performance.now(). */
  readonly deadlineMs: number;
  readonly owner: Owner | undefined;
  /** Nobody runs it any more, but it may be resumed. */
  hold(): void;
}

const FIRST_QUANTUM = 100_000;
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

interface Stop {
  readonly reason: unknown;
  readonly drop: boolean;
}

/** One call on its way through a queue. A stop is told at once, or when the slice is over in which it comes. */
export class Run {
  readonly activation: Runnable;
  readonly promise: Promise<unknown>;
  readonly #options: RunOptions;
  readonly #timeoutMs: number;
  readonly #over: (run: Run) => void;
  readonly #pace = new Pace(TURN_AFTER_MS, FIRST_QUANTUM);
  readonly #onAbort = () => this.stop(new Aborted(this.activation, this.#options.signal?.reason));
  #resolve!: (result: unknown) => void;
  #reject!: (reason: unknown) => void;
  #stop: Stop | undefined;
  #slices = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Before the clock was started last; undefined: it stands. */
  #elapsedMs = 0;
  #startedAtMs: number | undefined;

  /** `over`: told when it is settled. */
  constructor(activation: Runnable, options: RunOptions, over: (run: Run) => void) {
    this.activation = activation;
    this.#options = options;
    this.#timeoutMs = checkedTimeout(options.timeoutMs ?? Number.POSITIVE_INFINITY);
    this.#over = over;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  begin(): void {
    const { signal } = this.#options;
    this.activation.enqueued = true;
    if (!this.activation.owner?.paused) this.startClock();
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (signal?.aborted) this.#onAbort();
  }

  get mayRun(): boolean {
    const { activation } = this;
    if (activation.asleep && activation.deadlineMs > performance.now()) return false;
    const { owner } = activation;
    return owner === undefined || (!owner.paused && owner.nest.mayRun(activation));
  }

  startClock(): void {
    this.#startedAtMs ??= performance.now();
    if (this.#timeoutMs === Number.POSITIVE_INFINITY) return;
    const check = () => {
      if (this.#elapsed() < this.#timeoutMs) this.startClock();
      else this.stop(new TimedOut(this.activation, this.#timeoutMs));
    };
    const leftMs = Math.max(Math.ceil(this.#timeoutMs - this.#elapsed()), 0);
    this.#timer = setTimeout(check, Math.min(leftMs, LONGEST_TIMER_MS));
  }

  stopClock(): void {
    this.#elapsedMs = this.#elapsed();
    this.#startedAtMs = undefined;
    clearTimeout(this.#timer);
  }

  /** Runs one slice. */
  slice(): void {
    const { activation } = this;
    try {
      const startedAtMs = performance.now();
      const outcome = activation.step(this.#options.quantum ?? this.#pace.quantum);
      this.#pace.took(performance.now() - startedAtMs);
      this.#slices += 1;
      this.#tellProgress();
      if (outcome === "done") this.#settle(() => this.#resolve(activation.result));
      else if (this.#stop !== undefined) this.stop(this.#stop.reason, this.#stop.drop);
      else if (outcome === "spent") this.stop(new BudgetSpent(activation));
    } catch (thrown) {
      activation.drop();
      this.#settle(() => this.#reject(thrown));
    }
  }

  /** Rejects with `reason`. The call stays suspended as it is, or is dropped. */
  stop(reason: unknown, drop = false): void {
    if (this.activation.running) {
      this.#stop ??= { reason, drop };
      return;
    }
    if (drop) this.activation.drop();
    else this.activation.hold();
    this.#settle(() => this.#reject(reason));
  }

  #elapsed(): number {
    return this.#elapsedMs + (this.#startedAtMs === undefined ? 0 : performance.now() - this.#startedAtMs);
  }

  #tellProgress(): void {
    const { spent, budget } = this.activation;
    this.#options.onProgress?.({ spent, budget, elapsedMs: this.#elapsed(), slices: this.#slices });
  }

  #settle(act: () => void): void {
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.activation.enqueued = false;
    this.#over(this);
    act();
  }
}

function checkedTimeout(ms: number): number {
  if (ms >= 0) return ms;
  throw new WasmvisorError(
    `timeoutMs is ${ms}: it must be a number of milliseconds, at least 0, or Infinity`,
  );
}
