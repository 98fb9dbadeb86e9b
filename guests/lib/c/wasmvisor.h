// Generated from assembly/abi by `npm run abi`. The reference is docs/abi.md.
//
// The interface of guests for C11, without a C library. An hv_ function returns 0 or a positive value, or the negative
// of an errno: `hv_evtchn_next() == -HV_EAGAIN`. A guest begins with HV_EXPORT(hv_start) void hv_start(void).
#ifndef WASMVISOR_H
#define WASMVISOR_H

#include <stdint.h>

/** Before the definition of an entry point: hv_start, hv_upcall(uint32_t port), int32_t hv_context(uint32_t argument). */
#define HV_EXPORT(name) __attribute__((export_name(#name)))
#define HV_IMPORT(name) __attribute__((import_module("hv"), import_name(#name)))

// --- 0x00 discovery ---

/** The version of this interface: major << 16 | minor. */
HV_IMPORT(version) int32_t hv_version(void);

/** The feature bits of a word (see Feature); 0 for words that this version does not know. */
HV_IMPORT(features) int32_t hv_features(uint32_t word);

/** The number of the caller's domain, unique in its machine. */
HV_IMPORT(domain_id) int32_t hv_domain_id(void);

/** Writes as much of the start information (see StartInfo) as fits; returns its whole length in bytes. */
HV_IMPORT(start_info) int32_t hv_start_info(void *offset, uint32_t length);

// --- 0x10 scheduling ---

/** Gives the rest of the slice away. Returns 0. */
HV_IMPORT(sched_yield) int32_t hv_sched_yield(void);

/** Sleeps until an event is pending; returns 0 at once when one is. */
HV_IMPORT(sched_block) int32_t hv_sched_block(void);

/** Ends the domain (see ShutdownReason); returns only to refuse. */
HV_IMPORT(sched_shutdown) int32_t hv_sched_shutdown(uint32_t reason, int32_t code);

// --- 0x20 vCPU and time ---

/** The number of the calling vCPU within its domain. */
HV_IMPORT(vcpu_id) int32_t hv_vcpu_id(void);

/** Writes the caller's accounts (see Runstate, RUNSTATE_BYTES bytes). Returns 0. */
HV_IMPORT(vcpu_runstate) int32_t hv_vcpu_runstate(void *offset);

/** Arms the one-shot timer for a monotonic time, or disarms it with TIMER_NEVER. It raises port Timer; not sooner than TIMER_MIN_PERIOD_NS after it last did. Returns 0. */
HV_IMPORT(timer_set) int32_t hv_timer_set(uint64_t deadline_ns);

/** Writes the nanoseconds since the domain was created, as u64. Returns 0. */
HV_IMPORT(time_monotonic) int32_t hv_time_monotonic(void *offset);

/** Writes the nanoseconds since 1970-01-01 UTC, as u64. Returns 0. */
HV_IMPORT(time_wall) int32_t hv_time_wall(void *offset);

// --- 0x30 contexts and upcalls ---

/** Makes a context that begins with `hv_context(argument)`, its upcalls masked, its stack-pointer global set to `stackPointer` where the module has one. Returns its number. */
HV_IMPORT(context_create) int32_t hv_context_create(uint32_t argument, uint32_t stack_pointer);

/** Puts the caller's context to sleep and goes on with another. Returns 0 when somebody switches back. */
HV_IMPORT(context_switch) int32_t hv_context_switch(uint32_t context);

/** Forgets a context that is not the current one. Returns 0. */
HV_IMPORT(context_destroy) int32_t hv_context_destroy(uint32_t context);

/** The number of the caller's context; the one that runs `hv_start` is 0. */
HV_IMPORT(context_current) int32_t hv_context_current(void);

/** No upcalls in this context from now on. Returns 1 when they were masked already, else 0. */
HV_IMPORT(upcall_mask) int32_t hv_upcall_mask(void);

/** Allows upcalls in this context; one that is due comes before this returns. Returns 1 when they were masked, else 0. */
HV_IMPORT(upcall_unmask) int32_t hv_upcall_unmask(void);

// --- 0x40 events ---

