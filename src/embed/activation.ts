import { RuntimeBusy, WasmvisorError } from "../base/errors.js";
import type { ContextId } from "../base/ids.js";
import type { FunctionType } from "../core/manifest.js";
import type { AnyFunction } from "./functions.js";
import type { Promised } from "./promised.js";
import type { Owner, Runnable } from "./run.js";
import type { Runtime } from "./runtime.js";
import { readStack, type StackImage, writeStack } from "./stack-image.js";
import { BudgetSpent, type RunOptions, type StepOutcome } from "./stopped.js";
import { explain, isTrap } from "./traps.js";
import { type Caller, forget, sleep, timeOut } from "./wait-list.js";

/**
 * ready: nothing ran yet. suspended: its stack is kept as data. waiting: the same, until it is woken.
 * done, failed, dropped: it is over, nothing is kept.
 */
export type ActivationStatus = "ready" | "suspended" | "waiting" | "done" | "failed" | "dropped";

export interface ActivationOptions {
  /** Units that the whole activation may spend. Default: no bound. */
  readonly budget?: number | undefined;
  /** Type of the function; without it the arguments tell. */
  readonly type?: FunctionType | undefined;
  /** Whose call it is: its calls nest. */
  readonly owner?: Owner;
}

enum Left {
  Done = 0,
  Suspended = 1,
  Waiting = 2,
}
const FUNCREF = 0x70;
const EXTERNREF = 0x6f;
const I32 = 0x7f;
const I64 = 0x7e;
const F64 = 0x7c;

/**
 * One call into a guest, with a stack of its own, run in steps. Several may exist in one runtime; one runs at
 * a time. Instances are not protected against several activations at once: a guest that keeps a shadow stack
 * in its memory (as C programs do) is disturbed when a second activation runs before the first is over.
 */
export class Activation implements Runnable, Caller {
  readonly runtime: Runtime;
  readonly owner: Owner | undefined;
  /** What the function returned, once done. */
  result: unknown;
  /** Called when a waiting activation is woken and can be stepped again. */
  onWake: (() => void) | undefined;
  /** A queue runs it: see run(). */
  enqueued = false;
  /** When a wait ends by itself, in milliseconds of performance.now(). */
  deadlineMs = Number.POSITIVE_INFINITY;

  #status: ActivationStatus = "ready";
  #function: AnyFunction;
  #arguments: readonly unknown[];
  /** 0 until it runs. */
  #context = 0 as ContextId;
  #budget: number;
  #granted = 0;
  /** Not yet spent of what was granted; negative: the debt of the safepoint where it is suspended. */
  #left = 0;
  #waitResult: number | undefined;
  #promised: Promised | undefined;
  readonly #type: FunctionType | undefined;

  constructor(runtime: Runtime, f: AnyFunction, args: readonly unknown[], options: ActivationOptions = {}) {
    this.runtime = runtime;
    this.owner = options.owner;
    this.#function = f;
    this.#arguments = withoutObjects(args, options.type);
    this.#type = options.type;
    this.#budget = checkedBudget(options.budget ?? Number.POSITIVE_INFINITY);
  }

