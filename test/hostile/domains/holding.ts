// Guests that never end: each gets its share and no more.
import { all, bare, drop, forever, start, type Villain } from "./villain.js";

const held = (name: string, module: string, more: Partial<Villain> = {}): Villain => ({
  name,
  module,
  ends: "held",
  ...more,
});
const CONTEXT = '(func (export "hv_context") (param i32) (result i32)';
const UPCALL = '(func (export "hv_upcall") (param i32)';
const HYPERCALL = "(i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0)";

export const LOOPS: Villain[] = [
  held("a loop", bare(start(forever("")))),
  held("a loop in the start function", bare(`(start $s) (func $s ${forever("")}) ${start("")}`)),
  held(
    "a loop in an upcall",
    all(`${UPCALL} ${forever("")})
    ${start(drop("timer_set", "0") + drop("sched_block") + drop("upcall_unmask"))}`),
  ),
  held(
    "a loop in a context",
    all(`${CONTEXT} ${forever("")} (i32.const 0))
    ${start(drop("context_create") + drop("context_switch", "1"))}`),
  ),
  held("a tail call of itself", bare(`(func $f (export "hv_start") (return_call $f))`)),
  held(
    "memory.fill of all memory, again and again",
    all(start(forever("(memory.fill (i32.const 0) (i32.const 1) (i32.const 0x100000))")), "(memory 16)"),
  ),
  held(
    "memory.grow that is refused, again and again",
    all(start(forever("(drop (memory.grow (i32.const 65536)))"))),
  ),
  held(
    "table.grow that is refused, again and again",
    bare(`(table 1 funcref) ${start(forever("(drop (table.grow (ref.null func) (i32.const 1000000)))"))}`),
  ),
  held(
    "exceptions, again and again",
    bare(`(tag $t) ${start(forever("(try (do (throw $t)) (catch_all))"))}`),
  ),
];

export const STORMS: Villain[] = [
  held("output without end", all(start(forever(drop("console_write", "0", "65536"))))),
  held("output without end that nobody takes", all(start(forever(drop("console_write", "0", "65536")))), {
    unheard: true,
  }),
  held("output of one byte each", all(start(forever(drop("console_write", "0", "1"))))),
  held("a read that nobody answers", all(start(forever(drop("console_read", "0", "16", "0"))))),
  held("reads that do not wait", all(start(forever(drop("console_read", "0", "16", "1"))))),
  held("yields", all(start(forever(drop("sched_yield"))))),
  held("sleep without an event", all(start(forever(drop("sched_block"))))),
  held(
    "timers that are always due",
    all(`${UPCALL} ${drop("timer_set", "0")})
    ${start(drop("upcall_unmask") + drop("timer_set", "0") + forever(""))}`),
  ),
  held(
    "timers that are always due, asleep",
    all(start(forever(drop("timer_set", "0") + drop("sched_block") + drop("evtchn_next")))),
  ),
  held("timers armed and disarmed", all(start(forever(drop("timer_set", "0") + drop("timer_set", "-1"))))),
  held(
    "mask and unmask with an event always due",
    all(`${UPCALL} ${drop("timer_set", "0")})
    ${start(drop("timer_set", "0") + forever(drop("upcall_unmask") + drop("upcall_mask")))}`),
  ),
  held(
    "upcalls on a deep stack",
    all(`${UPCALL} ${drop("timer_set", "0")})
    (func $f (param i32)
      (if (local.get 0)
        (then (call $f (i32.sub (local.get 0) (i32.const 1))))
        (else ${drop("upcall_unmask")} ${drop("timer_set", "0")} ${forever("")})))
    ${start("(call $f (i32.const 2000))")}`),
  ),
  held(
    "contexts up to the quota, then refused",
    all(`${CONTEXT} (i32.const 0)) ${start(forever(drop("context_create")))}`),
    {
      options: { contextsMax: 1000 },
    },
  ),
  held(
    "contexts made and destroyed",
    all(`${CONTEXT} (i32.const 0))
    ${start(forever("(drop (call $context_destroy (call $context_create (i32.const 0) (i32.const 0))))"))}`),
  ),
  held(
    "contexts that end at once",
    all(`${CONTEXT} (i32.const 0))
    ${start(forever("(drop (call $context_switch (call $context_create (i32.const 0) (i32.const 0))))"))}`),
  ),
  held(
    "contexts with deep stacks, made and destroyed",
    all(`
    (func $f (param i32)
      (if (local.get 0)
        (then (call $f (i32.sub (local.get 0) (i32.const 1))))
        (else ${drop("context_switch", "0")})))
    ${CONTEXT} (call $f (i32.const 1000)) (i32.const 0))
    ${start(forever(`${drop("context_create")} ${drop("context_switch", "1")} ${drop("context_destroy", "1")}`))}`),
  ),
  held(
    "switches between deep stacks",
    all(`
    (func $f (param $depth i32) (param $other i32)
      (if (local.get $depth)
        (then (call $f (i32.sub (local.get $depth) (i32.const 1)) (local.get $other)))
        (else ${forever(drop("context_switch", "(local.get $other)"))})))
    ${CONTEXT} (call $f (i32.const 2000) (i32.const 0)) (i32.const 0))
    ${start(`${drop("context_create")} (call $f (i32.const 2000) (i32.const 1))`)}`),
  ),
  held(
    "contexts that switch to numbers without end",
    all(`${CONTEXT} (i32.const 0))
    ${start(forever(`${drop("context_switch", "(local.get 0)")} (local.set 0 (i32.add (local.get 0) (i32.const 7919)))`), "(local i32)")}`),
  ),
  held("random bytes", all(start(forever(drop("random_bytes", "0", "65536"))))),
  held("events for the trace", all(start(forever(drop("trace_emit", "65535", "-1", "-1"))))),
  held("start information of the whole memory", all(start(forever(drop("start_info", "0", "65536"))))),
  held("accounts", all(start(forever(drop("vcpu_runstate", "0") + drop("time_wall", "48"))))),
  held(
    "numbers that no hypercall has",
    all(
      start(
        forever(
          `(drop (call $hypercall (local.get 0) ${HYPERCALL})) (local.set 0 (i32.sub (local.get 0) (i32.const 1)))`,
        ),
        "(local i32)",
      ),
    ),
  ),
  held("reboots", all(start(drop("sched_shutdown", "1", "0")))),
  held(
    "reboots with much memory",
    all(
      start(`(memory.fill (i32.const 0) (i32.const 1) (i32.const 0x1000000))
    ${drop("sched_shutdown", "1", "0")}`),
      "(memory 256)",
    ),
    { options: { memoryPages: 256 } },
  ),
];
