// Modules written by hand in the translated pattern (docs/translator.md), so that the runtime is tested by itself.
import wabt from "wabt";
import { loadCore } from "../../src/core/assets.js";
import { createEmbed } from "../../src/embed/index.js";
import { nodePlatform } from "../../src/platform/node/index.js";

export const core = await loadCore(nodePlatform);
export const embed = createEmbed(core, () => {
  throw new Error("hand-made modules are not for the checker");
});

const features = {
  multi_value: true,
  mutable_globals: true,
  bulk_memory: true,
  reference_types: true,
  tail_call: true,
  exceptions: true,
  threads: true,
  simd: true,
};
const { parseWat } = await wabt();

export function assemble(wat: string): Uint8Array<ArrayBuffer> {
  const module = parseWat("test.wat", wat, features);
  try {
    return new Uint8Array(module.toBinary({ write_debug_names: true }).buffer);
  } finally {
    module.destroy();
  }
}

const I32 = 0x7f;
const I64 = 0x7e;

/** Original types of the functions below. */
const types = [
  { params: [I32], results: [I32] },
  { params: [I32], results: [I64] },
  { params: [], results: [] },
];

/** `functions`: type and number of resume points of each defined one. `imports`: module, name, type. */
interface Shape {
  readonly imports?: readonly (readonly [string, string, number])[];
  readonly exports: Readonly<Record<string, number>>;
  readonly functions: readonly (readonly [type: number, gids: number])[];
  readonly memory?: { readonly min: number; readonly max?: number };
  readonly hasInit?: boolean;
}

/** A translated module: its code and its manifest. */
export function handMade(wat: string, shape: Shape): { bytes: Uint8Array<ArrayBuffer> } {
  const code = assemble(wat);
  const body = [...text("wv:manifest"), ...manifest(shape)];
  return { bytes: Uint8Array.from([...code, 0, ...unsigned(body.length), ...body]) };
}

function manifest({ imports = [], exports, functions, memory, hasInit }: Shape): number[] {
  const gids = functions.reduce((sum, [, count]) => sum + count, 0);
  return [
    ...[
      1,
      0,
      hasInit ? 2 : 0,
      ...unsigned(imports.length),
      0,
      ...unsigned(functions.length),
      ...unsigned(gids),
    ],
    ...(memory ? [1, ...unsigned(memory.min), ...unsigned((memory.max ?? -1) + 1), 0] : [0, 0, 0, 0]),
    ...[0, 0, 0, 0],
    ...imports.flatMap(([module, name, type]) => [...signature(type), ...text(module), ...text(name)]),
    ...list(Object.entries(exports).map(([name, index]) => [...text(name), ...unsigned(index)])),
    ...functions.flatMap(([type, count]) => [3, type, ...unsigned(count)]),
    ...list(types.map((_, type) => signature(type))),
  ];
}

function signature(type: number): number[] {
  const { params, results } = types[type]!;
  return [params.length, ...params, results.length, ...results];
}

function list(items: number[][]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value);
  return [...unsigned(bytes.length), ...bytes];
}

function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

/** What every module below imports. */
const imports = `
  (import "wv" "budget" (global $budget (mut i32)))
  (import "wv" "stack" (global $stack (mut i32)))
  (import "wv" "instance" (global $instance i32))
  (import "wv" "suspend" (func $suspend (param i32) (result i32)))
  (import "wv" "peek" (func $peek (result i64)))
  (import "wv" "resume" (func $resume (result i32)))
  (import "wv" "overflow" (func $overflow))
  (import "wv" "push1" (func $push1 (param i64)))
  (import "wv" "push2" (func $push2 (param i64 i64)))
  (import "wv" "pop1" (func $pop1 (result i64)))
  (import "wv" "pop2" (func $pop2 (result i64 i64)))
  (import "wv" "push_func" (func $push_func (param funcref)))`;

const header = (gid: number) =>
  `(i64.or (i64.shl (i64.extend_i32_u (global.get $instance)) (i64.const 32)) (i64.const ${gid}))`;

