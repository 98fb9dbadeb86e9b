// Well-behaved guests, whose output depends on nothing but themselves: no time, no chance, no neighbour shows in it.
import { call, guest } from "./wat.js";

const PRINT = `
  (func $line (param $tag i32) (param $value i32) (local $i i32)
    (i32.store8 (i32.const 0x100) (local.get $tag))
    (loop $digit
      (i32.store8 (i32.sub (i32.const 0x109) (local.get $i))
        (i32.add (i32.const 65) (i32.and (i32.shr_u (local.get $value) (i32.shl (local.get $i) (i32.const 2))) (i32.const 15))))
      (br_if $digit (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 8))))
    (i32.store8 (i32.const 0x10a) (i32.const 10))
    (local.set $i (i32.const 0))
    (loop $more
      (local.set $i (i32.add (local.get $i)
        ${call("console_write", "(i32.add (i32.const 0x100) (local.get $i))", "(i32.sub (i32.const 11) (local.get $i))")}))
      (br_if $more (i32.lt_u (local.get $i) (i32.const 11)))))
  (func $mix (param $x i32) (param $steps i32) (result i32)
    (loop $step
      (local.set $x (i32.add (i32.mul (local.get $x) (i32.const 1664525)) (i32.const 1013904223)))
      (br_if $step (local.tee $steps (i32.sub (local.get $steps) (i32.const 1)))))
    (local.get $x))`;

/** Computes, recurses, yields, prints. */
const worker = guest({
  imports: ["console_write", "sched_yield", "random_bytes", "memory_reservation"],
  memory: "(memory 1 4)",
  body: `${PRINT}
    (func $tree (param $depth i32) (param $x i32) (result i32)
      (if (i32.eqz (local.get $depth)) (then (return (call $mix (local.get $x) (i32.const 3)))))
      (i32.xor
        (call $tree (i32.sub (local.get $depth) (i32.const 1)) (i32.mul (local.get $x) (i32.const 3)))
        (call $tree (i32.sub (local.get $depth) (i32.const 1)) (i32.add (local.get $x) (i32.const 1)))))
    (func (export "hv_start") (local $i i32) (local $x i32)
      (loop $next
        (local.set $x (i32.add (local.get $x) (call $tree (i32.const 8) (local.get $i))))
        (if (i32.eq (local.get $i) (i32.const 10)) (then (drop (memory.grow (i32.const 2)))))
        (drop ${call("random_bytes", "0x20000", "64")})
        (drop ${call("sched_yield")})
        (call $line (i32.const 87) (local.get $x))
        (call $line (i32.const 80) ${call("memory_reservation", "0")})
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 20)))))`,
});

/** Two threads that a timer's upcall preempts; a third, at the end of both, tells what they computed. */
const threads = guest({
  imports: [
    ...[
      "console_write",
      "context_create",
      "context_switch",
      "context_current",
      "timer_set",
      "time_monotonic",
    ],
    ...["upcall_unmask", "upcall_mask"],
  ],
  memory: "(memory 1)",
  body: `${PRINT}
    (global $done (mut i32) (i32.const 0))
    (func $arm
      (drop ${call("time_monotonic", "0")})
      (drop ${call("timer_set", "(i64.add (i64.load (i32.const 0)) (i64.const 150000))")}))
    ;; Threads are 1 and 2; who is done is not switched to any more.
    (func (export "hv_upcall") (param i32)
      (call $arm)
      (if (i32.eqz (global.get $done))
        (then (drop ${call("context_switch", `(i32.sub (i32.const 3) ${call("context_current")})`)}))))
    (func (export "hv_context") (param $n i32) (result i32) (local $i i32) (local $x i32)
      (drop ${call("upcall_unmask")})
      (local.set $x (local.get $n))
      (loop $next
        (local.set $x (call $mix (local.get $x) (i32.const 700)))
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 60))))
      (i32.store offset=0x200 (i32.shl (local.get $n) (i32.const 2)) (local.get $x))
      (drop ${call("upcall_mask")})
      (global.set $done (i32.add (global.get $done) (i32.const 1)))
      ;; Masked: nobody comes in between. The first goes on with the other, the second with hv_start.
      (if (result i32) (i32.eq (global.get $done) (i32.const 1))
        (then (i32.sub (i32.const 3) (local.get $n)))
        (else (i32.const 0))))
    (func (export "hv_start") (local $round i32)
      (loop $again
        (global.set $done (i32.const 0))
        (drop ${call("context_create", "1", "0")})
        (drop ${call("context_create", "2", "0")})
        (call $arm)
        (drop ${call("context_switch", "1")})
        (call $line (i32.const 49) (i32.load (i32.const 0x204)))
        (call $line (i32.const 50) (i32.load (i32.const 0x208)))
        (br_if $again (i32.lt_u (local.tee $round (i32.add (local.get $round) (i32.const 1))) (i32.const 4)))))`,
});

/** Sleeps for a while, prints, many times. */
const sleeper = guest({
  imports: ["console_write", "timer_set", "time_monotonic", "sched_block", "evtchn_next"],
  memory: "(memory 1)",
  body: `${PRINT}
    (func (export "hv_start") (local $i i32)
      (loop $next
        (drop ${call("time_monotonic", "0")})
        (drop ${call("timer_set", "(i64.add (i64.load (i32.const 0)) (i64.const 200000))")})
        (drop ${call("sched_block")})
        (drop ${call("evtchn_next")})
        (call $line (i32.const 83) (local.get $i))
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 20)))))`,
});

export const WITNESSES: Readonly<Record<string, string>> = { worker, threads, sleeper };
