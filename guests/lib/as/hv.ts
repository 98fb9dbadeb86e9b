// Generated from assembly/abi by `npm run abi`. The reference is docs/abi.md.
//
// The interface of guests for AssemblyScript. A hypercall returns 0 or a positive value, or the negative of an Errno.
// A guest exports hv_start(), and may export hv_upcall(port: u32) and hv_context(argument: u32): i32.

// --- 0x00 discovery ---

/** The version of this interface: major << 16 | minor. */
@external("hv", "version")
export declare function version(): i32;

/** The feature bits of a word (see Feature); 0 for words that this version does not know. */
@external("hv", "features")
export declare function features(word: u32): i32;

/** The number of the caller's domain, unique in its machine. */
@external("hv", "domain_id")
export declare function domainId(): i32;

/** Writes as much of the start information (see StartInfo) as fits; returns its whole length in bytes. */
@external("hv", "start_info")
export declare function startInfo(offset: usize, length: u32): i32;

// --- 0x10 scheduling ---

/** Gives the rest of the slice away. Returns 0. */
@external("hv", "sched_yield")
export declare function schedYield(): i32;

/** Sleeps until an event is pending; returns 0 at once when one is. */
@external("hv", "sched_block")
export declare function schedBlock(): i32;

/** Ends the domain (see ShutdownReason); returns only to refuse. */
@external("hv", "sched_shutdown")
export declare function schedShutdown(reason: u32, code: i32): i32;

// --- 0x20 vCPU and time ---

/** The number of the calling vCPU within its domain. */
@external("hv", "vcpu_id")
export declare function vcpuId(): i32;

/** Writes the caller's accounts (see Runstate, RUNSTATE_BYTES bytes). Returns 0. */
@external("hv", "vcpu_runstate")
export declare function vcpuRunstate(offset: usize): i32;

/** Arms the one-shot timer for a monotonic time, or disarms it with TIMER_NEVER. It raises port Timer; not sooner than TIMER_MIN_PERIOD_NS after it last did. Returns 0. */
@external("hv", "timer_set")
export declare function timerSet(deadlineNs: u64): i32;

/** Writes the nanoseconds since the domain was created, as u64. Returns 0. */
@external("hv", "time_monotonic")
export declare function timeMonotonic(offset: usize): i32;

/** Writes the nanoseconds since 1970-01-01 UTC, as u64. Returns 0. */
@external("hv", "time_wall")
export declare function timeWall(offset: usize): i32;

// --- 0x30 contexts and upcalls ---

/** Makes a context that begins with `hv_context(argument)`, its upcalls masked, its stack-pointer global set to `stackPointer` where the module has one. Returns its number. */
@external("hv", "context_create")
export declare function contextCreate(argument: u32, stackPointer: u32): i32;

/** Puts the caller's context to sleep and goes on with another. Returns 0 when somebody switches back. */
@external("hv", "context_switch")
export declare function contextSwitch(context: u32): i32;

/** Forgets a context that is not the current one. Returns 0. */
@external("hv", "context_destroy")
export declare function contextDestroy(context: u32): i32;

/** The number of the caller's context; the one that runs `hv_start` is 0. */
@external("hv", "context_current")
export declare function contextCurrent(): i32;

/** No upcalls in this context from now on. Returns 1 when they were masked already, else 0. */
@external("hv", "upcall_mask")
export declare function upcallMask(): i32;

/** Allows upcalls in this context; one that is due comes before this returns. Returns 1 when they were masked, else 0. */
@external("hv", "upcall_unmask")
export declare function upcallUnmask(): i32;

// --- 0x40 events ---

/** Takes the lowest pending port: returns its number, no longer pending; Again when none is. */
@external("hv", "evtchn_next")
export declare function evtchnNext(): i32;

// --- 0x60 memory ---

/** Pages of 64 KiB (see Reservation). */
@external("hv", "memory_reservation")
export declare function memoryReservation(which: u32): i32;

// --- 0x70 console ---

/** Writes to the console; returns how many bytes were taken, at least 1 of a range that is not empty. Waits while the console is full. */
@external("hv", "console_write")
export declare function consoleWrite(offset: usize, length: u32): i32;