/** Takes the lowest pending port: returns its number, no longer pending; Again when none is. */
HV_IMPORT(evtchn_next) int32_t hv_evtchn_next(void);

// --- 0x60 memory ---

/** Pages of 64 KiB (see Reservation). */
HV_IMPORT(memory_reservation) int32_t hv_memory_reservation(uint32_t which);

// --- 0x70 console ---

/** Writes to the console; returns how many bytes were taken, at least 1 of a range that is not empty. Waits while the console is full. */
HV_IMPORT(console_write) int32_t hv_console_write(const void *offset, uint32_t length);

/** Reads what was typed, at most `length` bytes; returns how many, 0 at the end of input. Waits while nothing is there, or returns Again when `flags` has NONBLOCK. */
HV_IMPORT(console_read) int32_t hv_console_read(void *offset, uint32_t length, uint32_t flags);

// --- 0x80 services of the host ---

/** Hands a message of at most SERVICE_MAX_BYTES to a service (see Service) and waits for the answer, of which as much as fits is written. Returns the answer's length, or what the service refused with; Noent when the domain has no such service, Busy while another context waits for an answer. */
HV_IMPORT(service_call) int32_t hv_service_call(uint32_t service, const void *request, uint32_t request_length, void *reply, uint32_t reply_length);

// --- 0x88 the program above a kernel ---

/** Runs the program that was loaded above the caller, from its export `_start`; returns 0 when that returns. Noent when there is none. */
HV_IMPORT(program_run) int32_t hv_program_run(void);

/** Pages of 64 KiB that the program's memory has; Noent when there is no program. */
HV_IMPORT(program_pages) int32_t hv_program_pages(void);

/** Copies from the program's memory to the caller's. Returns 0. */
HV_IMPORT(program_read) int32_t hv_program_read(uint32_t program_offset, void *offset, uint32_t length);

/** Copies from the caller's memory to the program's. Returns 0. */
HV_IMPORT(program_write) int32_t hv_program_write(uint32_t program_offset, const void *offset, uint32_t length);

// --- 0xc0 system ---

/** Fills a range with at most RANDOM_MAX_BYTES random bytes; returns how many. */
HV_IMPORT(random_bytes) int32_t hv_random_bytes(void *offset, uint32_t length);

/** Puts an event of the guest (below 65536) with two values into the machine's trace. Returns 0. */
HV_IMPORT(trace_emit) int32_t hv_trace_emit(uint32_t event, uint32_t a, uint32_t b);

/** A hypercall by its number; -HV_ENOSYS when this version has none of that number. */
HV_IMPORT(hypercall) int32_t hv_hypercall(uint32_t nr, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4);

/** Numbers of the hypercalls. */
enum hv_hypercall {
  HV_HYPERCALL_VERSION = 0x00,
  HV_HYPERCALL_FEATURES = 0x01,
  HV_HYPERCALL_DOMAIN_ID = 0x02,
  HV_HYPERCALL_START_INFO = 0x03,
  HV_HYPERCALL_SCHED_YIELD = 0x10,
  HV_HYPERCALL_SCHED_BLOCK = 0x11,
  HV_HYPERCALL_SCHED_SHUTDOWN = 0x12,
  HV_HYPERCALL_VCPU_ID = 0x20,
  HV_HYPERCALL_VCPU_RUNSTATE = 0x21,
  HV_HYPERCALL_TIMER_SET = 0x22,
  HV_HYPERCALL_TIME_MONOTONIC = 0x23,
  HV_HYPERCALL_TIME_WALL = 0x24,
  HV_HYPERCALL_CONTEXT_CREATE = 0x30,
  HV_HYPERCALL_CONTEXT_SWITCH = 0x31,
  HV_HYPERCALL_CONTEXT_DESTROY = 0x32,
  HV_HYPERCALL_CONTEXT_CURRENT = 0x33,
  HV_HYPERCALL_UPCALL_MASK = 0x34,
  HV_HYPERCALL_UPCALL_UNMASK = 0x35,
  HV_HYPERCALL_EVTCHN_NEXT = 0x40,
  HV_HYPERCALL_MEMORY_RESERVATION = 0x60,
  HV_HYPERCALL_CONSOLE_WRITE = 0x70,
  HV_HYPERCALL_CONSOLE_READ = 0x71,
  HV_HYPERCALL_SERVICE_CALL = 0x80,
  HV_HYPERCALL_PROGRAM_RUN = 0x88,
  HV_HYPERCALL_PROGRAM_PAGES = 0x89,
  HV_HYPERCALL_PROGRAM_READ = 0x8a,
  HV_HYPERCALL_PROGRAM_WRITE = 0x8b,
  HV_HYPERCALL_RANDOM_BYTES = 0xc0,
  HV_HYPERCALL_TRACE_EMIT = 0xc1,
};

