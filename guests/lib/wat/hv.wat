;; Generated from assembly/abi by `npm run abi`. The reference is docs/abi.md.
;;
;; Every import that a guest can have, to be copied. Each returns 0 or a positive value, or the negative of an errno:
;; Perm 1, Noent 2, Io 5, Again 11, Nomem 12, Fault 14, Busy 16, Inval 22, Nospc 28, Nosys 38.
(module
  ;; --- 0x00 discovery ---

  ;; The version of this interface: major << 16 | minor.
  (import "hv" "version" (func $version (result i32)))

  ;; The feature bits of a word (see Feature); 0 for words that this version does not know.
  (import "hv" "features" (func $features (param $word i32) (result i32)))

  ;; The number of the caller's domain, unique in its machine.
  (import "hv" "domain_id" (func $domain_id (result i32)))

  ;; Writes as much of the start information (see StartInfo) as fits; returns its whole length in bytes.
  (import "hv" "start_info" (func $start_info (param $offset i32) (param $length i32) (result i32)))

  ;; --- 0x10 scheduling ---

  ;; Gives the rest of the slice away. Returns 0.
  (import "hv" "sched_yield" (func $sched_yield (result i32)))

  ;; Sleeps until an event is pending; returns 0 at once when one is.
  (import "hv" "sched_block" (func $sched_block (result i32)))

  ;; Ends the domain (see ShutdownReason); returns only to refuse.
  (import "hv" "sched_shutdown" (func $sched_shutdown (param $reason i32) (param $code i32) (result i32)))

  ;; --- 0x20 vCPU and time ---

  ;; The number of the calling vCPU within its domain.
  (import "hv" "vcpu_id" (func $vcpu_id (result i32)))

  ;; Writes the caller's accounts (see Runstate, RUNSTATE_BYTES bytes). Returns 0.
  (import "hv" "vcpu_runstate" (func $vcpu_runstate (param $offset i32) (result i32)))

  ;; Arms the one-shot timer for a monotonic time, or disarms it with TIMER_NEVER. It raises port Timer; not sooner than TIMER_MIN_PERIOD_NS after it last did. Returns 0.
  (import "hv" "timer_set" (func $timer_set (param $deadline_ns i64) (result i32)))

  ;; Writes the nanoseconds since the domain was created, as u64. Returns 0.
  (import "hv" "time_monotonic" (func $time_monotonic (param $offset i32) (result i32)))

  ;; Writes the nanoseconds since 1970-01-01 UTC, as u64. Returns 0.
  (import "hv" "time_wall" (func $time_wall (param $offset i32) (result i32)))

  ;; --- 0x30 contexts and upcalls ---

  ;; Makes a context that begins with `hv_context(argument)`, its upcalls masked, its stack-pointer global set to `stackPointer` where the module has one. Returns its number.
  (import "hv" "context_create" (func $context_create (param $argument i32) (param $stack_pointer i32) (result i32)))

  ;; Puts the caller's context to sleep and goes on with another. Returns 0 when somebody switches back.
  (import "hv" "context_switch" (func $context_switch (param $context i32) (result i32)))

  ;; Forgets a context that is not the current one. Returns 0.
  (import "hv" "context_destroy" (func $context_destroy (param $context i32) (result i32)))

  ;; The number of the caller's context; the one that runs `hv_start` is 0.
  (import "hv" "context_current" (func $context_current (result i32)))

  ;; No upcalls in this context from now on. Returns 1 when they were masked already, else 0.
  (import "hv" "upcall_mask" (func $upcall_mask (result i32)))

  ;; Allows upcalls in this context; one that is due comes before this returns. Returns 1 when they were masked, else 0.
  (import "hv" "upcall_unmask" (func $upcall_unmask (result i32)))

  ;; --- 0x40 events ---

  ;; Takes the lowest pending port: returns its number, no longer pending; Again when none is.
  (import "hv" "evtchn_next" (func $evtchn_next (result i32)))

  ;; --- 0x60 memory ---

  ;; Pages of 64 KiB (see Reservation).
  (import "hv" "memory_reservation" (func $memory_reservation (param $which i32) (result i32)))

  ;; --- 0x70 console ---

  ;; Writes to the console; returns how many bytes were taken, at least 1 of a range that is not empty. Waits while the console is full.
  (import "hv" "console_write" (func $console_write (param $offset i32) (param $length i32) (result i32)))

  ;; Reads what was typed, at most `length` bytes; returns how many, 0 at the end of input. Waits while nothing is there, or returns Again when `flags` has NONBLOCK.
  (import "hv" "console_read" (func $console_read (param $offset i32) (param $length i32) (param $flags i32) (result i32)))

  ;; --- 0x80 services of the host ---

  ;; Hands a message of at most SERVICE_MAX_BYTES to a service (see Service) and waits for the answer, of which as much as fits is written. Returns the answer's length, or what the service refused with; Noent when the domain has no such service, Busy while another context waits for an answer.
  (import "hv" "service_call" (func $service_call (param $service i32) (param $request i32) (param $request_length i32) (param $reply i32) (param $reply_length i32) (result i32)))

  ;; --- 0x88 the program above a kernel ---

  ;; Runs the program that was loaded above the caller, from its export `_start`; returns 0 when that returns. Noent when there is none.
  (import "hv" "program_run" (func $program_run (result i32)))

  ;; Pages of 64 KiB that the program's memory has; Noent when there is no program.
  (import "hv" "program_pages" (func $program_pages (result i32)))

  ;; Copies from the program's memory to the caller's. Returns 0.
  (import "hv" "program_read" (func $program_read (param $program_offset i32) (param $offset i32) (param $length i32) (result i32)))

  ;; Copies from the caller's memory to the program's. Returns 0.
  (import "hv" "program_write" (func $program_write (param $program_offset i32) (param $offset i32) (param $length i32) (result i32)))

  ;; --- 0xc0 system ---

  ;; Fills a range with at most RANDOM_MAX_BYTES random bytes; returns how many.
  (import "hv" "random_bytes" (func $random_bytes (param $offset i32) (param $length i32) (result i32)))

  ;; Puts an event of the guest (below 65536) with two values into the machine's trace. Returns 0.
  (import "hv" "trace_emit" (func $trace_emit (param $event i32) (param $a i32) (param $b i32) (result i32)))

  ;; A hypercall by its number; -38 when this version has none of that number.
  (import "hv" "hypercall" (func $hypercall (param $nr i32) (param $a0 i64) (param $a1 i64) (param $a2 i64) (param $a3 i64) (param $a4 i64) (result i32))))
