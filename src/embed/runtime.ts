import { WasmvisorError } from "../base/errors.js";
import type { ContextId, InstanceNumber } from "../base/ids.js";
import type { Core } from "../core/assets.js";
import { type GlueExports, instantiateRuntime, type RuntimeExports } from "../core/runtime-exports.js";
import { type AnyFunction, type FunctionSource, Functions } from "./functions.js";
import type { Image } from "./image.js";
import { Queue } from "./queue.js";
import { slicerOf } from "./slicer.js";
import type { Caller } from "./wait-list.js";

export interface RuntimeOptions {
  /**
   * Stack account of every call, in bytes of native stack that guests may use at most. The default leaves room
   * for host functions on the main thread and in Workers; see docs/adr/0010-stack-account.md.
   */
  readonly stackBytes?: number;
  /** How many bytes the frames of one suspended call may take. Default: twice the stack account. */
  readonly frameBytes?: number;
  /** How many units a pinned section may spend before it is trapped. Default: 1,000,000,000. */
  readonly pinnedBudget?: number;
  /** Units that a step and a pinned section are given at a time when nothing else is said. Default: 1,000,000. */
  readonly quantum?: number;
}

export const DEFAULT_STACK_BYTES = 384 * 1024;
export const DEFAULT_PINNED_BUDGET = 1_000_000_000;
export const DEFAULT_QUANTUM = 1_000_000;
const LARGEST_I32 = 0x7fff_ffff;
/** The largest region of the runtime's memory. */
const LARGEST_FRAME_BYTES = 1 << 26;

/** What the runtime knows of an instance. */
export interface Guest extends FunctionSource {
  readonly number: InstanceNumber;
  readonly image: Image;
  /** W(f) of the original function `index`; traps when no table or reference can hold it. */
  reference(index: number): AnyFunction | null;
}

/**
 * A frame store with its control state, shared by the instances that may be on one stack. Of its activations
 * one runs at a time; the others keep their frames in contexts of their own.
 */
export class Runtime {
  readonly core: Core;
  readonly exports: RuntimeExports;
  readonly glue: GlueExports;
  readonly functions: Functions;
  readonly stackBytes: number;
  readonly frameBytes: number;
  readonly pinnedBudget: number;
  readonly quantum: number;
  /** The activation that is on the native stack now. */
  current: Caller | undefined;
  /** Calls that are run to their end in slices. */
  readonly queue: Queue;

  readonly #instances = new Map<InstanceNumber, WeakRef<Guest>>();
  /** Contexts of suspended activations that nobody holds any more. */
  readonly #forgotten = new FinalizationRegistry<ContextId>((context) => this.freeContext(context));
  #instanceCount = 0;
  #renewing = false;

  constructor(core: Core, options: RuntimeOptions = {}) {
    this.core = core;
    this.stackBytes = whole("stackBytes", options.stackBytes ?? DEFAULT_STACK_BYTES, 1024, LARGEST_I32);
    const frameBytes = options.frameBytes ?? Math.min(2 * this.stackBytes, LARGEST_FRAME_BYTES);
    this.frameBytes = whole("frameBytes", frameBytes, 64, LARGEST_FRAME_BYTES);
    this.pinnedBudget = whole("pinnedBudget", options.pinnedBudget ?? DEFAULT_PINNED_BUDGET, 1, 2 ** 52);
    this.quantum = whole("quantum", options.quantum ?? DEFAULT_QUANTUM, 1, 2 ** 30);

    const runtimeCore = instantiateRuntime(core, () => this.#renewSoon());
    const { runtime, glue } = runtimeCore;
    this.exports = runtime;
    this.glue = glue;
    const pinnedGrant = Math.min(this.quantum, this.pinnedBudget);
    runtime.configure(this.stackBytes, pinnedGrant, this.pinnedBudget, this.newContext());
    this.functions = new Functions(
      runtimeCore,
      () => this.instances,
      () => this.current,
    );
    // Nothing is below on the native stack then, so what a trap may have left behind is put right.
    this.queue = new Queue(slicerOf(core.platform), runtime.renewDirect);
  }

  /** Whether an activation is on the native stack now. */
  get busy(): boolean {
    return this.exports.idle.value === 0;
  }

  /** Instances that are still reachable, in the order of their numbers. */
  get instances(): Guest[] {
    return [...this.#instances.values()].flatMap((weak) => weak.deref() ?? []);
  }

  instance(number: number): Guest | undefined {
    return this.#instances.get(number as InstanceNumber)?.deref();
  }

  nextInstanceNumber(): InstanceNumber {
    this.#instanceCount += 1;
    return this.#instanceCount as InstanceNumber;
  }

  register(instance: Guest): void {
    for (const [known, weak] of this.#instances) {
      if (weak.deref() === undefined) this.#instances.delete(known);
    }
    this.#instances.set(instance.number, new WeakRef(instance));
  }

  /** An empty frame store. Give it back with freeContext. */
  newContext(): ContextId {
    const context = this.exports.newContext(this.frameBytes);
    if ((context as number) === 0) {
      throw new WasmvisorError(
        "There is no memory for another suspended call: drop some that are not needed",
      );
    }
    return context;
  }

  /** Gives `context` back when `owner` is collected, unless freeContext did before. */
  freeWith(owner: object, context: ContextId): void {
    this.#forgotten.register(owner, context, owner);
  }

  /** Gives back a context with all that it holds. It must not be the current one. */
  freeContext(context: ContextId, owner?: object): void {
    const { exports, glue } = this;
    if (owner !== undefined) this.#forgotten.unregister(owner);
    const current = exports.context.value as ContextId;
    exports.switchContext(context);
    glue.clearReferences();
    exports.switchContext(current);
    exports.freeContext(context);
  }

  /** Direct calls get their bound again once JS has returned to its event loop. */
  #renewSoon(): void {
    if (this.#renewing) return;
    this.#renewing = true;
    queueMicrotask(() => {
      this.#renewing = false;
      this.exports.renewDirect();
    });
  }
}

function whole(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new WasmvisorError(`${name} is ${value}: it must be a whole number from ${least} to ${most}`);
}