// --- console ---

/** A flag of `console_read`: do not wait. */
#define HV_NONBLOCK 1

/** How many bytes of output or input a console keeps. */
#define HV_CONSOLE_BYTES 4096

// --- errno ---

/** Why a hypercall was refused: it returns the negative of one of these. A refused hypercall has changed nothing. */
enum hv_errno {
  /** The caller has no right to do this. */
  HV_EPERM = 1,
  /** There is no such object. */
  HV_ENOENT = 2,
  /** The host failed to do its part. */
  HV_EIO = 5,
  /** Nothing is there now; try again later. */
  HV_EAGAIN = 11,
  /** A reservation or the host's memory does not allow it. */
  HV_ENOMEM = 12,
  /** A range does not lie within the caller's memory. */
  HV_EFAULT = 14,
  /** The object is in use. */
  HV_EBUSY = 16,
  /** An argument has a value that is not allowed. */
  HV_EINVAL = 22,
  /** A quota is used up. */
  HV_ENOSPC = 28,
  /** There is no hypercall of this number or name in this version. */
  HV_ENOSYS = 38,
};

// --- event channel ---

/** Ports of the virtual interrupts; event channels are numbered from FIRST_CHANNEL on. */
enum hv_virq {
  /** The one-shot timer expired. */
  HV_VIRQ_TIMER = 0,
  /** The console has input, or its input ended. */
  HV_VIRQ_CONSOLE = 1,
};

/** The first port that is not a virtual interrupt. */
#define HV_FIRST_CHANNEL 16

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
enum hv_file_operation {
  /** Opens (Base, Path, Flags). Reply: Handle, attributes, data: the path from the folder without symbolic links. */
  HV_FILE_OPERATION_OPEN = 1,
  /** Forgets Handle. */
  HV_FILE_OPERATION_CLOSE = 2,
  /** Length bytes at Offset (Handle, or Base and Path). Reply: data, fewer at the end of the file. */
  HV_FILE_OPERATION_READ = 3,
  /** Data at Offset, or at the end with flag Append (Handle, or Base and Path). Reply: Size: the position behind it. */
  HV_FILE_OPERATION_WRITE = 4,
  /** Attributes (Handle, or Base, Path, Flags). Reply: attributes. */
  HV_FILE_OPERATION_ATTRIBUTES = 5,
  /** Makes a file Offset bytes long (Handle, or Base and Path). */
  HV_FILE_OPERATION_SET_SIZE = 6,
  /** Makes sure that a file is at least Offset bytes long (Handle, or Base and Path). */
  HV_FILE_OPERATION_EXTEND = 7,
  /** Sets times (Handle, or Base, Path, Flags). Data: two u64, ns since 1970: last access, last change. */
  HV_FILE_OPERATION_SET_TIMES = 8,
  /** Writes a file to the disk (Handle, or Base and Path). */
  HV_FILE_OPERATION_SYNC = 9,
  /** Entries of a directory from cookie Offset on (Handle, or Base and Path). Reply: data: entries (FileEntry) of at most Length bytes; Size: the cookie to go on with; Links: 1 when the last one was told. With flag Partial an entry that does not fit is cut off. */
  HV_FILE_OPERATION_LIST = 10,
  /** Makes a directory (Base, Path). */
  HV_FILE_OPERATION_MAKE_DIRECTORY = 11,
  /** Removes an empty directory (Base, Path). */
  HV_FILE_OPERATION_REMOVE_DIRECTORY = 12,
  /** Removes anything else (Base, Path). */
  HV_FILE_OPERATION_UNLINK = 13,
  /** Renames (Base, Path to OtherBase, OtherPath in OtherFolder). Reply: data: its path from the folder before, then the path now; Links: bytes of the former. */
  HV_FILE_OPERATION_RENAME = 14,
  /** Makes another name (OtherBase, OtherPath in OtherFolder) for a file (Base, Path). */
  HV_FILE_OPERATION_LINK = 15,
  /** Makes a symbolic link (Base, Path). Data: where it leads; not an absolute path. */
  HV_FILE_OPERATION_MAKE_SYMBOLIC_LINK = 16,
  /** Where a symbolic link (Base, Path) leads. Reply: data. */
  HV_FILE_OPERATION_READ_SYMBOLIC_LINK = 17,
  /** Data goes to the host's standard error. Reply: Size: how much was taken. */
  HV_FILE_OPERATION_STANDARD_ERROR = 18,
};