/** Reads what was typed, at most `length` bytes; returns how many, 0 at the end of input. Waits while nothing is there, or returns Again when `flags` has NONBLOCK. */
@external("hv", "console_read")
export declare function consoleRead(offset: usize, length: u32, flags: u32): i32;

// --- 0x80 services of the host ---

/** Hands a message of at most SERVICE_MAX_BYTES to a service (see Service) and waits for the answer, of which as much as fits is written. Returns the answer's length, or what the service refused with; Noent when the domain has no such service, Busy while another context waits for an answer. */
@external("hv", "service_call")
export declare function serviceCall(service: u32, request: usize, requestLength: u32, reply: usize, replyLength: u32): i32;

// --- 0x88 the program above a kernel ---

/** Runs the program that was loaded above the caller, from its export `_start`; returns 0 when that returns. Noent when there is none. */
@external("hv", "program_run")
export declare function programRun(): i32;

/** Pages of 64 KiB that the program's memory has; Noent when there is no program. */
@external("hv", "program_pages")
export declare function programPages(): i32;

/** Copies from the program's memory to the caller's. Returns 0. */
@external("hv", "program_read")
export declare function programRead(programOffset: u32, offset: usize, length: u32): i32;

/** Copies from the caller's memory to the program's. Returns 0. */
@external("hv", "program_write")
export declare function programWrite(programOffset: u32, offset: usize, length: u32): i32;

// --- 0xc0 system ---

/** Fills a range with at most RANDOM_MAX_BYTES random bytes; returns how many. */
@external("hv", "random_bytes")
export declare function randomBytes(offset: usize, length: u32): i32;

/** Puts an event of the guest (below 65536) with two values into the machine's trace. Returns 0. */
@external("hv", "trace_emit")
export declare function traceEmit(event: u32, a: u32, b: u32): i32;

/** A hypercall by its number; -Errno.Nosys when this version has none of that number. */
@external("hv", "hypercall")
export declare function hypercall(nr: u32, a0: u64, a1: u64, a2: u64, a3: u64, a4: u64): i32;

/** Numbers of the hypercalls. */
export enum Hypercall {
  Version = 0x00,
  Features = 0x01,
  DomainId = 0x02,
  StartInfo = 0x03,
  SchedYield = 0x10,
  SchedBlock = 0x11,
  SchedShutdown = 0x12,
  VcpuId = 0x20,
  VcpuRunstate = 0x21,
  TimerSet = 0x22,
  TimeMonotonic = 0x23,
  TimeWall = 0x24,
  ContextCreate = 0x30,
  ContextSwitch = 0x31,
  ContextDestroy = 0x32,
  ContextCurrent = 0x33,
  UpcallMask = 0x34,
  UpcallUnmask = 0x35,
  EvtchnNext = 0x40,
  MemoryReservation = 0x60,
  ConsoleWrite = 0x70,
  ConsoleRead = 0x71,
  ServiceCall = 0x80,
  ProgramRun = 0x88,
  ProgramPages = 0x89,
  ProgramRead = 0x8a,
  ProgramWrite = 0x8b,
  RandomBytes = 0xc0,
  TraceEmit = 0xc1,
}

// --- console ---

/** A flag of `console_read`: do not wait. */
export const NONBLOCK = 1;

/** How many bytes of output or input a console keeps. */
export const CONSOLE_BYTES = 4096;

// --- errno ---

/** Why a hypercall was refused: it returns the negative of one of these. A refused hypercall has changed nothing. */
export enum Errno {
  /** The caller has no right to do this. */
  Perm = 1,
  /** There is no such object. */
  Noent = 2,
  /** The host failed to do its part. */
  Io = 5,
  /** Nothing is there now; try again later. */
  Again = 11,
  /** A reservation or the host's memory does not allow it. */
  Nomem = 12,
  /** A range does not lie within the caller's memory. */
  Fault = 14,
  /** The object is in use. */
  Busy = 16,
  /** An argument has a value that is not allowed. */
  Inval = 22,
  /** A quota is used up. */
  Nospc = 28,
  /** There is no hypercall of this number or name in this version. */
  Nosys = 38,
}

// --- event channel ---