  /**
   * A suspended activation from its image; its instances must be those of the image, or hold the same state.
   * `image` can be restored several times.
   */
  static restore(runtime: Runtime, image: StackImage, options: ActivationOptions = {}): Activation {
    const root = image.functions[0];
    if (root === undefined)
      throw new WasmvisorError("The image holds no frames: there is nothing to go on with");
    const activation = new Activation(runtime, root, image.dummies, options);
    activation.#context = runtime.newContext();
    runtime.freeWith(activation, activation.#context);
    writeStack(runtime, activation.#context, image);
    activation.#status = "suspended";
    activation.#left = image.left;
    activation.#granted = Math.max(image.left, 0);
    return activation;
  }

  get status(): ActivationStatus {
    return this.#status;
  }

  get asleep(): boolean {
    return this.#status === "waiting" && this.#waitResult === undefined;
  }

  get running(): boolean {
    return this.runtime.current === this;
  }

  /**
   * Units spent so far, exact when done, suspended, or ended by an exception. After a trap it is what was
   * granted, up to a quantum more than was spent: the counter was in a register.
   */
  get spent(): number {
    return this.#granted - Math.max(this.#left, 0);
  }

  /** Units that the whole activation may spend. */
  get budget(): number {
    return this.#budget;
  }

  /** Lets it spend `units` more than before. */
  addBudget(units: number): void {
    this.#budget += checkedBudget(units);
  }

  /**
   * Runs for about `quantum` units, until the next safepoint after them. Throws what the guest ended with (a
   * GuestTrap, a StackOverflow, an exception of its own or of a host function), after which it is over and
   * the runtime is clean. Throws RuntimeBusy when called from inside a running guest.
   */
  step(quantum: number = this.runtime.quantum): StepOutcome {
    const { runtime } = this;
    const { exports } = runtime;
    if (runtime.busy) throw new RuntimeBusy();
    if (!this.#isLive())
      throw new WasmvisorError(`The activation is ${this.#status}: it cannot be run any more`);
    if (this.#status === "waiting" && !this.#wakeIfDue()) return "waiting";
    if (!this.#grant(quantum)) return "spent";
    this.owner?.nest.enter(this);

    const rewinding = this.#status === "ready" ? 0 : 1;
    if (rewinding === 0) this.#context = runtime.newContext();
    exports.enter(this.#context, this.#left, Math.min(this.#budget - this.#granted, 2 ** 53), rewinding);
    runtime.current = this;
    let result: unknown;
    try {
      // The wrapper that was called pushed itself; the entry may be a function around it, so that one is called.
      if (rewinding) runtime.glue.pop_func();
      result = this.#function(...(this.#arguments as never[]));
    } catch (thrown) {
      throw this.#fail(thrown);
    } finally {
      runtime.current = undefined;
    }
    const outcome = exports.leave();
    this.#granted += exports.grantedPinned();
    this.#left = exports.left();
    if (outcome === Left.Done) {
      this.result = result;
      this.#end("done");
      return "done";
    }
    if (rewinding === 0) {
      this.#arguments = dummies(this.#arguments, this.#type);
      runtime.freeWith(this, this.#context);
    }
    this.owner?.nest.stop(this);
    this.#status = outcome === Left.Waiting ? "waiting" : "suspended";
    return this.#status;
  }

  /**
   * Runs to the end in slices, between which the event loop has its turn, after the calls of this runtime that were made
   * before. Rejects as step() throws, and with a CallStopped.
   */
  run(options?: RunOptions): Promise<unknown> {
    return this.runtime.queue.run(this, options);
  }

  /** Runs to the end without letting anybody else run. Throws as step() does, and BudgetSpent. */
  runToEnd(quantum: number = this.runtime.quantum): unknown {
    for (;;) {
      const outcome = this.step(quantum);
      if (outcome === "done") return this.result;
      if (outcome === "spent") throw new BudgetSpent(this);
      if (outcome === "waiting") this.sleep();
    }
  }

  /** Holds the thread until the wait times out. Drops it and throws a WaitRefused when it never would. */
  sleep(): void {
    sleep(this);
  }

  /** Forgets the stack. Nothing of the guest runs any more; its memory stays as it is. */
  drop(): void {
    if (!this.#isLive()) return;
    if (this.runtime.current === this) throw new RuntimeBusy();
    this.#end("dropped");
  }

  /** A copy of the suspended stack, as data. */
  image(): StackImage {
    if (this.#status !== "suspended") {
      throw new WasmvisorError(`The activation is ${this.#status}: only a suspended one has an image`);
    }
    return readStack(this.runtime, this.#context, this.#left, this.#arguments);
  }

  /** Ends a wait with the result that the guest's instruction gives: 0 woken, 2 timed out. */
  wake(result: number): void {
    this.#waitResult = result;
    this.deadlineMs = Number.POSITIVE_INFINITY;
    this.onWake?.();
    if (this.enqueued) this.runtime.queue.stir();
  }

  /**
   * Nobody runs it for now. It takes no notification from those who wait on: should it go on, its wait gives "woken", as
   * programs look again then.
   */
  hold(): void {
    if (this.asleep && this.#promised === undefined) {
      forget(this);
      this.wake(0);
    }
  }

  /** Waits until `promised` is settled, from the end of this step on. Held weakly: who forgets a call frees it. */
  waitFor(promised: Promised): void {
    this.#promised = promised;
    const weak = new WeakRef(this);
    promised.onSettled = () => {
      const activation = weak.deref();
      if (activation !== undefined && activation.#promised === promised) activation.wake(0);
    };
  }

  /** What was promised, or throws what it was rejected with; asked by the guest's frame. */
  takePromised(): unknown {
    const promised = this.#promised;
    this.#promised = undefined;
    this.#waitResult = undefined;
    return promised?.take();
  }

  /** The result of the wait that ended; asked by the guest's frame. */
  takeWaitResult(): number {
    const result = this.#waitResult ?? 2;
    this.#waitResult = undefined;
    return result;
  }

  #isLive(): boolean {
    return this.#status === "ready" || this.#status === "suspended" || this.#status === "waiting";
  }

  #wakeIfDue(): boolean {
    if (this.#waitResult === undefined && performance.now() >= this.deadlineMs) timeOut(this);
    return this.#waitResult !== undefined;
  }

  /** Makes `left` at least 0, in whole quanta and within the budget; false when that is not to be had. */
  #grant(quantum: number): boolean {
    if (!(Number.isInteger(quantum) && quantum > 0 && quantum <= 2 ** 30)) {
      throw new WasmvisorError(`The quantum is ${quantum}: it must be a whole number from 1 to 2^30`);
    }
    let wanted = 0;
    if (this.#status === "ready") wanted = quantum;
    else if (this.#left < 0) wanted = Math.ceil(-this.#left / quantum) * quantum;
    const granted = Math.min(wanted, this.#budget - this.#granted);
    if (this.#left + granted < 0) return false;
    this.#left += granted;
    this.#granted += granted;
    return true;
  }

  #fail(thrown: unknown): unknown {
    const { runtime } = this;
    runtime.glue.clearReferences();
    runtime.exports.abandon();
    this.#granted += runtime.exports.grantedPinned();
    this.#left = isTrap(thrown) ? 0 : runtime.exports.left();
    this.#end("failed");
    return explain(runtime, thrown, this);
  }

  #end(status: "done" | "failed" | "dropped"): void {
    this.#status = status;
    this.#promised = undefined;
    forget(this);
    if ((this.#context as number) !== 0) this.runtime.freeContext(this.#context, this);
    this.#context = 0 as ContextId;
    this.owner?.nest.leave(this, status);
    this.runtime.queue.stir();
  }
}

/** Arguments that mean nothing, of types that the function takes: so it is called again to go on. */
function dummies(args: readonly unknown[], type: FunctionType | undefined): readonly unknown[] {
  if (type !== undefined) {
    return type.params.map((param) =>
      param === I64 ? 0n : param === FUNCREF || param === EXTERNREF ? null : 0,
    );
  }
  return args.map((arg) => (typeof arg === "bigint" ? 0n : typeof arg === "number" ? 0 : null));
}

/**
 * Objects as the numbers that the call would make of them: that runs code of JS, which may call guests, so it must not
 * happen between the entry of the runtime and that of the guest.
 */
function withoutObjects(args: readonly unknown[], type: FunctionType | undefined): readonly unknown[] {
  if (args.every((arg) => (typeof arg !== "object" || arg === null) && typeof arg !== "function"))
    return args;
  return args.map((arg, i) => {
    const param = type?.params[i];
    if ((typeof arg !== "object" && typeof arg !== "function") || arg === null || param === undefined)
      return arg;
    if (param === I64) return BigInt.asIntN(64, arg as unknown as bigint);
    return param >= F64 && param <= I32 ? +(arg as unknown as number) : arg;
  });
}

function checkedBudget(units: number): number {
  if (units >= 0 && (Number.isInteger(units) || units === Number.POSITIVE_INFINITY)) return units;
  throw new WasmvisorError(
    `The budget is ${units}: it must be a whole number of units, at least 0, or Infinity`,
  );
}
