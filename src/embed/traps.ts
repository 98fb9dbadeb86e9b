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
import { originalOffset } from "../core/maps.js";
import { BudgetSpent, type Resumable } from "./budget-spent.js";
import type { Guest, Runtime } from "./runtime.js";

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
      const text = "The guest waits inside a pinned section, where it cannot be suspended: use call()";
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

interface WasmFrame {
  /** Names the module, in this engine's way. */
  readonly url: string;
  readonly functionIndex: number;
  readonly byteOffset: number;
}

const framePattern = /([^\s(@]*):?wasm-function\[(\d+)\]:0x([0-9a-f]+)/g;

function wasmFrames(thrown: unknown): WasmFrame[] {
  const stack = thrown instanceof Error ? String(thrown.stack) : "";
  return [...stack.matchAll(framePattern)].map(([, url, index, offset]) => ({
    url: url!,
    functionIndex: Number(index),
    byteOffset: Number.parseInt(offset!, 16),
  }));
}

const urls = new WeakMap<WebAssembly.Module, string>();

/** How the engine names the module of `instance` in a stack trace: seen in a trap that we make ourselves. */
function urlOf(instance: Guest): string {
  const { module } = instance.image;
  let url = urls.get(module);
  if (url === undefined) {
    url = "";
    try {
      instance.reference(-1);
    } catch (thrown) {
      url = wasmFrames(thrown)[0]?.url ?? "";
    }
    urls.set(module, url);
  }
  return url;
}

function locateTrap(instances: readonly Guest[], thrown: unknown): GuestLocation | undefined {
  for (const frame of wasmFrames(thrown)) {
    const instance = instances.find((candidate) => urlOf(candidate) === frame.url);
    const code = instance?.image.maps()?.code.get(frame.functionIndex);
    if (instance === undefined || code === undefined) continue;
    return {
      functionIndex: code.functionIndex,
      functionName: instance.image.functionName(code.functionIndex),
      byteOffset: originalOffset(code, frame.byteOffset),
    };
  }
  return undefined;
}
