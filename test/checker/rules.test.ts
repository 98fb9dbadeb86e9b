// One promise of sample.wat is broken at a time: the rule that it serves has to say so.
import { describe, expect, it } from "vitest";
import { type Rule, verify } from "../../src/checker/index.js";
import { assemble, sample } from "./assemble.js";

/** [what is done, text of the sample, what stands instead, the rule that notices first if it is another one] */
type Change = [string, string, string, Rule?];

const cases: Partial<Record<Rule, Change[]>> = {
  imports: [
    [
      "imports a function that is not threaded",
      `(import "wv" "budget"`,
      `(import "env" "f" (func (param i32))) (import "wv" "budget"`,
    ],
    ["imports an unknown function of wv", `"wv" "memory_grow"`, `"wv" "memory_shrink"`],
    [
      "imports a function of wv with another type",
      `"wv" "handoff" (func $handoff (param i32))`,
      `"wv" "suspend" (func $handoff (param i32))`,
    ],
    ["imports from another reserved module", `(import "env" "next"`, `(import "wv:x" "next"`],
    ["imports an unknown global of wv", `"wv" "instance"`, `"wv" "state"`],
  ],
  exports: [
    ["exports an unknown name of wv", `"wv:tab:1"`, `"wv:table:1"`],
    ["exports the budget", `(export "wv:g:0" (global $own))`, `(export "mine" (global $budget))`],
    [
      "exports a twin that is not threaded",
      `(export "wv:t:work" (func $work))`,
      `(export "wv:t:work" (func $load))`,
    ],
    ["exports a function of the runtime", `(export "work" (func $work_w))`, `(export "work" (func $resume))`],
  ],
  sections: [
    ["has a start function", `(global $own`, `(func $begin) (start $begin) (global $own`],
    ["writes a data segment when instantiated", `(global $own`, `(data (i32.const 0) "x") (global $own`],
    [
      "fills a table when instantiated",
      `(elem $members func`,
      `(elem (table $closed) (i32.const 0) func $leaf) (elem $members func`,
    ],
  ],
  forbidden: [
    ["grows its memory", `(call $memory_grow (local.get $n))`, `(memory.grow (local.get $n))`],
    ["looks at the size of its memory", `(call $memory_grow (local.get $n))`, `(memory.size)`],
    [
      "waits",
      `(call $memory_grow (local.get $n))`,
      `(memory.atomic.wait32 (local.get $n) (local.get $n) (i64.const -1))`,
    ],
  ],
  growth: [
    ["grows a table unasked", `(if (call $table_grow (i32.const 1) (local.get $n))`, `(if (local.get $n)`],
    ["grows another table", `(call $table_grow (i32.const 1)`, `(call $table_grow (i32.const 0)`],
    [
      "grows by more than was allowed",
      `(table.grow $open (ref.null func) (local.get $n))`,
      `(table.grow $open (ref.null func) (local.tee $n (i32.const 9)))`,
    ],
    [
      "grows when it was refused",
      `(if (call $table_grow (i32.const 1) (local.get $n))`,
      `(if (i32.eqz (call $table_grow (i32.const 1) (local.get $n)))`,
    ],
  ],
  bulk: [
    [
      "copies as much as the guest likes",
      `(memory.copy (i32.const 0) (i32.const 64) (i32.const 32))`,
      `(memory.copy (i32.const 0) (i32.const 64) (local.get $n))`,
    ],
    [
      "fills a megabyte at once",
      `(memory.copy (i32.const 0) (i32.const 64) (i32.const 32))`,
      `(memory.fill (i32.const 0) (i32.const 64) (i32.const 1048576))`,
    ],
    [
      "fills a table at once",
      `(memory.copy (i32.const 0) (i32.const 64) (i32.const 32))`,
      `(table.fill $open (i32.const 0) (ref.null func) (local.get $n))`,
    ],
  ],
  "loop-charge": [
    [
      "leaves a loop uncharged",
      `(local.tee $b (i32.sub (local.get $b) (i32.const 3)))`,
      `(local.get $b)`,
      "refund",
    ],
    [
      "charges a loop on one way only",
      `(br_if $stub_inner (i32.lt_s
              (local.tee $b (i32.sub (local.get $b) (i32.const 3))) (i32.const 0)))`,
      `(if (local.get $n) (then (br_if $stub_inner (i32.lt_s
              (local.tee $b (i32.sub (local.get $b) (i32.const 3))) (i32.const 0)))))`,
    ],
    [
      "charges zero",
      `(local.tee $b (i32.sub (local.get $b) (i32.const 3)))`,
      `(local.tee $b (i32.sub (local.get $b) (i32.const 0)))`,
      "refund",
    ],
    [
      "goes back before the charge",
      `loop $inner
            (br_if $stub_inner`,
      `loop $inner (br_if $inner (local.get $n))
            (br_if $stub_inner`,
    ],
    [
      "forgets the test",
      `(br_if $stub_inner (i32.lt_s
              (local.tee $b (i32.sub (local.get $b) (i32.const 3))) (i32.const 0)))`,
      `(local.set $b (i32.sub (local.get $b) (i32.const 3)))`,
    ],
  ],
  "budget-flow": [
    [
      "overwrites the budget with a constant",
      `(br_if $outer (call $plain_leaf (local.get $n)))`,
      `(local.set $b (i32.const 99)) (br_if $outer (call $plain_leaf (local.get $n)))`,
    ],
    [
      "adds to the budget",
      `(br_if $outer (call $plain_leaf (local.get $n)))`,
      `(local.set $b (i32.add (local.get $b) (i32.const 1))) (br_if $outer (call $plain_leaf (local.get $n)))`,
    ],
    [
      "returns what the guest computed",
      `(return (local.get $n) (local.get $b))`,
      `(return (local.get $b) (local.get $n))`,
    ],
    [
      "takes a budget of its own through an open table",
      `(global.set $budget (local.get $b))
    (global.set $stack`,
      `(global.set $budget (local.get $n))
    (global.set $stack`,
    ],
    [
      "keeps the budget of before a call",
      `(call $work (local.get $n) (local.get $s) (local.get $b))
            (local.set $b)`,
      `(call $work (local.get $n) (local.get $s) (local.get $b))
            (local.set $pc)`,
      "budget-test",
    ],
  ],
  "budget-test": [
    [
      "does not test what a call returned",
      `(call $next (local.get $s) (local.get $b))
    (local.set $b)
    (local.set $n)
    (if (i32.lt_s (local.get $b) (i32.const 0))`,
      `(call $next (local.get $s) (local.get $b))
    (local.set $b)
    (local.set $n)
    (if (i32.lt_s (local.get $n) (i32.const 0))`,
    ],
    [
      "runs on while unwinding",
      `(then (call $save (local.get $n) (i32.const 8)) (return (i32.const 0) (local.get $b))))`,
      `(then (call $work (local.get $n) (local.get $s) (local.get $b)) (local.set $b) (local.set $n)))`,
    ],
    [
      "returns without having saved its frame",
      `(then (call $save (local.get $n) (i32.const 9)) (return`,
      `(then (return`,
    ],
  ],
  "stack-flow": [
    ["passes a stack account of its own", `(call $next (local.get $s)`, `(call $next (i32.const 65536)`],
    [
      "gives back more stack than it took",
      `(call $next (local.get $s)`,
      `(call $next (i32.add (local.get $s) (i32.const 301))`,
    ],
    [
      "hands over a stack account of its own",
      `(global.set $stack (local.get $s))`,
      `(global.set $stack (local.get $n))`,
    ],
  ],
  "call-charge": [
    [
      "calls itself before the charge",
      `(local.set $b (i32.sub (local.get $b) (i32.const 10)))
    (local.set $s`,
      `(drop (local.set $b (call $work (local.get $n) (local.get $s) (local.get $b))))
    (if (i32.lt_s (local.get $b) (i32.const 0)) (then (unreachable)))
    (local.set $b (i32.sub (local.get $b) (i32.const 10)))
    (local.set $s`,
      "weight",
    ],
    [
      "holds a function that calls others uncharged",
      `(local.set $b (i32.sub (local.get $b) (i32.const 9)))
    (local.set $s (i32.sub (local.get $s) (i32.const 300)))
    (if (i32.lt_s (i32.or (local.get $b) (local.get $s)) (i32.const 0)) (then (unreachable)))`,
      `(local.set $s (i32.sub (local.get $s) (i32.const 300)))
    (if (i32.lt_s (local.get $s) (i32.const 0)) (then (unreachable)))`,
    ],
    [
      "goes round between its copies",
      `(return_call $work_slow (local.get $n)
              (i32.add (local.get $s) (i32.const 256)) (local.get $b))`,
      `(return_call $work (local.get $n)
              (i32.add (local.get $s) (i32.const 256)) (local.get $b))`,
      "weight",
    ],
    [
      "recurs in a function that is not charged",
      `(i32.add (local.get $n) (i32.const 1))
    (local.get $b))`,
      `(call $leaf (local.get $n) (local.get $s) (local.get $b))
    (local.set $b)
    (local.set $n)
    (if (i32.lt_s (local.get $b) (i32.const 0)) (then (unreachable)))
    (local.get $n) (local.get $b))`,
    ],
  ],
  "stack-charge": [
    [
      "recurs without taking stack",
      `(call $work (local.get $n) (local.get $s) (local.get $b))`,
      `(call $work (local.get $n) (i32.add (local.get $s) (i32.const 256)) (local.get $b))`,
    ],
    [
      "recurs without testing the stack account",
      `local.get $b
          local.get $s
          i32.or
          i32.const 0`,
      `local.get $b
          i32.const 0`,
    ],
    [
      "calls out without taking stack",
      `(call $next (local.get $s)`,
      `(call $next (i32.add (local.get $s) (i32.const 300))`,
    ],
  ],
  "runtime-call": [
    [
      "resumes on the hot path",
      `(br_if $outer (call $plain_leaf (local.get $n)))`,
      `(local.set $b (i32.add (call $resume) (i32.const 5))) (br_if $outer (call $plain_leaf (local.get $n)))`,
    ],
    [
      "pops cells on the hot path",
      `(br_if $outer (call $plain_leaf (local.get $n)))`,
      `(local.set $n (call $load)) (br_if $outer (call $plain_leaf (local.get $n)))`,
    ],
    [
      "peeks on the hot path",
      `(br_if $outer (call $plain_leaf (local.get $n)))`,
      `(br_if $outer (call $gid))`,
    ],
    [
      "suspends without a frame",
      `(call $save (local.get $n) (i32.const 3))
      (if (call $suspend`,
      `(if (call $suspend`,
    ],
    [
      "resumes without looking",
      `(br_table $as_outer $enter_outer $slow
                  (i32.sub (local.tee $pc (call $gid)) (i32.const 2)))`,
      `(br_table $as_outer $enter_outer $slow (local.get $n))`,
    ],
    [
      "hands over uncharged",
      `(call $handoff (i32.sub (local.get $b) (i32.const 3)))`,
      `(call $handoff (local.get $b))`,
    ],
    ["goes on after an overflow", `(then (call $overflow) (unreachable))`, `(then (call $overflow))`],
    [
      "calls while a frame is being saved",
      `(then (call $save (local.get $n) (i32.const 9)) (return`,
      `(then (call $save (local.get $n) (i32.const 9)) (call $work (local.get $n) (local.get $s) (local.get $b)) (local.set $b) (local.set $n) (return`,
    ],
    [
      "answers for peek",
      `(if (i32.ne (i32.wrap_i64 (i64.shr_u (local.get $p)`,
      `(return (i32.const 3)) (if (i32.ne (i32.wrap_i64 (i64.shr_u (local.get $p)`,
    ],
  ],
  "table-kind": [
    [
      "calls plain functions of a closed table",
      `(call_indirect $open (type $plain)`,
      `(call_indirect $closed (type $plain)`,
    ],
    [
      "calls threaded functions of an open table",
      `(call_indirect $closed (type $t1)`,
      `(call_indirect $open (type $t1)`,
    ],
    [
      "copies from a closed table to an open one",
      `(elem.drop $members)`,
      `(elem.drop $members) (table.copy $open $closed (i32.const 0) (i32.const 0) (i32.const 1))`,
      "reference-kind",
    ],
    [
      "reads an entry of a closed table",
      `(elem.drop $members)`,
      `(elem.drop $members) (drop (table.get $closed (i32.const 0)))`,
      "reference-kind",
    ],
  ],
  "reference-kind": [
    [
      "puts a wrapper in a closed table",
      `(elem $members func $work $leaf)`,
      `(elem $members func $work_w $leaf)`,
    ],
    [
      "refers to a threaded function",
      `(call $push_func (ref.func $work_w))`,
      `(call $push_func (ref.func $work))`,
    ],
    [
      "refers to an import that is threaded",
      `(global $own`,
      `(global funcref (ref.func $next)) (global $own`,
    ],
  ],
  weight: [
    [
      "pays one unit for a long way",
      `(local.get $n)
    (local.get $b))

  (func (export "wv:init")`,
      `${"(local.set $n (i32.mul (local.get $n) (local.get $n)))\n".repeat(60)} (local.get $n)
    (local.get $b))

  (func (export "wv:init")`,
    ],
    [
      "does long work uncharged",
      `(i32.mul (local.get $n) (i32.const 3)))`,
      `${"(local.set $n (i32.mul (local.get $n) (local.get $n)))\n".repeat(1200)} (local.get $n))`,
    ],
    [
      "charges so much that the budget wraps around",
      `(local.set $b (i32.sub (local.get $b) (i32.const 5)))`,
      `(local.set $b (i32.sub (local.get $b) (i32.const 0x7ffffff0)))`,
    ],
  ],
  refund: [
    [
      "gives back more than a loop charges",
      `(local.set $b (i32.add (call $resume) (i32.const 5)))`,
      `(local.set $b (i32.add (call $resume) (i32.const 6)))`,
    ],
    [
      "gives back more than the entry charges",
      `(i32.add (call $resume) (i32.const 10))`,
      `(i32.add (call $resume) (i32.const 11))`,
    ],
    [
      "gives back more than an inner loop charges",
      `(local.set $b (i32.add (call $resume) (i32.const 3)))`,
      `(local.set $b (i32.add (call $resume) (i32.const 1000)))`,
    ],
  ],
};

for (const [rule, changes] of Object.entries(cases)) {
  describe(`the rule ${rule} refuses a module that`, () => {
    it.each(changes)("%s", (_what, from, to, noticed = rule as Rule) => {
      expect(sample.split(from).length, "the text stands in the sample").toBeGreaterThan(1);
      const verdict = verify(assemble(sample.replace(from, () => to)));
      expect(verdict.ok).toBe(false);
      if (!verdict.ok) expect(verdict.problems.map((problem) => problem.rule)).toContain(noticed);
    });
  });
}