/** Flags of requests. */
enum hv_file_flag {
  /** Follow a symbolic link that the path ends in. */
  HV_FILE_FLAG_FOLLOW = 1,
  /** Open: make a file when there is none. */
  HV_FILE_FLAG_CREATE = 2,
  /** Open: fail when there is one. */
  HV_FILE_FLAG_EXCLUSIVE = 4,
  /** Open: make it empty. */
  HV_FILE_FLAG_TRUNCATE = 8,
  /** Open: fail when it is not a directory. */
  HV_FILE_FLAG_DIRECTORY = 16,
  /** Open: for reading. */
  HV_FILE_FLAG_READ = 32,
  /** Open: for writing. */
  HV_FILE_FLAG_WRITE = 64,
  /** Open: what is written is on the disk before the write is over. */
  HV_FILE_FLAG_SYNC = 128,
  /** Write: at the end. */
  HV_FILE_FLAG_APPEND = 256,
  /** SetTimes: that of the last access. */
  HV_FILE_FLAG_SET_ACCESSED = 512,
  /** SetTimes: that of the last change. */
  HV_FILE_FLAG_SET_MODIFIED = 1024,
  /** List: cut off. */
  HV_FILE_FLAG_PARTIAL = 2048,
};

/** Byte offsets in a request. */
enum hv_file_request {
  /** u32: see FileOperation. */
  HV_FILE_REQUEST_OPERATION = 0,
  /** u32 */
  HV_FILE_REQUEST_FOLDER = 4,
  /** u64: 0: none. */
  HV_FILE_REQUEST_HANDLE = 8,
  /** u64 */
  HV_FILE_REQUEST_OFFSET = 16,
  /** u32 */
  HV_FILE_REQUEST_LENGTH = 24,
  /** u32: see FileFlag. */
  HV_FILE_REQUEST_FLAGS = 28,
  /** u32: bytes of the base path. */
  HV_FILE_REQUEST_BASE_LENGTH = 32,
  /** u32 */
  HV_FILE_REQUEST_PATH_LENGTH = 36,
  /** u32 */
  HV_FILE_REQUEST_OTHER_FOLDER = 40,
  /** u32 */
  HV_FILE_REQUEST_OTHER_BASE_LENGTH = 44,
  /** u32 */
  HV_FILE_REQUEST_OTHER_PATH_LENGTH = 48,
  /** u32 */
  HV_FILE_REQUEST_DATA_LENGTH = 52,
};

#define HV_FILE_REQUEST_BYTES 56

