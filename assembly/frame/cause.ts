/** Why the runtime made a guest trap; kept until the host has read it. The host's copy is src/core/cause.ts. */
export enum Cause {
  /** The runtime had no part in it. */
  None = 0,
  /** The stack account is spent. */
  StackOverflow = 1,
  /** A pinned section used up its bound. */
  PinnedExceeded = 2,
  /** The whole budget of the call was spent inside a pinned section. */
  BudgetSpentPinned = 3,
  /** A stack has more frames than its quota allows, or there is no memory for them. */
  FrameStoreFull = 4,
  /** A stack holds more references than its quota allows. */
  ReferenceStoreFull = 5,
  /** A guest waits inside a pinned section, where it can never be woken. */
  WaitPinned = 6,
  /** The protocol of suspension was broken: a bug of ours, or a module that the translator did not make. */
  Protocol = 7,
  /** Deterministic mode: memory that the quota allows could not be had. */
  HostMemory = 8,
  /** A guest caught an exception that it has to keep, but that nobody can give to it as data. */
  ExceptionUnknown = 9,
}

export let cause: Cause = Cause.None;

/** Ends the guest with a recorded reason. */
export function fail(reason: Cause): void {
  cause = reason;
  unreachable();
}

/** Reads the recorded reason and forgets it. */
export function takeCause(): Cause {
  const taken = cause;
  cause = Cause.None;
  return taken;
}

/** Records a reason; whoever calls traps on its own. */
export function recordCause(reason: Cause): void {
  cause = reason;
}