const wrapper = (name: string, params: string, results: string) => `
  (func $W_${name} (export "${name}") ${params && `(param $p ${params})`} ${results && `(result ${results})`}
    (local $b i32)
    (call $${name} ${params && "(local.get $p)"} (global.get $stack) (global.get $budget))
    (local.tee $b) (global.set $budget)
    (if (i32.lt_s (local.get $b) (i32.const 0)) (then (call $push_func (ref.func $W_${name})))))
  (export "wv:t:${name}" (func $${name}))`;

/** count(n): n + (n - 1) + .. + 1. The entry weighs 3, each round 5. Its gids: entry, loop. */
const count = (gid: number) => `
  ${wrapper("count", "i32", "i64")}
  (func $count (param $n i32) (param $s i32) (param $b i32) (result i64 i32)
    (local $acc i64)
    (block $entered
      (local.set $b (i32.sub (local.get $b) (i32.const 3)))
      (br_if $entered (i32.ge_s (local.get $b) (i32.const 0)))
      (if (i64.eq (call $peek) ${header(gid + 1)})
        (then
          (drop (call $pop1))
          (call $pop2) (local.set $acc) (local.set $n (i32.wrap_i64))
          (local.set $b (i32.add (call $resume) (i32.const 5)))
          (br $entered)))
      (return_call $count_slow (local.get $n) (local.get $s) (local.get $b)))
    (loop $L
      (local.set $b (i32.sub (local.get $b) (i32.const 5)))
      (if (i32.lt_s (local.get $b) (i32.const 0))
        (then
          (call $push2 (i64.extend_i32_u (local.get $n)) (local.get $acc))
          (call $push1 ${header(gid + 1)})
          (if (call $suspend (local.get $b))
            (then (return_call $count (i32.const 0) (local.get $s) (i32.const -1))))
          (return (i64.const 0) (local.get $b))))
      (local.set $acc (i64.add (local.get $acc) (i64.extend_i32_u (local.get $n))))
      (br_if $L (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $acc) (local.get $b))
  (func $count_slow (param $n i32) (param $s i32) (param $b i32) (result i64 i32)
    (if (i64.eq (call $peek) (i64.const -1))
      (then
        (call $push1 (i64.extend_i32_u (local.get $n)))
        (call $push1 ${header(gid)})
        (if (call $suspend (local.get $b))
          (then (return_call $count (i32.const 0) (local.get $s) (i32.const -1))))
        (return (i64.const 0) (local.get $b))))
    (drop (call $pop1))
    (return_call $count (i32.wrap_i64 (call $pop1)) (local.get $s) (i32.add (call $resume) (i32.const 3))))`;

/**
 * fact(n): n * fact(n - 1), recursive, 64 bytes of stack each; the entry weighs 4. Its gids: entry, call.
 */
