// A virtual CPU. Layout only; object/vcpu.ts says what is done with it.

import { RunState } from "../abi/scheduling";
import { Context } from "./context";
import { Domain } from "./domain";

/** The deadline of a timer that is not armed. */
export const NEVER: f64 = Infinity;

/** What a vCPU waits for; an event wakes it in any case. */
export enum Waits {
  Nothing = 0,
  Event = 1,
  /** Room in the console. */
  Room = 2,
  /** The answer of a service. */
  Service = 3,
}

@unmanaged
export class Vcpu {
  domain: Domain;
  index: u32;
  /** The context that runs, or would. */
  context: Context;
  /** Its number and mask when the last run ended; the context itself is gone when the domain has ended. */
  contextId: u32;
  contextMasked: bool;

  runState: RunState;
  /** Since when, in machine time. */
  sinceNs: f64;
  /** ns in each RunState before that. */
  runningNs: f64;
  runnableNs: f64;
  blockedNs: f64;
  offlineNs: f64;

  /** Units passed at the last safepoint for which it was not granted a budget yet: not positive. */
  debt: i32;
  /** Units that it was granted and has spent. */
  spentUnits: f64;
  slices: u32;
  hypercalls: u32;
  upcalls: u32;
  switches: u32;
  /** The number of the hypercall that was entered last; -1 for none. */
  lastHypercall: i32;

  /** Bit 1 << port for each virtual interrupt that is pending. */
  pending: u32;
  /** What it waits for, paused or not. */
  waits: Waits;

  /** Machine time when the one-shot timer expires, and when it last did. */
  timerDeadlineNs: f64;
  timerLastNs: f64;
}

export function vcpuOf(domain: Domain): Vcpu {
  return changetype<Vcpu>(domain.vcpu);
}
