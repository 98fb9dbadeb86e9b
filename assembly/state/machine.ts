// What there is once for each physical CPU: globals of Wasm, no memory.

import { Context } from "./context";
import { Vcpu } from "./vcpu";

/** The vCPU that runs: who calls a hypercall is never an argument. */
export let current: Vcpu = changetype<Vcpu>(0);

/** Time is virtual, random bytes are seeded, growth that a reservation allows does not fail. */
export let deterministic: bool = false;
/** The virtual clock of deterministic mode, in ns: what everybody spent together, and the idle time. */
export let virtualNs: f64 = 0;
/** What `current` may spend in this run; 0 while nobody runs. */
export let granted: i32 = 0;
/** The wall clock at machine time 0, in ns since 1970. */
export let wallNs: f64 = 0;
export let seed: u64 = 0;
/** SCRATCH_BYTES bytes of core memory for what a handler makes up; nothing in it outlives the handler. */
export let scratch: usize = 0;
export const SCRATCH_BYTES: u32 = 256;

/** Why the guest unwinds, when it is not for a spent budget. */
export enum Unwind {
  None = 0,
  Yielded = 1,
  Blocked = 2,
  ConsoleFull = 3,
  Shutdown = 4,
  /** Another context is to run. */
  Switched = 5,
  /** An upcall is due. */
  Upcall = 6,
  /** The host is to serve a call. */
  Service = 7,
}

export let unwind: Unwind = Unwind.None;
/** The context that Unwind.Switched leads to. */
export let target: Context = changetype<Context>(0);
/** The hypercall is to be done again when the guest is back; else its result is kept. */
export let retry: bool = false;
/** The hypercall is done again: set by the entries around that, so that a fresh one is told from it. */
export let again: i32 = 0;
/** The budget that was left when the guest began to unwind. */
export let carried: i32 = 0;

/** Counted by the entries of hypercalls. */
export let hypercallCount: i32 = 0;
export let lastHypercall: i32 = -1;