/** Byte offsets in a reply. */
enum hv_file_reply {
  /** u32: 0, or the errno of WASI preview 1; then the rest means nothing. */
  HV_FILE_REPLY_ERROR = 0,
  /** u32: file type, as in WASI preview 1. */
  HV_FILE_REPLY_TYPE = 4,
  /** u64: also of an open file that was opened anew; 0: there is none. */
  HV_FILE_REPLY_HANDLE = 8,
  /** u64: bytes. */
  HV_FILE_REPLY_SIZE = 16,
  /** u64 */
  HV_FILE_REPLY_LINKS = 24,
  /** u64: ns since 1970, as are the following two. */
  HV_FILE_REPLY_ACCESSED = 32,
  /** u64 */
  HV_FILE_REPLY_MODIFIED = 40,
  /** u64 */
  HV_FILE_REPLY_CHANGED = 48,
  /** u64 */
  HV_FILE_REPLY_INODE = 56,
  /** u64 */
  HV_FILE_REPLY_DEVICE = 64,
  /** u32 */
  HV_FILE_REPLY_DATA_LENGTH = 72,
};

#define HV_FILE_REPLY_BYTES 80

/** Byte offsets in an entry of a directory; its name follows. As `dirent` in WASI preview 1. */
enum hv_file_entry {
  /** u64: the cookie of the next entry. */
  HV_FILE_ENTRY_NEXT = 0,
  /** u64 */
  HV_FILE_ENTRY_INODE = 8,
  /** u32: bytes of the name. */
  HV_FILE_ENTRY_NAME_LENGTH = 16,
  /** u32: file type. */
  HV_FILE_ENTRY_TYPE = 20,
};

#define HV_FILE_ENTRY_BYTES 24

// --- hypercall ---

/** Numbers of hypercalls are below this. */
#define HV_HYPERCALL_LIMIT 256

/** What any hypercall costs its caller, in units of budget. */
#define HV_HYPERCALL_UNITS 32

/** What a hypercall costs more that copies a range; and one more for each 8 bytes. */
#define HV_COPY_UNITS 64

/** What a hypercall costs more that reads the clock. */
#define HV_CLOCK_UNITS 128

// --- memory ---

/** What `memory_reservation` tells. */
enum hv_reservation {
  /** Pages that the memory has. */
  HV_RESERVATION_CURRENT = 0,
  /** Pages that it may have. */
  HV_RESERVATION_MAXIMUM = 1,
};

// --- scheduling ---

/** Why a domain ends, for `sched_shutdown`. */
enum hv_shutdown_reason {
  /** Done; the code is told to whoever waits, like a program's exit code. */
  HV_SHUTDOWN_REASON_POWEROFF = 0,
  /** Begin again with a fresh memory. */
  HV_SHUTDOWN_REASON_REBOOT = 1,
  /** The guest itself found that it cannot go on. */
  HV_SHUTDOWN_REASON_CRASH = 3,
};

/** What a vCPU is doing. */
enum hv_run_state {
  /** It is on a physical CPU. */
  HV_RUN_STATE_RUNNING = 0,
  /** It would run if it were given a physical CPU. */
  HV_RUN_STATE_RUNNABLE = 1,
  /** It waits for an event. */
  HV_RUN_STATE_BLOCKED = 2,
  /** It does not take part: paused, or ended. */
  HV_RUN_STATE_OFFLINE = 3,
};

/** What `vcpu_runstate` writes: byte offsets; little-endian; times in ns since the domain was created. */
enum hv_runstate {
  /** u32: see RunState. */
  HV_RUNSTATE_STATE = 0,
  /** u32: how many quanta it ran; a slice is a chain of quanta. */
  HV_RUNSTATE_QUANTA = 4,
  /** u64: ns in RunState.Running. */
  HV_RUNSTATE_RUNNING_NS = 8,
  /** u64: ns in RunState.Runnable. */
  HV_RUNSTATE_RUNNABLE_NS = 16,
  /** u64: ns in RunState.Blocked. */
  HV_RUNSTATE_BLOCKED_NS = 24,
  /** u64: ns in RunState.Offline. */
  HV_RUNSTATE_OFFLINE_NS = 32,
  /** u64: units of budget spent, up to the last time it was given a physical CPU. */
  HV_RUNSTATE_SPENT_UNITS = 40,
};

/** Length of what `vcpu_runstate` writes. */
#define HV_RUNSTATE_BYTES 48

/** The shortest time between two expiries of a one-shot timer, in ns. */
#define HV_TIMER_MIN_PERIOD_NS 100000

