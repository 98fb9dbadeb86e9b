// This file is shared by asc and tsc and must remain portable; it imports nothing.

/** How many bytes `random_bytes` gives at most. */
export const RANDOM_MAX_BYTES = 256;
/** What `random_bytes` costs beside what every hypercall costs, in units: the host's generator is slow to ask. */
export const RANDOM_UNITS = 1024;
/** Events of guests are below this. */
export const TRACE_EVENT_LIMIT = 65536;

/** An entry of the trace: byte offsets; little-endian. */
export enum TraceEntry {
  /** u64: ns since the machine was booted. */
  TimeNs = 0,
  /** u32: see TraceKind. */
  Kind = 8,
  /** u32: number of the domain. */
  Domain = 12,
  /** u32 */
  A = 16,
  /** u32 */
  B = 20,
}

/** Length of an entry. */
export const TRACE_ENTRY_BYTES = 24;

/** What happened; A and B are said behind. */
export enum TraceKind {
  /** A domain was created: pages, contexts at most. */
  Create = 1,
  /** A domain was destroyed. */
  Destroy = 2,
  /** A vCPU got a physical CPU: context, units that it may spend. */
  Enter = 3,
  /** It left it: exit reason, units spent. */
  Exit = 4,
  /** An event became pending: port, 1 when that woke the vCPU. */
  Event = 5,
  /** An upcall began: port, context. */
  Upcall = 6,
  /** The vCPU switched contexts: from, to. */
  Switch = 7,
  /** The domain shut down: reason, code. */
  Shutdown = 8,
  /** The domain crashed: cause, context. */
  Crash = 9,
  /** An event of the guest: this plus its number; its values. */
  Guest = 65536,
}
