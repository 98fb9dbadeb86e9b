import { Cause } from "../abi.js";
import {
  FrameStoreFull,
  type GuestLocation,
  GuestTrap,
  HostMemoryExhausted,
  PinnedExceeded,
  StackOverflow,
  WaitRefused,
  WasmvisorError,
} from "../base/errors.js";
import { locate, urlOf, wasmFrames } from "../core/locations.js";
import type { Guest, Runtime } from "./runtime.js";
import { BudgetSpent, type Resumable } from "./stopped.js";

/** Whether the engine ended a guest, rather than an exception that somebody threw. */
export function isTrap(thrown: unknown): boolean {
  return thrown instanceof WebAssembly.RuntimeError || thrown instanceof RangeError;
}

/**
 * What to tell for something that a guest ended with: a trap becomes a GuestTrap or one of its kind, anything
 * else stays as it is. Reads and forgets the reason that the runtime recorded.
 */
export function explain(runtime: Runtime, thrown: unknown, activation?: Resumable): unknown {
  const cause = runtime.exports.takeCause() as Cause;
  if (!(thrown instanceof WebAssembly.RuntimeError) || thrown instanceof GuestTrap) return thrown;
  const instances = runtime.instances;
  const locate = () => locateTrap(instances, thrown);
  switch (cause) {
    case Cause.StackOverflow:
      return new StackOverflow(locate, thrown);
    case Cause.PinnedExceeded: {
      const text = `A pinned section spent more than its bound of ${runtime.pinnedBudget} units`;
      return new PinnedExceeded(text, locate, thrown);
    }
    case Cause.BudgetSpentPinned:
      return activation === undefined
        ? new PinnedExceeded("The budget was spent in a pinned section", locate, thrown)
        : new BudgetSpent(activation, { cause: thrown });
    case Cause.FrameStoreFull:
    case Cause.ReferenceStoreFull: {
      const what = cause === Cause.FrameStoreFull ? "frames" : "references";
      const text = `The ${what} of a suspended stack do not fit in ${runtime.frameBytes} bytes: raise frameBytes`;
      return new FrameStoreFull(text, locate, thrown);
    }
    case Cause.WaitPinned: {
      const text =
        "The guest waits (for a notification, or for what a host import promised) inside a pinned section, where " +
        "it cannot be suspended: use call()";
      return new WaitRefused(text, locate, thrown);
    }
    case Cause.HostMemory:
      return new HostMemoryExhausted("The host has no memory left for what the quota allows", locate, thrown);
    case Cause.ExceptionUnknown: {
      const text =
        "A guest caught an exception of another instance that it would have to keep: see docs/embedding.md";
      return new GuestTrap(text, locate, thrown);
    }
    case Cause.Protocol:
      return new WasmvisorError(
        "The protocol of suspension was broken: a bug, or a module not made by the translator",
        {
          cause: thrown,
        },
      );
    default:
      return new GuestTrap(thrown.message, locate, thrown);
  }
}

function locateTrap(instances: readonly Guest[], thrown: unknown): GuestLocation | undefined {
  for (const frame of wasmFrames(thrown)) {
    const owner = instances.find(
      (candidate) => urlOf(candidate.image.module, () => candidate.reference(-1)) === frame.url,
    );
    const maps = owner?.image.maps();
    const location = maps && locate(maps, (index) => owner?.image.functionName(index), frame);
    if (location !== undefined) return location;
  }
  return undefined;
}
