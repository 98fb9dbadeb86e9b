// This file is shared by asc and tsc and must remain portable; it imports nothing.

/** Why `run` returned to the host. */
export enum Exit {
  /** The budget is spent; the vCPU is runnable. */
  Preempted = 0,
  /** It gave the rest of its slice away; it is runnable. */
  Yielded = 1,
  /** It waits for an event. */
  Blocked = 2,
  /** It waits for room in its console. */
  ConsoleFull = 3,
  /** Its domain shut down; reason and code are told. */
  Shutdown = 4,
  /** It cannot run: its domain is paused or has ended. */
  Offline = 5,
  /** It waits for the answer of a service; the request is there to be read. */
  Service = 6,
}

/** Why the core ended a guest, kept until the host has read it. Each is a crash of the guest but Protocol, which is a bug of ours. */
export enum Cause {
  /** The core had no part in it: the guest trapped by itself. */
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
  /** `hv_context` returned the number of a context that does not exist. */
  NoContext = 10,
  /** The guest asked for it: sched_shutdown with reason Crash. */
  Requested = 11,
  /** An exception of the guest, or one of the engine, left its entry point. */
  Uncaught = 12,
}
