// This file is shared by asc and tsc and must remain portable; it imports nothing.
//
// How the core hands a domain's own state to the host, and takes it back: byte offsets in its scratch memory;
// little-endian. Times are ns of the domain's own clock unless said otherwise. The file format of snapshots is the host's.

/** The domain and its vCPU. */
export enum DomainImage {
  /** u32: number of the current context. */
  Context = 0,
  /** u32: what the vCPU waits for: 0 nothing, 1 an event, 2 room in the console, 3 the answer of a service. */
  Waits = 4,
  /** i32: units passed that it was not granted yet, not positive. */
  Debt = 8,
  /** u32: bit 1 << port for each pending virtual interrupt. */
  Pending = 12,
  /** i32: the hypercall that was entered last, -1 for none. */
  LastHypercall = 16,
  /** u32 */
  Slices = 20,
  /** u32 */
  Hypercalls = 24,
  /** u32 */
  Upcalls = 28,
  /** u32: switches of contexts. */
  Switches = 32,
  /** u32: elements that its tables have and were granted. */
  TableElements = 36,
  /** u32: 1 when the console's input has ended. */
  InputEnded = 40,
  /** u32: 0 no call of a service is under way, 1 the service is to answer, 2 it has answered. */
  Call = 44,
  /** u32: which service. */
  CallService = 48,
  /** u32: number of the context that called. */
  CallContext = 52,
  /** i32: length of the request or of the answer, or a negative errno. */
  CallLength = 56,
  /** u64: state of the generator of random bytes (byte 64: 8-byte aligned). */
  Random = 64,
  /** f64: units spent. */
  SpentUnits = 72,
  /** f64: ns in each state of a vCPU: running, runnable, blocked, offline. */
  RunningNs = 80,
  RunnableNs = 88,
  BlockedNs = 96,
  OfflineNs = 104,
  /** f64: the domain's own time. */
  AgeNs = 112,
  /** f64: when the timer expires; Infinity when it is not armed. */
  TimerDeadlineNs = 120,
  /** f64: when it last did; -Infinity for never. */
  TimerLastNs = 128,
}

export const DOMAIN_IMAGE_BYTES = 136;

/** A context, but for its frames. */
export enum ContextImage {
  /** u32 */
  Id = 0,
  /** u32: the entry point of the topmost activation: 0 init, 1 init of the program, 2 hv_start, 3 hv_upcall, 4 hv_context. */
  Activation = 4,
  /** u32: 1 when that has not begun. */
  Fresh = 8,
  /** u32: 1 when upcalls are masked. */
  Masked = 12,
  /** u32: its argument. */
  Argument = 16,
  /** u32: the stack-pointer global while another context runs. */
  StackPointer = 20,
}

export const CONTEXT_IMAGE_BYTES = 24;
