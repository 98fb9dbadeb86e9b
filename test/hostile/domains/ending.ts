// Guests that end by what they do.
import { all, bare, drop, forever, start, type Villain } from "./villain.js";

const trap = (name: string, body: string): Villain => ({ name, module: bare(body), ends: /^trap$/ });
const overflow = (name: string, module: string, ends = /stack overflow|frame store full/): Villain => ({
  name,
  module,
  ends,
});
const CONTEXT = '(func (export "hv_context") (param i32) (result i32)';
const UPCALL = '(func (export "hv_upcall") (param i32)';

export const TRAPS: Villain[] = [
  trap("an unreachable instruction", start("unreachable")),
  trap("a division by zero", start("(drop (i32.div_u (i32.const 1) (i32.const 0)))")),
  trap("an access behind the memory", `(memory 1) ${start("(drop (i32.load (i32.const 65536)))")}`),
  trap("an access without a table entry", `(table 1 funcref) ${start("(call_indirect (i32.const 0))")}`),
  trap(
    "a call of another type",
    `(table 1 funcref) (elem (i32.const 0) $f) (func $f (param i32)) ${start("(call_indirect (i32.const 0))")}`,
  ),
  trap("a trap in the start function", `(start $s) (func $s unreachable) ${start("")}`),
  trap("a segment outside of the memory", `(memory 1) (data (i32.const 65536) "x") ${start("")}`),
  {
    name: "a trap in an upcall",
    ends: /^trap$/,
    module: all(
      `${UPCALL} unreachable) ${start(drop("timer_set", "0") + drop("sched_block") + drop("upcall_unmask"))}`,
    ),
  },
  {
    name: "a trap in a context",
    ends: /^trap$/,
    module: all(`${CONTEXT} unreachable) ${start(drop("context_create") + drop("context_switch", "1"))}`),
  },
  {
    name: "an exception that nobody catches",
    ends: /^uncaught exception$/,
    module: bare(`(tag $t) ${start("(throw $t)")}`),
  },
  {
    name: "an exception that leaves an upcall",
    ends: /^uncaught exception$/,
    module: all(
      `(tag $t) ${UPCALL} (throw $t)) ${start(
        `(try (do ${drop("timer_set", "0")} ${drop("sched_block")} ${drop("upcall_unmask")}) (catch_all))`,
      )}`,
    ),
  },
  {
    name: "hv_context that returns the number of nobody",
    ends: /^no such context$/,
    module: all(`${CONTEXT} (i32.const -1)) ${start(drop("context_create") + drop("context_switch", "1"))}`),
  },
  {
    name: "hv_context that returns its own number",
    ends: /^no such context$/,
    module: all(`${CONTEXT} (i32.const 1)) ${start(drop("context_create") + drop("context_switch", "1"))}`),
  },
  {
    name: "hv_context that destroyed the one that it returns to",
    ends: /^no such context$/,
    module: all(
      `${CONTEXT} ${drop("context_destroy", "0")} (i32.const 0)) ${start(drop("context_create") + drop("context_switch", "1"))}`,
    ),
  },
  {
    name: "a crash by its own wish",
    ends: /^requested$/,
    module: all(start(drop("sched_shutdown", "3", "1") + forever(""))),
  },
];

export const OVERFLOWS: Villain[] = [
  overflow("recursion", bare(`(func $f (export "hv_start") (call $f))`), /^stack overflow$/),
  overflow(
    "recursion of two",
    bare(`(func $f (export "hv_start") (call $g)) (func $g (call $f) (call $f))`),
    /^stack overflow$/,
  ),
  overflow(
    "recursion through a table",
    bare(
      `(table 1 funcref) (elem (i32.const 0) $f) (func $f (export "hv_start") (call_indirect (i32.const 0)))`,
    ),
    /^stack overflow$/,
  ),
  overflow(
    "recursion with 1,000 locals",
    bare(`(func $f (export "hv_start") ${"(local i64)".repeat(1000)} (call $f))`),
  ),
  overflow(
    "recursion in the start function",
    bare(`(start $f) (func $f (call $f)) ${start("")}`),
    /^stack overflow$/,
  ),
  overflow(
    "recursion in a context",
    all(`${CONTEXT} (call $f) (i32.const 0)) (func $f (call $f))
    ${start(drop("context_create") + drop("context_switch", "1"))}`),
    /^stack overflow$/,
  ),
  overflow(
    "recursion with a hypercall at each depth",
    all(`(func $f (export "hv_start") ${drop("sched_yield")} (call $f))`),
  ),
  overflow(
    "recursion through exceptions",
    bare(`(tag $t) (func $f (export "hv_start") (try (do (call $f)) (catch_all (call $f))))`),
    /^stack overflow$/,
  ),
  {
    name: "recursion with the smallest stack account",
    module: bare(`(func $f (export "hv_start") (call $f))`),
    options: { stackBytes: 1024 },
    ends: /^stack overflow$/,
  },
  {
    name: "upcalls inside each other for ever",
    module: all(`${UPCALL} ${drop("timer_set", "0")} ${drop("sched_block")} ${drop("upcall_unmask")})
      ${start(drop("timer_set", "0") + drop("sched_block") + drop("upcall_unmask"))}`),
    options: { stackBytes: 4096 },
    ends: /^frame store full$/,
  },
  {
    name: "upcalls inside each other, each deep",
    module: all(`
      (func $f (param $depth i32)
        (if (local.get $depth)
          (then (call $f (i32.sub (local.get $depth) (i32.const 1))))
          (else ${drop("timer_set", "0")} ${drop("sched_block")} ${drop("upcall_unmask")})))
      ${UPCALL} (call $f (i32.const 100)))
      ${start("(call $f (i32.const 100))")}`),
    options: { stackBytes: 65536 },
    ends: /^frame store full$/,
  },
  {
    name: "deep stacks in as many contexts as there may be",
    module: all(`
      (func $f (param $depth i32) (local i64 i64 i64)
        (if (local.get $depth)
          (then (call $f (i32.sub (local.get $depth) (i32.const 1))))
          (else ${drop("context_switch", "0")}))
        (local.set 1 (i64.add (local.get 2) (local.get 3))))
      ${CONTEXT} (call $f (i32.const 1500)) (i32.const 0))
      ${start(forever(`${drop("context_switch", "(call $create)")}`))}
      (func $create (result i32) (call $context_create (i32.const 0) (i32.const 0)))`),
    options: { contextsMax: 256 },
    ends: "held",
  },
  {
    name: "references in deep stacks of as many contexts as there may be",
    module: all(references(200)),
    options: { contextsMax: 256 },
    ends: /^(reference|frame) store full$/,
  },
];

