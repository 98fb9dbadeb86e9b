// This file is shared by asc and tsc and must remain portable; it imports nothing.

/** Why a domain ends, for `sched_shutdown`. */
export enum ShutdownReason {
  /** Done; the code is told to whoever waits, like a program's exit code. */
  Poweroff = 0,
  /** Begin again with a fresh memory. */
  Reboot = 1,
  /** The guest itself found that it cannot go on. */
  Crash = 3,
}

/** What a vCPU is doing. */
export enum RunState {
  /** It is on a physical CPU. */
  Running = 0,
  /** It would run if it were given a physical CPU. */
  Runnable = 1,
  /** It waits for an event. */
  Blocked = 2,
  /** It does not take part: paused, or ended. */
  Offline = 3,
}

/** What `vcpu_runstate` writes: byte offsets; little-endian; times in ns since the domain was created. */
export enum Runstate {
  /** u32: see RunState. */
  State = 0,
  /** u32: how many quanta it ran; a slice is a chain of quanta. */
  Quanta = 4,
  /** u64: ns in RunState.Running. */
  RunningNs = 8,
  /** u64: ns in RunState.Runnable. */
  RunnableNs = 16,
  /** u64: ns in RunState.Blocked. */
  BlockedNs = 24,
  /** u64: ns in RunState.Offline. */
  OfflineNs = 32,
  /** u64: units of budget spent, up to the last time it was given a physical CPU. */
  SpentUnits = 40,
}

/** Length of what `vcpu_runstate` writes. */
export const RUNSTATE_BYTES = 48;

/** The shortest time between two expiries of a one-shot timer, in ns. */
export const TIMER_MIN_PERIOD_NS = 100_000;

/** The deadline that disarms the timer; so does any other from 2^63 on. */
export const TIMER_NEVER = -1;