const fact = (gid: number) => `
  ${wrapper("fact", "i32", "i64")}
  (func $fact (param $n i32) (param $s i32) (param $b i32) (result i64 i32)
    (local $r i64)
    (local.set $b (i32.sub (local.get $b) (i32.const 4)))
    (local.set $s (i32.sub (local.get $s) (i32.const 64)))
    (if (i32.lt_s (i32.or (local.get $b) (local.get $s)) (i32.const 0))
      (then (return_call $fact_slow
        (local.get $n) (i32.add (local.get $s) (i32.const 64)) (local.get $b))))
    (if (i32.eqz (local.get $n)) (then (return (i64.const 1) (local.get $b))))
    (call $fact (i32.sub (local.get $n) (i32.const 1)) (local.get $s) (local.get $b))
    (local.set $b) (local.set $r)
    (if (i32.lt_s (local.get $b) (i32.const 0))
      (then
        (call $push1 (i64.extend_i32_u (local.get $n)))
        (call $push1 ${header(gid + 1)})
        (return (i64.const 0) (local.get $b))))
    (i64.mul (i64.extend_i32_u (local.get $n)) (local.get $r)) (local.get $b))
  (func $fact_slow (param $n i32) (param $s i32) (param $b i32) (result i64 i32)
    (local $pc i64) (local $r i64)
    (local.set $s (i32.sub (local.get $s) (i32.const 64)))
    (if (i64.eq (local.tee $pc (call $peek)) (i64.const -1))
      (then
        (if (i32.lt_s (local.get $s) (i32.const 0)) (then (call $overflow) (unreachable)))
        (call $push1 (i64.extend_i32_u (local.get $n)))
        (call $push1 ${header(gid)})
        (if (call $suspend (local.get $b))
          (then (return_call $fact (i32.const 0) (i32.add (local.get $s) (i32.const 64)) (i32.const -1))))
        (return (i64.const 0) (local.get $b))))
    (drop (call $pop1))
    (local.set $n (i32.wrap_i64 (call $pop1)))
    (if (i64.eq (local.get $pc) ${header(gid)})
      (then (return_call $fact (local.get $n) (i32.add (local.get $s) (i32.const 64))
        (i32.add (call $resume) (i32.const 4)))))
    (call $fact (i32.const 0) (local.get $s) (i32.const -1))
    (local.set $b) (local.set $r)
    (if (i32.lt_s (local.get $b) (i32.const 0))
      (then
        (call $push1 (i64.extend_i32_u (local.get $n)))
        (call $push1 ${header(gid + 1)})
        (return (i64.const 0) (local.get $b))))
    (i64.mul (i64.extend_i32_u (local.get $n)) (local.get $r)) (local.get $b))`;

/** count and fact. */
export const arithmetic = handMade(`(module ${imports} ${count(0)} ${fact(2)})`, {
  exports: { count: 0, fact: 1 },
  functions: [
    [1, 2],
    [1, 2],
  ],
});

/** get() returns the wrapper of count, which is not exported. */
export const hiding = handMade(
  `(module ${imports} ${count(0).replace('(export "count")', "").replace('(export "wv:t:count" (func $count))', "")}
    (elem declare func $W_count)
    (func (export "get") (result funcref) (ref.func $W_count))
    (func (export "wv:ref") (param $i i32) (result funcref)
      (if (local.get $i) (then unreachable)) (ref.func $W_count)))`,
  {
    exports: { get: 1 },
    functions: [
      [1, 2],
      [2, 0],
    ],
  },
);

/** One round of fact's entry and of a whole count, in units. */
export const countWeight = (n: number) => 3 + 5 * n;
export const factWeight = (n: number) => 4 * (n + 1);

/** ask(n): imports m.f and returns m.f(n), suspendable through it; weighs 1. Its gid: the call. */
export const asking = handMade(
  `(module
  (import "m" "f" (func $f (param i32 i32 i32) (result i64 i32)))
  ${imports}
  ${wrapper("ask", "i32", "i64")}
  (func $ask (param $n i32) (param $s i32) (param $b i32) (result i64 i32)
    (local $r i64)
    (if (i32.lt_s (local.get $b) (i32.const 0)) (then (drop (call $pop1))))
    (call $f (local.get $n) (local.get $s) (local.get $b))
    (local.set $b) (local.set $r)
    (if (i32.lt_s (local.get $b) (i32.const 0)) (then (call $push1 ${header(0)})))
    (local.get $r) (local.get $b)))`,
  { imports: [["m", "f", 1]], exports: { ask: 1 }, functions: [[1, 1]] },
);

/** crash(): traps. grow(n): asks for n pages. size(n): pages. All without resume points. */
export const growing = handMade(
  `(module
  (import "wv" "memory" (memory 1 4))
  (import "wv" "memory_size" (func $size (result i32)))
  (import "wv" "memory_grow" (func $grow (param i32) (result i32)))
  (func (export "crash") unreachable)
  (func (export "grow") (param i32) (result i32) (call $grow (local.get 0)))
  (func (export "size") (param i32) (result i32) (call $size))
  (export "memory" (memory 0))
  (export "wv:load8" (func $size)))`,
  {
    exports: { crash: 0, grow: 1, size: 2 },
    functions: [
      [2, 0],
      [0, 0],
      [0, 0],
    ],
    memory: { min: 1, max: 4 },
  },
);
