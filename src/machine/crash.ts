import { Cause, Hypercall } from "../abi.js";
import type { HypervisorExports } from "../core/hypervisor-exports.js";
import { urlOf, type WasmFrame, wasmFrames } from "../core/locations.js";
import type { Guest } from "./guest.js";
import type { Life } from "./life.js";
import type { CrashRecord } from "./outcome.js";
import type { Translation } from "./translation.js";

/** A few words for each cause. */
const causeTexts: Record<Cause, string> = {
  [Cause.None]: "trap",
  [Cause.StackOverflow]: "stack overflow",
  [Cause.PinnedExceeded]: "pinned section too long",
  [Cause.BudgetSpentPinned]: "budget spent in a pinned section",
  [Cause.FrameStoreFull]: "frame store full",
  [Cause.ReferenceStoreFull]: "reference store full",
  [Cause.WaitPinned]: "wait in a pinned section",
  [Cause.Protocol]: "broken protocol",
  [Cause.HostMemory]: "host memory exhausted",
  [Cause.ExceptionUnknown]: "unknown exception",
  [Cause.NoContext]: "no such context",
  [Cause.Requested]: "requested",
  [Cause.Uncaught]: "uncaught exception",
};

const messages: Partial<Record<Cause, string>> = {
  [Cause.StackOverflow]: "its stack account is spent: it recursed too deep, or needs more stackBytes",
  [Cause.FrameStoreFull]: "the frames of its contexts do not fit: raise frameBytes or allFrameBytes",
  [Cause.ReferenceStoreFull]: "a context holds more references than its quota allows",
  [Cause.Protocol]: "the protocol of suspension was broken: a bug of wasmvisor, please report it",
  [Cause.HostMemory]: "the host has no memory left for what the quota allows",
  [Cause.NoContext]: "hv_context returned the number of a context that does not exist",
  [Cause.Requested]: "the guest found that it cannot go on",
  [Cause.Uncaught]: "an exception left its entry point",
};

/** What the core knows about the crash of `life`, which it still keeps. `thrown`: what `run` threw, if it threw. */
export function crashRecord(core: HypervisorExports, life: Life, cause: Cause, thrown: unknown): CrashRecord {
  const { handle, vcpu } = life;
  const native = cause === Cause.None && thrown instanceof RangeError;
  const hypercall = Hypercall[core.lastHypercallOf(vcpu)];
  const stackPointer = core.stackPointer(vcpu);
  return {
    cause: native ? "native stack overflow" : (causeTexts[cause] ?? `cause ${cause}`),
    message: messages[cause] ?? (thrown instanceof Error ? thrown.message : String(thrown)),
    stack: [],
    context: core.currentContext(vcpu),
    ...(stackPointer !== -1 && { stackPointer: stackPointer >>> 0 }),
    pages: core.pages(handle),
    ...(hypercall !== undefined && { lastHypercall: snakeCase(hypercall) }),
    upcallsMasked: core.upcallsMasked(vcpu) !== 0,
    spentUnits: core.spentUnits(vcpu),
    ...(cause === Cause.Requested && { code: core.shutdownCode(handle) }),
  };
}

/** The frames of `guest` where `thrown` was thrown. */
export function guestFrames(guest: Guest, thrown: unknown): WasmFrame[] {
  const url = urlOf(guest.program.module, () => guest.provokeTrap());
  return wasmFrames(thrown).filter((frame) => frame.url === url);
}

/** The record with its places in the original module; as it was when they cannot be found out. */
export async function withLocations(
  record: CrashRecord,
  frames: readonly WasmFrame[],
  guest: Guest,
  translation: Translation,
): Promise<CrashRecord> {
  if (frames.length === 0) return record;
  try {
    const stack = await translation.locate(guest.program.original, frames);
    return { ...record, ...(stack[0] && { location: stack[0] }), stack };
  } catch {
    return record;
  }
}

/** Hypercalls are imported under these names. */
export function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}
