import { Bytes, I32, I64, ModuleBuilder } from "../../fuzz/modules/encode.js";
import { EMPTY, repeat } from "./bomb.js";

/** A module that is hostile when it runs: `run` is called with a budget and has to end as told. */
export interface RunningBomb {
  readonly name: string;
  /** Text to assemble, or the bytes. */
  readonly module: string | (() => Uint8Array);
  readonly args?: unknown[];
  /**
   * spent: it used up its budget at a safepoint. stack: the stack account ended it. returned: with these values.
   * Any other text: the trap's kind. Several: each will do.
   */
  readonly ends: ("spent" | "stack" | "returned" | (string & {}))[];
  readonly returns?: unknown[];
  /** Where the start function or the segments are the bomb, and `run` is never reached. */
  readonly atInit?: boolean;
  /** Quotas given to the instance. */
  readonly memoryPages?: number;
  readonly tablesMax?: number;
  /** Units that may be spent between two safepoints. Default: 10,000. */
  readonly reach?: number;
}

const recursion = (name: string, module: RunningBomb["module"]): RunningBomb => ({
  name,
  module,
  ends: ["stack", "spent"],
});
const endless = (
  name: string,
  module: RunningBomb["module"],
  more: Partial<RunningBomb> = {},
): RunningBomb => ({
  name,
  module,
  ends: ["spent"],
  ...more,
});

/** Function k calls function k + 1 as often as said, before a last one that does nothing. */
function ladder(rungs: number, calls: number): Uint8Array {
  const module = new ModuleBuilder();
  for (let i = 0; i < rungs; i++) {
    const call = new Bytes().u8(0x10).u32(i + 1).out;
    module.funcs.push({ type: EMPTY, locals: [], code: new Array(calls).fill(call).flat() });
  }
  module.funcs.push({ type: EMPTY, locals: [], code: [] });
  module.exports.push({ name: "run", kind: "func", index: 0 });
  return module.finish();
}

function manyLocals(count: number, type: number): Uint8Array {
  const module = new ModuleBuilder();
  const code = new Bytes().u8(0x10, 0);
  for (let i = 0; i < count; i += 97) code.u8(0x20).u32(i).u8(0x1a);
  module.funcs.push({ type: EMPTY, locals: new Array<number>(count).fill(type), code: code.out });
  module.exports.push({ name: "run", kind: "func", index: 0 });
  return module.finish();
}

function manyParameters(count: number): Uint8Array {
  const module = new ModuleBuilder();
  const type = { params: new Array<number>(count).fill(I64), results: [] };
  const push = Array.from({ length: count }, (_, i) => new Bytes().u8(0x20).u32(i).out).flat();
  module.funcs.push({ type, locals: [], code: [...push, 0x10, 0] });
  module.funcs.push({ type: EMPTY, locals: [], code: [...repeat(count, 0x42, 1), 0x10, 0] });
  module.exports.push({ name: "run", kind: "func", index: 1 });
  return module.finish();
}

function manyOperands(count: number): Uint8Array {
  const module = new ModuleBuilder();
  module.funcs.push({
    type: { params: [], results: [I32] },
    locals: [],
    code: [...repeat(count, 0x10, 0), ...repeat(count - 1, 0x6a)],
  });
  module.exports.push({ name: "run", kind: "func", index: 0 });
  return module.finish();
}

