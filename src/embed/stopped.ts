// How a call of a guest ends before it is over, so that it can go on.
import { WasmvisorError } from "../base/errors.js";

/** spent: the budget of the whole call is used up; it can go on after addBudget(). */
export type StepOutcome = "suspended" | "waiting" | "spent" | "done";

/** Told after each slice of a call. */
export interface Progress {
  /** Units spent so far. */
  readonly spent: number;
  /** Units that the call may spend; Infinity: no bound. */
  readonly budget: number;
  /** Since the call was made, pauses left out. */
  readonly elapsedMs: number;
  readonly slices: number;
}

export interface RunOptions {
  /** Milliseconds from now, pauses left out but waiting included; then it rejects with TimedOut. Default: no bound. */
  readonly timeoutMs?: number | undefined;
  /** When it aborts, the call rejects with Aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each slice, the last one included. What it throws ends the call, which is dropped. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Units between two looks at the clock. Default: as many as run in about a millisecond. */
  readonly quantum?: number | undefined;
}

export interface CallOptions extends RunOptions {
  /** Units that the call may spend; then it rejects with BudgetSpent. Default: no bound. */
  readonly budget?: number | undefined;
}

/** A call that can go on, or be forgotten. */
export interface Resumable {
  /** failed: it is over, as the budget ran out in a pinned section, which cannot be suspended. */
  readonly status: string;
  /** In units. */
  readonly budget: number;
  readonly spent: number;
  readonly result: unknown;
  addBudget(units: number): void;
  step(quantum?: number): StepOutcome;
  run(options?: RunOptions): Promise<unknown>;
  runToEnd(quantum?: number): unknown;
  drop(): void;
}

/** A call was stopped from outside: by its budget, its timeout or its signal. It can go on where it was. */
export abstract class CallStopped extends WasmvisorError {
  abstract readonly kind: "budget" | "timeout" | "abort";
  readonly #activation: Resumable;

  constructor(message: string, activation: Resumable, options?: ErrorOptions) {
    super(message, options);
    this.#activation = activation;
  }

  /** The stopped call, to be run step by step. */
  get activation(): Resumable {
    return this.#activation;
  }

  /** Units spent until then. */
  get spent(): number {
    return this.activation.spent;
  }

  /** Whether resume() can go on: not when it is over, or was stopped in a pinned section. */
  get resumable(): boolean {
    return ["ready", "suspended", "waiting"].includes(this.activation.status);
  }

  /**
   * Goes on where it was stopped, and resolves or rejects as the call would have. `budget`: units on top of what
   * is left of the first budget; `timeoutMs` and the others begin anew.
   */
  async resume({ budget, ...options }: CallOptions = {}): Promise<unknown> {
    if (budget !== undefined) this.activation.addBudget(budget);
    return this.activation.run(options);
  }

  /** Forgets the call; the instance can be called again. What is neither resumed nor dropped is collected. */
  drop(): void {
    this.activation.drop();
  }
}

/** A call has spent its whole budget. */
export class BudgetSpent extends CallStopped {
  override name = "BudgetSpent";
  readonly kind = "budget";
  /** In units. */
  readonly budget: number;

  constructor(activation: Resumable, options?: ErrorOptions) {
    super(`The call has spent its whole budget of ${activation.budget} units`, activation, options);
    this.budget = activation.budget;
  }

  /** As above; without a `budget` it gets as much again as it had. */
  override resume({ budget = this.budget, ...options }: CallOptions = {}): Promise<unknown> {
    return super.resume({ ...options, budget });
  }
}

/** A call was not over in time. */
export class TimedOut extends CallStopped {
  override name = "TimedOut";
  readonly kind = "timeout";
  readonly timeoutMs: number;

  constructor(activation: Resumable, timeoutMs: number) {
    super(`The call was not over after ${timeoutMs} ms: it ${doing(activation)}`, activation);
    this.timeoutMs = timeoutMs;
  }
}

/** A call was ended by its signal, whose reason is the `cause`. */
export class Aborted extends CallStopped {
  override name = "AbortError";
  readonly kind = "abort";
  readonly code = "ABORT_ERR";

  constructor(activation: Resumable, reason: unknown) {
    super(`The call was aborted: it ${doing(activation)}`, activation, { cause: reason });
  }
}

/** The instance of a call was dropped. */
export class InstanceDropped extends WasmvisorError {
  override name = "InstanceDropped";

  constructor() {
    super("The instance was dropped: it cannot be called any more. Instantiate the module again");
  }
}

function doing({ status }: Resumable): string {
  if (status === "waiting") return "waits for a host import or a notification";
  return status === "ready" ? "had not begun" : "was running";
}