/** Ports of the virtual interrupts; event channels are numbered from FIRST_CHANNEL on. */
export enum Virq {
  /** The one-shot timer expired. */
  Timer = 0,
  /** The console has input, or its input ended. */
  Console = 1,
}

/** The first port that is not a virtual interrupt. */
export const FIRST_CHANNEL = 16;

// --- files ---
//
// Messages of the service Files: a request is FILE_REQUEST_BYTES of fields, then a base path, a path, another base path, another
// path, and data. A reply is FILE_REPLY_BYTES of fields, then data. Little-endian; a message has SERVICE_MAX_BYTES at most.
//
// Folders are numbered from 0 on, in the order in which the domain was given them. Paths are UTF-8, relative, separated by
// `/`. The base path leads from the folder to a directory; the path leads on from there and nowhere out of that directory,
// neither by `..` nor by a symbolic link. An open file has a handle, by which the host finds it again. The host may forget
// handles, as it does when the domain is restored elsewhere: a request says path and flags as well, by which it is then opened anew.

/** What is asked for. Fields and parts that are not named are not looked at. */
export enum FileOperation {
  /** Opens (Base, Path, Flags). Reply: Handle, attributes, data: the path from the folder without symbolic links. */
  Open = 1,
  /** Forgets Handle. */
  Close = 2,
  /** Length bytes at Offset (Handle, or Base and Path). Reply: data, fewer at the end of the file. */
  Read = 3,
  /** Data at Offset, or at the end with flag Append (Handle, or Base and Path). Reply: Size: the position behind it. */
  Write = 4,
  /** Attributes (Handle, or Base, Path, Flags). Reply: attributes. */
  Attributes = 5,
  /** Makes a file Offset bytes long (Handle, or Base and Path). */
  SetSize = 6,
  /** Makes sure that a file is at least Offset bytes long (Handle, or Base and Path). */
  Extend = 7,
  /** Sets times (Handle, or Base, Path, Flags). Data: two u64, ns since 1970: last access, last change. */
  SetTimes = 8,
  /** Writes a file to the disk (Handle, or Base and Path). */
  Sync = 9,
  /** Entries of a directory from cookie Offset on (Handle, or Base and Path). Reply: data: entries (FileEntry) of at most Length bytes; Size: the cookie to go on with; Links: 1 when the last one was told. With flag Partial an entry that does not fit is cut off. */
  List = 10,
  /** Makes a directory (Base, Path). */
  MakeDirectory = 11,
  /** Removes an empty directory (Base, Path). */
  RemoveDirectory = 12,
  /** Removes anything else (Base, Path). */
  Unlink = 13,
  /** Renames (Base, Path to OtherBase, OtherPath in OtherFolder). Reply: data: its path from the folder before, then the path now; Links: bytes of the former. */
  Rename = 14,
  /** Makes another name (OtherBase, OtherPath in OtherFolder) for a file (Base, Path). */
  Link = 15,
  /** Makes a symbolic link (Base, Path). Data: where it leads; not an absolute path. */
  MakeSymbolicLink = 16,
  /** Where a symbolic link (Base, Path) leads. Reply: data. */
  ReadSymbolicLink = 17,
  /** Data goes to the host's standard error. Reply: Size: how much was taken. */
  StandardError = 18,
}

/** Flags of requests. */
export enum FileFlag {
  /** Follow a symbolic link that the path ends in. */
  Follow = 1,
  /** Open: make a file when there is none. */
  Create = 2,
  /** Open: fail when there is one. */
  Exclusive = 4,
  /** Open: make it empty. */
  Truncate = 8,
  /** Open: fail when it is not a directory. */
  Directory = 16,
  /** Open: for reading. */
  Read = 32,
  /** Open: for writing. */
  Write = 64,
  /** Open: what is written is on the disk before the write is over. */
  Sync = 128,
  /** Write: at the end. */
  Append = 256,
  /** SetTimes: that of the last access. */
  SetAccessed = 512,
  /** SetTimes: that of the last change. */
  SetModified = 1024,
  /** List: cut off. */
  Partial = 2048,
}

