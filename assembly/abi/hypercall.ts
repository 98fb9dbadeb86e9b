// This file is shared by asc and tsc and must remain portable; it imports nothing.
//
// The one list of hypercalls. The comment of each begins with its signature in backticks: the name under which a
// guest imports it from the module `hv`, the parameters with their types, and what it returns. `u32` and `i32` are
// i32 in Wasm, `u64` and `i64` are i64; every hypercall returns an i32. `suspends` behind the signature: the caller may be
// unwound before it returns. From this list are generated: the entries that guests link to, the C header,
// the guest libraries, and docs/abi.md. Numbers are never used again for something else.
//
// Ranges (offset, length) lie in the caller's memory and are checked whole before anything is done.

export enum Hypercall {
  // --- 0x00 discovery ---

  /** `version()` The version of this interface: major << 16 | minor. */
  Version = 0x00,
  /** `features(word: u32)` The feature bits of a word (see Feature); 0 for words that this version does not know. */
  Features = 0x01,
  /** `domain_id()` The number of the caller's domain, unique in its machine. */
  DomainId = 0x02,
  /** `start_info(offset: u32, length: u32)` Writes as much of the start information (see StartInfo) as fits; returns its whole length in bytes. */
  StartInfo = 0x03,

  // --- 0x10 scheduling ---

  /** `sched_yield()` suspends: Gives the rest of the slice away. Returns 0. */
  SchedYield = 0x10,
  /** `sched_block()` suspends: Sleeps until an event is pending; returns 0 at once when one is. */
  SchedBlock = 0x11,
  /** `sched_shutdown(reason: u32, code: i32)` suspends: Ends the domain (see ShutdownReason); returns only to refuse. */
  SchedShutdown = 0x12,

  // --- 0x20 vCPU and time ---

  /** `vcpu_id()` The number of the calling vCPU within its domain. */
  VcpuId = 0x20,
  /** `vcpu_runstate(offset: u32)` Writes the caller's accounts (see Runstate, RUNSTATE_BYTES bytes). Returns 0. */
  VcpuRunstate = 0x21,
  /** `timer_set(deadlineNs: u64)` Arms the one-shot timer for a monotonic time, or disarms it with TIMER_NEVER. It raises port Timer; not sooner than TIMER_MIN_PERIOD_NS after it last did. Returns 0. */
  TimerSet = 0x22,
  /** `time_monotonic(offset: u32)` Writes the nanoseconds since the domain was created, as u64. Returns 0. */
  TimeMonotonic = 0x23,
  /** `time_wall(offset: u32)` Writes the nanoseconds since 1970-01-01 UTC, as u64. Returns 0. */
  TimeWall = 0x24,

  // --- 0x30 contexts and upcalls ---

  /** `context_create(argument: u32, stackPointer: u32)` Makes a context that begins with `hv_context(argument)`, its upcalls masked, its stack-pointer global set to `stackPointer` where the module has one. Returns its number. */
  ContextCreate = 0x30,
  /** `context_switch(context: u32)` suspends: Puts the caller's context to sleep and goes on with another. Returns 0 when somebody switches back. */
  ContextSwitch = 0x31,
  /** `context_destroy(context: u32)` Forgets a context that is not the current one. Returns 0. */
  ContextDestroy = 0x32,
  /** `context_current()` The number of the caller's context; the one that runs `hv_start` is 0. */
  ContextCurrent = 0x33,
  /** `upcall_mask()` No upcalls in this context from now on. Returns 1 when they were masked already, else 0. */
  UpcallMask = 0x34,
  /** `upcall_unmask()` suspends: Allows upcalls in this context; one that is due comes before this returns. Returns 1 when they were masked, else 0. */
  UpcallUnmask = 0x35,

  // --- 0x40 events ---

  /** `evtchn_next()` Takes the lowest pending port: returns its number, no longer pending; Again when none is. */
  EvtchnNext = 0x40,

  // --- 0x60 memory ---

  /** `memory_reservation(which: u32)` Pages of 64 KiB (see Reservation). */
  MemoryReservation = 0x60,

  // --- 0x70 console ---

  /** `console_write(offset: u32, length: u32)` suspends: Writes to the console; returns how many bytes were taken, at least 1 of a range that is not empty. Waits while the console is full. */
  ConsoleWrite = 0x70,
  /** `console_read(offset: u32, length: u32, flags: u32)` suspends: Reads what was typed, at most `length` bytes; returns how many, 0 at the end of input. Waits while nothing is there, or returns Again when `flags` has NONBLOCK. */
  ConsoleRead = 0x71,

  // --- 0x80 services of the host ---

  /** `service_call(service: u32, request: u32, requestLength: u32, reply: u32, replyLength: u32)` suspends: Hands a message of at most SERVICE_MAX_BYTES to a service (see Service) and waits for the answer, of which as much as fits is written. Returns the answer's length, or what the service refused with; Noent when the domain has no such service, Busy while another context waits for an answer. */
  ServiceCall = 0x80,

  // --- 0x88 the program above a kernel ---

  /** `program_run()` suspends: Runs the program that was loaded above the caller, from its export `_start`; returns 0 when that returns. Noent when there is none. */
  ProgramRun = 0x88,
  /** `program_pages()` Pages of 64 KiB that the program's memory has; Noent when there is no program. */
  ProgramPages = 0x89,
  /** `program_read(programOffset: u32, offset: u32, length: u32)` Copies from the program's memory to the caller's. Returns 0. */
  ProgramRead = 0x8a,
  /** `program_write(programOffset: u32, offset: u32, length: u32)` Copies from the caller's memory to the program's. Returns 0. */
  ProgramWrite = 0x8b,

  // --- 0xc0 system ---

  /** `random_bytes(offset: u32, length: u32)` Fills a range with at most RANDOM_MAX_BYTES random bytes; returns how many. */
  RandomBytes = 0xc0,
  /** `trace_emit(event: u32, a: u32, b: u32)` Puts an event of the guest (below 65536) with two values into the machine's trace. Returns 0. */
  TraceEmit = 0xc1,
}

/** Numbers of hypercalls are below this. */
export const HYPERCALL_LIMIT = 256;
/** What any hypercall costs its caller, in units of budget. */
export const HYPERCALL_UNITS = 32;
/** What a hypercall costs more that copies a range; and one more for each 8 bytes. */
export const COPY_UNITS = 64;
/** What a hypercall costs more that reads the clock. */
export const CLOCK_UNITS = 128;
