// Hostile pairs: a kernel and the program above it, which call each other.
import { all, drop, forever, start, type Villain } from "./villain.js";

const WASI = "wasi_snapshot_preview1";
const program = (body: string) => `(module
  (import "${WASI}" "sched_yield" (func $kernel (result i32)))
  (memory 1) ${body})`;
const CALLS = program(`(func (export "_start") (drop (call $kernel)))`);
/** The kernel, by what it does when the program calls it. */
const kernel = (called: string, more = "", begin = drop("program_run")) =>
  all(`(func (export "sched_yield") (result i32) ${called} (i32.const 0)) ${more} ${start(begin)}`);

export const PROGRAMS: Villain[] = [
  {
    name: "a program that traps",
    module: kernel(""),
    program: program(`(func (export "_start") unreachable)`),
    ends: /^trap$/,
  },
  {
    name: "a program that traps in a start function",
    module: kernel(""),
    program: program(`(start $s) (func $s unreachable) (func (export "_start"))`),
    ends: /^trap$/,
  },
  {
    name: "a program that recurses",
    module: kernel(""),
    program: program(`(func $f (export "_start") (call $f))`),
    ends: /^stack overflow$/,
  },
  {
    name: "a program and its kernel that call each other for ever",
    module: kernel(drop("program_run")),
    program: CALLS,
    ends: /^stack overflow$/,
  },
  {
    name: "the same, with a yield at each depth",
    module: kernel(drop("sched_yield") + drop("program_run")),
    program: CALLS,
    ends: /^(stack overflow|frame store full)$/,
  },
  {
    name: "a program that loops",
    module: kernel(""),
    program: program(`(func (export "_start") ${forever("")})`),
    ends: "held",
  },
  {
    name: "a program that is run again and again",
    module: kernel("", "", forever(drop("program_run"))),
    program: CALLS,
    ends: "held",
  },
  {
    name: "a program that takes all memory of both",
    module: kernel("(drop (memory.grow (i32.const 1)))"),
    program: program(`(func (export "_start")
      (loop $more (br_if $more (i32.ge_s (memory.grow (i32.const 1)) (i32.const 0)))) (drop (call $kernel)))`),
    ends: "poweroff",
  },
  {
    name: "a program that grows to a maximum of its own, and a kernel that does",
    module: all(
      `(func (export "sched_yield") (result i32)
        (loop $more (br_if $more (i32.ge_s (memory.grow (i32.const 1)) (i32.const 0)))) (i32.const 0))
      ${start(drop("program_run"))}`,
      "(memory 1 3)",
    ),
    program: program(`(func (export "_start")
      (loop $more (br_if $more (i32.ge_s (memory.grow (i32.const 1)) (i32.const 0)))) (drop (call $kernel)))`).replace(
      "(memory 1)",
      "(memory 1 4)",
    ),
    ends: "poweroff",
  },
  {
    name: "a program that two contexts run at once",
    module: kernel(
      `(drop (call $context_switch (i32.eqz (call $context_current))))`,
      `(func (export "hv_context") (param i32) (result i32) ${forever(drop("program_run"))} (i32.const 0))`,
      `${drop("context_create")} ${forever(drop("program_run"))}`,
    ),
    program: CALLS,
    ends: "held",
  },
  {
    name: "a program that upcalls inside of it run",
    module: kernel(
      "",
      `(func (export "hv_upcall") (param i32) ${drop("timer_set", "0")} ${drop("program_run")})`,
      `${drop("timer_set", "0")} ${drop("upcall_unmask")} ${forever(drop("program_run"))}`,
    ),
    program: CALLS,
    ends: "held",
  },
  {
    name: "a kernel that shuts down inside its program",
    module: kernel(drop("sched_shutdown", "0", "3")),
    program: program(`(func (export "_start") (drop (call $kernel)) unreachable)`),
    ends: "poweroff",
  },
  {
    name: "a kernel that destroys the context in which its program waits",
    module: kernel(
      drop("context_switch", "0"),
      `(func (export "hv_context") (param i32) (result i32) ${drop("program_run")} (i32.const 0))`,
      forever(drop("context_create") + drop("context_switch", "1") + drop("context_destroy", "1")),
    ),
    program: CALLS,
    ends: "held",
  },
  {
    name: "copies between the two, as long as can be",
    module: kernel(
      "",
      "",
      forever(drop("program_read", "0", "0", "65536") + drop("program_write", "0", "0", "65536")),
    ),
    program: CALLS,
    ends: "held",
  },
  {
    name: "a program of another type than its kernel",
    module: kernel(""),
    program: `(module (import "${WASI}" "sched_yield" (func (param i32))) (func (export "_start")))`,
    ends: "refused",
    refusal: /another type/,
  },
  {
    name: "a program that imports a hypercall",
    module: kernel(""),
    program: `(module (import "hv" "version" (func (result i32))) (func (export "_start")))`,
    ends: "refused",
    refusal: /"hv" "version"/,
  },
  {
    name: "a program that imports its kernel's entry",
    module: kernel(""),
    program: `(module (import "${WASI}" "hv_start" (func)) (func (export "_start")))`,
    ends: "refused",
    refusal: /"hv_start"/,
  },
];