export const ENDLESS_BOMBS: RunningBomb[] = [
  endless("an empty loop", '(module (func (export "run") (loop (br 0))))'),
  endless("a function that tail-calls itself", '(module (func $f (export "run") (return_call $f)))'),
  endless(
    "two functions that tail-call each other through a table",
    `(module (type $t (func)) (table funcref (elem $a $b))
    (func $a (export "run") (return_call_indirect (type $t) (i32.const 1)))
    (func $b (return_call_indirect (type $t) (i32.const 0))))`,
  ),
  endless(
    "tail calls through an exported table",
    `(module (type $t (func)) (table (export "t") funcref (elem $a))
    (func $a (export "run") (return_call_indirect (type $t) (i32.const 0))))`,
    // A tail call through a table that the outside can reach is a call: it uses up the stack account.
    { ends: ["stack"] },
  ),
  endless(
    "a loop in a try that catches all",
    `(module (func (export "run")
    (loop $again (try (do (loop (br 0))) (catch_all (br $again))))))`,
  ),
  endless(
    "exceptions thrown and caught for ever",
    `(module (tag $t (param i32)) (func $throw (throw $t (i32.const 1)))
    (func (export "run") (loop $again (try (do (call $throw)) (catch $t (drop) (br $again)) (catch_all (br $again))))))`,
  ),
  endless(
    "a rethrow that is caught again and again",
    `(module (tag $t) (func (export "run") (loop $again
    (try (do (try (do (throw $t)) (catch_all (rethrow 0)))) (catch $t (br $again))))))`,
  ),
  endless(
    "calls of a host function for ever",
    `(module (import "env" "host" (func $host))
    (func (export "run") (loop (call $host) (br 0))))`,
  ),
  endless(
    "a start function that never ends",
    '(module (func $s (loop (br 0))) (start $s) (func (export "run")))',
    { atInit: true },
  ),
  endless("a ladder of 60 functions that each call the next one twice", () => ladder(60, 2)),
  endless("a ladder of 20 functions that each call the next one 1,000 times", () => ladder(20, 1000)),
  endless("a ladder of 5,000 functions that each call the next one twice", () => ladder(5_000, 2), {
    ends: ["spent", "stack"],
  }),
  endless(
    "counted loops, ten deep",
    `(module (func (export "run") (local ${"i32 ".repeat(10)})
    ${Array.from({ length: 10 }, (_, i) => `(local.set ${i} (i32.const 1000000)) (loop`).join(" ")}
    ${Array.from({ length: 10 }, (_, k) => `(br_if 0 (local.tee ${9 - k} (i32.sub (local.get ${9 - k}) (i32.const 1)))))`).join(" ")}))`,
  ),
  endless(
    "128 MiB filled for ever",
    `(module (memory 2048) (func (export "run")
    (loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x8000000)) (br 0))))`,
  ),
  endless(
    "128 MiB copied for ever",
    `(module (memory 2048) (func (export "run")
    (loop (memory.copy (i32.const 0) (i32.const 1) (i32.const 0x7ffffff)) (br 0))))`,
  ),
  endless(
    "a table of a million filled for ever",
    `(module (table 1000000 externref) (func (export "run")
    (loop (table.fill (i32.const 0) (ref.null extern) (i32.const 1000000)) (br 0))))`,
  ),
  endless(
    "a table of a million copied for ever",
    `(module (table 1000000 funcref) (func (export "run")
    (loop (table.copy (i32.const 0) (i32.const 1) (i32.const 999999)) (br 0))))`,
  ),
  endless(
    "a memory that grows by nothing for ever",
    `(module (memory 1) (func (export "run")
    (loop (drop (memory.grow (i32.const 0))) (br 0))))`,
  ),
  endless(
    "memory.grow until its quota and on",
    `(module (memory 1) (func (export "run")
    (loop (drop (memory.grow (i32.const 100))) (br 0))))`,
    { memoryPages: 300 },
  ),
  endless(
    "table.grow until its quota and on",
    `(module (table 1 funcref) (func (export "run")
    (loop (drop (table.grow (ref.null func) (i32.const 10000000))) (br 0))))`,
    { tablesMax: 1000 },
  ),
  endless(
    "memory.init of a megabyte for ever",
    `(module (memory 20) (data $d "${"x".repeat(1_000_000)}") (func (export "run")
    (loop (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1000000)) (br 0))))`,
  ),
  endless("a br_table of 60,000 targets in a loop", () => {
    const module = new ModuleBuilder();
    const code = new Bytes()
      .u8(0x03, 0x40, 0x02, 0x40, 0x20, 0, 0x0e)
      .u32(60_000)
      .raw(repeat(60_001, 0))
      .u8(0x0b, 0x0c, 0, 0x0b);
    module.funcs.push({ type: EMPTY, locals: [I32], code: code.out });
    module.exports.push({ name: "run", kind: "func", index: 0 });
    return module.finish();
  }),
];