/** Byte offsets in a request. */
export enum FileRequest {
  /** u32: see FileOperation. */
  Operation = 0,
  /** u32 */
  Folder = 4,
  /** u64: 0: none. */
  Handle = 8,
  /** u64 */
  Offset = 16,
  /** u32 */
  Length = 24,
  /** u32: see FileFlag. */
  Flags = 28,
  /** u32: bytes of the base path. */
  BaseLength = 32,
  /** u32 */
  PathLength = 36,
  /** u32 */
  OtherFolder = 40,
  /** u32 */
  OtherBaseLength = 44,
  /** u32 */
  OtherPathLength = 48,
  /** u32 */
  DataLength = 52,
}

export const FILE_REQUEST_BYTES = 56;

/** Byte offsets in a reply. */
export enum FileReply {
  /** u32: 0, or the errno of WASI preview 1; then the rest means nothing. */
  Error = 0,
  /** u32: file type, as in WASI preview 1. */
  Type = 4,
  /** u64: also of an open file that was opened anew; 0: there is none. */
  Handle = 8,
  /** u64: bytes. */
  Size = 16,
  /** u64 */
  Links = 24,
  /** u64: ns since 1970, as are the following two. */
  Accessed = 32,
  /** u64 */
  Modified = 40,
  /** u64 */
  Changed = 48,
  /** u64 */
  Inode = 56,
  /** u64 */
  Device = 64,
  /** u32 */
  DataLength = 72,
}

export const FILE_REPLY_BYTES = 80;

/** Byte offsets in an entry of a directory; its name follows. As `dirent` in WASI preview 1. */
export enum FileEntry {
  /** u64: the cookie of the next entry. */
  Next = 0,
  /** u64 */
  Inode = 8,
  /** u32: bytes of the name. */
  NameLength = 16,
  /** u32: file type. */
  Type = 20,
}

export const FILE_ENTRY_BYTES = 24;

// --- hypercall ---

/** Numbers of hypercalls are below this. */
export const HYPERCALL_LIMIT = 256;

/** What any hypercall costs its caller, in units of budget. */
export const HYPERCALL_UNITS = 32;

/** What a hypercall costs more that copies a range; and one more for each 8 bytes. */
export const COPY_UNITS = 64;

/** What a hypercall costs more that reads the clock. */
export const CLOCK_UNITS = 128;

// --- memory ---

/** What `memory_reservation` tells. */
export enum Reservation {
  /** Pages that the memory has. */
  Current = 0,
  /** Pages that it may have. */
  Maximum = 1,
}

// --- scheduling ---

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
export const TIMER_MIN_PERIOD_NS = 100000;

/** The deadline that disarms the timer; so does any other from 2^63 on. */
export const TIMER_NEVER = -1;

// --- service ---

/** Services of the host that a domain may be given. */
export enum Service {
  /** Folders of the host: see FileOperation. */
  Files = 1,
}

/** How long a request, and a reply, may be. */
export const SERVICE_MAX_BYTES = 65536;

// --- start info ---

/** What `start_info` writes: byte offsets of u32 fields; little-endian. */
export enum StartInfo {
  /** The version of the interface, as `version` returns it. */
  Version = 0,
  /** Number of the domain. */
  DomainId = 4,
  /** How many vCPUs the domain has. */
  Vcpus = 8,
  /** Pages of 64 KiB that its memory may have. */
  MaximumPages = 12,
  /** How many contexts it may have at a time. */
  ContextsMax = 16,
  /** Length of its name in bytes, which stands at byte START_INFO_BYTES. */
  NameLength = 20,
  /** Length of its command line in bytes, which follows the name. */
  CommandLineLength = 24,
}

/** Length of the fields; name and command line, both UTF-8, follow. */
export const START_INFO_BYTES = 28;

// --- system ---

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

// --- version ---

/** The version of the hypercall interface, as `version` returns it: major << 16 | minor. */
export const ABI_VERSION = 1;

/** What `features(0)` tells: one bit each. */
export enum Feature {
  /** Contexts can be created and switched. */
  Contexts = 1,
  /** Upcalls are delivered to the export `hv_upcall`. */
  Upcalls = 2,
  /** Time, random bytes and slices repeat exactly: the machine runs in deterministic mode. */
  Deterministic = 4,
}