/** The deadline that disarms the timer; so does any other from 2^63 on. */
#define HV_TIMER_NEVER (-1)

// --- service ---

/** Services of the host that a domain may be given. */
enum hv_service {
  /** Folders of the host: see FileOperation. */
  HV_SERVICE_FILES = 1,
};

/** How long a request, and a reply, may be. */
#define HV_SERVICE_MAX_BYTES 65536

// --- start info ---

/** What `start_info` writes: byte offsets of u32 fields; little-endian. */
enum hv_start_info {
  /** The version of the interface, as `version` returns it. */
  HV_START_INFO_VERSION = 0,
  /** Number of the domain. */
  HV_START_INFO_DOMAIN_ID = 4,
  /** How many vCPUs the domain has. */
  HV_START_INFO_VCPUS = 8,
  /** Pages of 64 KiB that its memory may have. */
  HV_START_INFO_MAXIMUM_PAGES = 12,
  /** How many contexts it may have at a time. */
  HV_START_INFO_CONTEXTS_MAX = 16,
  /** Length of its name in bytes, which stands at byte START_INFO_BYTES. */
  HV_START_INFO_NAME_LENGTH = 20,
  /** Length of its command line in bytes, which follows the name. */
  HV_START_INFO_COMMAND_LINE_LENGTH = 24,
};

/** Length of the fields; name and command line, both UTF-8, follow. */
#define HV_START_INFO_BYTES 28

// --- system ---

/** How many bytes `random_bytes` gives at most. */
#define HV_RANDOM_MAX_BYTES 256

/** What `random_bytes` costs beside what every hypercall costs, in units: the host's generator is slow to ask. */
#define HV_RANDOM_UNITS 1024

/** Events of guests are below this. */
#define HV_TRACE_EVENT_LIMIT 65536

/** An entry of the trace: byte offsets; little-endian. */
enum hv_trace_entry {
  /** u64: ns since the machine was booted. */
  HV_TRACE_ENTRY_TIME_NS = 0,
  /** u32: see TraceKind. */
  HV_TRACE_ENTRY_KIND = 8,
  /** u32: number of the domain. */
  HV_TRACE_ENTRY_DOMAIN = 12,
  /** u32 */
  HV_TRACE_ENTRY_A = 16,
  /** u32 */
  HV_TRACE_ENTRY_B = 20,
};

/** Length of an entry. */
#define HV_TRACE_ENTRY_BYTES 24

/** What happened; A and B are said behind. */
enum hv_trace_kind {
  /** A domain was created: pages, contexts at most. */
  HV_TRACE_KIND_CREATE = 1,
  /** A domain was destroyed. */
  HV_TRACE_KIND_DESTROY = 2,
  /** A vCPU got a physical CPU: context, units that it may spend. */
  HV_TRACE_KIND_ENTER = 3,
  /** It left it: exit reason, units spent. */
  HV_TRACE_KIND_EXIT = 4,
  /** An event became pending: port, 1 when that woke the vCPU. */
  HV_TRACE_KIND_EVENT = 5,
  /** An upcall began: port, context. */
  HV_TRACE_KIND_UPCALL = 6,
  /** The vCPU switched contexts: from, to. */
  HV_TRACE_KIND_SWITCH = 7,
  /** The domain shut down: reason, code. */
  HV_TRACE_KIND_SHUTDOWN = 8,
  /** The domain crashed: cause, context. */
  HV_TRACE_KIND_CRASH = 9,
  /** An event of the guest: this plus its number; its values. */
  HV_TRACE_KIND_GUEST = 65536,
};

// --- version ---

/** The version of the hypercall interface, as `version` returns it: major << 16 | minor. */
#define HV_ABI_VERSION 1

/** What `features(0)` tells: one bit each. */
enum hv_feature {
  /** Contexts can be created and switched. */
  HV_FEATURE_CONTEXTS = 1,
  /** Upcalls are delivered to the export `hv_upcall`. */
  HV_FEATURE_UPCALLS = 2,
  /** Time, random bytes and slices repeat exactly: the machine runs in deterministic mode. */
  HV_FEATURE_DETERMINISTIC = 4,
};

#endif