export const STACK_BOMBS: RunningBomb[] = [
  recursion("direct recursion", '(module (func $f (export "run") (call $f)))'),
  recursion(
    "recursion that returns a sum",
    `(module (func $f (export "run") (param i32) (result i32)
    (i32.add (i32.const 1) (call $f (i32.add (local.get 0) (i32.const 1))))))`,
  ),
  recursion(
    "mutual recursion of three",
    `(module (func $a (export "run") (call $b)) (func $b (call $c)) (func $c (call $a)))`,
  ),
  recursion(
    "recursion through a closed table",
    `(module (type $t (func)) (table funcref (elem $f))
    (func $f (export "run") (call_indirect (type $t) (i32.const 0))))`,
  ),
  recursion(
    "recursion through an exported table",
    `(module (type $t (func)) (table (export "t") funcref (elem $f))
    (func $f (export "run") (call_indirect (type $t) (i32.const 0))))`,
  ),
  recursion(
    "recursion through a table that it changes",
    `(module (type $t (func)) (table 2 funcref) (elem declare func $f)
    (func $f (export "run") (table.set (i32.const 1) (ref.func $f)) (call_indirect (type $t) (i32.const 1))))`,
  ),
  recursion(
    "recursion between tail calls",
    `(module (func $a (export "run") (call $b)) (func $b (return_call $c)) (func $c (return_call $a)))`,
  ),
  recursion(
    "recursion below leaf functions with large frames",
    `(module
    (func $leaf (param i64 i64 i64 i64) (result i64) (i64.add (local.get 0) (i64.mul (local.get 1) (i64.add (local.get 2) (local.get 3)))))
    (func $f (export "run") (drop (call $leaf (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4))) (call $f)
      (drop (call $leaf (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4)))))`,
  ),
  recursion(
    "recursion inside try blocks that catch all",
    `(module (func $f (export "run") (try (do (call $f)) (catch_all (call $f)))))`,
  ),
  recursion(
    "recursion in a handler",
    `(module (tag $t) (func $f (export "run") (try (do (throw $t)) (catch $t (call $f)))))`,
  ),
  recursion(
    "recursion that looks for the end by catching it",
    `(module (global $n (mut i32) (i32.const 0))
    (func $f (export "run") (loop $again (try (do (call $f)) (catch_all (global.set $n (i32.const 1)) (br $again))))))`,
  ),
  recursion(
    "recursion through a host function",
    `(module (import "env" "again" (func $again)) (func (export "run") (call $again)))`,
  ),
  {
    ...recursion(
      "recursion in a start function",
      `(module (func $s (call $s)) (start $s) (func (export "run")))`,
    ),
    atInit: true,
  },
  recursion("recursion with 49,000 locals", () => manyLocals(49_000, I64)),
  recursion("recursion with 2,000 locals", () => manyLocals(2_000, I64)),
  recursion("recursion with 900 parameters", () => manyParameters(900)),
  recursion("recursion with 1,000 operands below each call", () => manyOperands(1_000)),
  {
    name: "a chain of 100,000 functions",
    module: () => ladder(100_000, 1),
    ends: ["stack", "returned", "limit"],
  },
  { name: "a chain of 5,000 functions", module: () => ladder(5_000, 1), ends: ["stack", "returned"] },
  { name: "a chain of 300 functions", module: () => ladder(300, 1), ends: ["returned"] },
];

export const TRAP_BOMBS: RunningBomb[] = [
  {
    name: "4 GiB filled in a memory of one page",
    module: `(module (memory 1) (func (export "run") (memory.fill (i32.const 0) (i32.const 1) (i32.const -1))))`,
    ends: ["memory out of bounds"],
  },
  {
    name: "4 GiB copied in a memory of one page",
    module: `(module (memory 1) (func (export "run") (memory.copy (i32.const 1) (i32.const 0) (i32.const -1))))`,
    ends: ["memory out of bounds"],
  },
  {
    name: "a fill that ends one byte behind the memory, after which nothing is changed",
    module: `(module (memory 1) (func (export "run") (memory.fill (i32.const 1) (i32.const 1) (i32.const 65536))))`,
    ends: ["memory out of bounds"],
  },
  {
    name: "4 billion entries filled in a table of one",
    module: `(module (table 1 externref) (func (export "run") (table.fill (i32.const 0) (ref.null extern) (i32.const -1))))`,
    ends: ["table out of bounds"],
  },
  {
    name: "4 billion entries copied in a table of one",
    module: `(module (table 1 funcref) (func (export "run") (table.copy (i32.const 0) (i32.const 0) (i32.const -1))))`,
    ends: ["table out of bounds"],
  },
  {
    name: "table.grow by 4 billion",
    module: `(module (table 1 externref) (func (export "run") (result i32) (table.grow (ref.null extern) (i32.const -1))))`,
    ends: ["returned"],
    returns: [-1],
  },
  {
    name: "memory.grow by 4 billion pages",
    module: `(module (memory 1) (func (export "run") (result i32) (memory.grow (i32.const -1))))`,
    ends: ["returned"],
    returns: [-1],
  },
];