/** Each context keeps thousands of references, six times as many by upcalls inside each other. */
function references(locals: number): string {
  const each = (text: (index: number) => string) =>
    Array.from({ length: locals }, (_, i) => text(i + 1)).join("");
  return `
    (table $t 1 funcref) (elem declare func $f) (global $left (mut i32) (i32.const 0))
    (func $f (param $n i32) ${"(local funcref)".repeat(locals)}
      ${each((index) => `(local.set ${index} (ref.func $f))`)}
      (if (local.get $n)
        (then (call $f (i32.sub (local.get $n) (i32.const 1))))
        (else
          (if (global.get $left)
            (then ${drop("timer_set", "0")} ${drop("sched_block")} ${drop("upcall_unmask")})
            (else ${drop("context_switch", "0")}))))
      ${each((index) => `(table.set $t (i32.const 0) (local.get ${index}))`)})
    ${UPCALL}
      (global.set $left (i32.sub (global.get $left) (i32.const 1)))
      (call $f (i32.const 70)))
    ${CONTEXT} (global.set $left (i32.const 5)) (call $f (i32.const 70)) (i32.const 0))
    ${start(forever(drop("context_switch", "(call $context_create (i32.const 0) (i32.const 0))")))}`;
}

export const QUIET_ENDS: Villain[] = [
  {
    name: "a shutdown inside an upcall",
    module: all(`${UPCALL} ${drop("sched_shutdown", "0", "1")} unreachable)
      ${start(drop("timer_set", "0") + drop("sched_block") + drop("upcall_unmask") + forever(""))}`),
    ends: "poweroff",
  },
  {
    name: "a shutdown in a context while hv_start is deep",
    module: all(`${CONTEXT} ${drop("sched_shutdown", "0", "1")} unreachable)
      (func $f (param i32)
        (if (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1)))) (else ${drop("context_switch", "1")})))
      ${start(`${drop("context_create")} (call $f (i32.const 500)) unreachable`)}`),
    ends: "poweroff",
  },
  {
    name: "a shutdown in the start function",
    module: all(
      `(start $s) (func $s ${drop("sched_shutdown", "0", "1")} unreachable) ${start("unreachable")}`,
    ),
    ends: "poweroff",
  },
  {
    name: "memory that is filled to the reservation",
    module: all(
      start(
        `(block $full (loop $more
          (local.set 0 (memory.grow (i32.const 1)))
          (br_if $full (i32.lt_s (local.get 0) (i32.const 0)))
          (memory.fill (i32.shl (local.get 0) (i32.const 16)) (i32.const 255) (i32.const 65536))
          (br $more)))
        (loop $again (br_if $again (i32.lt_s (memory.grow (i32.const 100)) (i32.const -1))))`,
        "(local i32)",
      ),
    ),
    ends: "poweroff",
  },
  {
    name: "tables that grow as far as they may",
    module: bare(
      `(table $a 1 funcref) (table $b 1 externref) (table $c 1 5 funcref) ${start(`
      (loop $more
        (br_if $more (i32.ge_s (table.grow $a (ref.null func) (i32.const 1000)) (i32.const 0)))
        (br_if $more (i32.ge_s (table.grow $b (ref.null extern) (i32.const 100)) (i32.const 0)))
        (br_if $more (i32.ge_s (table.grow $c (ref.null func) (i32.const 1)) (i32.const 0))))
      (drop (table.grow $a (ref.null func) (i32.const -1)))
      (drop (table.grow $b (ref.null extern) (i32.const 0x7fffffff)))`)}`,
    ),
    ends: "poweroff",
  },
];
