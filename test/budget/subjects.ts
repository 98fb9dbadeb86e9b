import { readFileSync } from "node:fs";
import { join } from "node:path";
import wabt from "wabt";
import { projectRoot } from "../fuzz/project-root.js";

/** A run whose budget is measured: one call of an export that imports nothing. */
export interface BudgetSubject {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly args: readonly unknown[];
}

/** Arguments that make each kernel of bench/ spend about a million units or more. */
const KERNELS: Record<string, number> = {
  fib: 22,
  sieve: 1,
  sha256: 30,
  matmul: 1,
  qsort: 1,
  nbody: 3000,
  interp: 4,
  oo: 30,
  "oo-open": 30,
  markdown: 20,
  alloc: 2,
};

/** Programs of our own, for what C does not compile to. `run` of each takes how much to do. */
const PROGRAMS: Record<string, string> = {
  "mutual recursion and multi-value": `(module
    (func $even (param i32) (result i32 i64) (if (result i32 i64) (local.get 0)
      (then (call $odd (i32.sub (local.get 0) (i32.const 1))))
      (else (i32.const 1) (i64.const 7))))
    (func $odd (param i32) (result i32 i64) (local i64) (if (result i32 i64) (local.get 0)
      (then (call $even (i32.sub (local.get 0) (i32.const 1))) (local.set 1) (i32.const 1) (i32.xor) (i64.add (local.get 1) (i64.const 3)))
      (else (i32.const 0) (i64.const 9))))
    (func (export "run") (param i32) (result i64) (local i64)
      (loop $again
        (call $even (i32.const 60)) (local.set 1) (drop)
        (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (local.get 1)))`,
  "exceptions through frames": `(module (tag $t (param i32 i64))
    (func $dig (param i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (throw $t (i32.const 3) (i64.const 4))))
      (try (result i32) (do (call $dig (i32.sub (local.get 0) (i32.const 1))))
        (catch $t (drop) (i32.add (i32.const 1)) (if (param i32) (i32.and (local.get 0) (i32.const 3)) (then (i64.const 1) (throw $t)) (else (drop))) (i32.const 1))
        (catch_all (rethrow 0))))
    (func (export "run") (param i32) (result i32) (local i32)
      (loop $again
        (local.set 1 (i32.add (local.get 1) (try (result i32) (do (call $dig (i32.const 15))) (catch_all (i32.const 100)))))
        (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (local.get 1)))`,
  "indirect calls through an open table that changes": `(module (type $f (func (param i32) (result i32)))
    (table (export "table") 3 funcref) (elem (i32.const 0) $a $b $c)
    (func $a (type $f) (i32.add (local.get 0) (i32.const 1)))
    (func $b (type $f) (local i32) (loop (local.set 1 (i32.add (local.get 1) (i32.const 1))) (br_if 0 (i32.lt_u (local.get 1) (i32.const 5)))) (i32.xor (local.get 0) (local.get 1)))
    (func $c (type $f) (table.set (i32.const 0) (table.get (i32.const 1))) (table.set (i32.const 1) (ref.func $a)) (call_indirect (type $f) (local.get 0) (i32.const 0)))
    (func (export "run") (param i32) (result i32) (local i32)
      (loop $again
        (local.set 1 (call_indirect (type $f) (local.get 1) (i32.rem_u (local.get 0) (i32.const 3))))
        (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (local.get 1)))`,
  "tail calls": `(module (type $f (func (param i32 i32) (result i32))) (table funcref (elem $x $y))
    (func $x (type $f) (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
      (return_call_indirect (type $f) (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (local.get 0)) (i32.const 1)))
    (func $y (type $f) (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
      (return_call $x (i32.sub (local.get 0) (i32.const 1)) (i32.xor (local.get 1) (local.get 0))))
    (func (export "run") (param i32) (result i32) (call $x (local.get 0) (i32.const 0))))`,
  "bulk memory and tables": `(module (memory 4) (table 500 externref) (data $d "some bytes to be copied")
    (func (export "run") (param i32) (result i32)
      (loop $again
        (memory.fill (i32.const 0) (local.get 0) (i32.const 60000))
        (memory.copy (i32.const 70000) (i32.const 3) (i32.const 90000))
        (memory.init $d (i32.const 5) (i32.const 2) (i32.const 12))
        (table.fill (i32.const 0) (ref.null extern) (i32.const 500))
        (table.copy (i32.const 1) (i32.const 0) (i32.const 400))
        (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (i32.load (i32.const 70000))))`,
  "vectors live across calls": `(module
    (func $mix (param v128 v128) (result v128) (local i32) (local.set 2 (i32.const 3))
      (loop (local.set 0 (i32x4.add (local.get 0) (local.get 1))) (br_if 0 (local.tee 2 (i32.sub (local.get 2) (i32.const 1)))))
      (local.get 0))
    (func (export "run") (param i32) (result i32) (local v128)
      (loop $again
        (i32x4.splat (local.get 0)) (v128.const i32x4 1 2 3 4)
        (call $mix (local.get 1) (v128.const i32x4 5 6 7 8))
        (i32x4.mul) (v128.xor) (local.set 1)
        (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (i32x4.extract_lane 2 (local.get 1))))`,
};
const PROGRAM_SIZES: Record<string, number> = { "bulk memory and tables": 700 };
const PROGRAM_SIZE = 20_000;

export async function budgetSubjects(): Promise<BudgetSubject[]> {
  const { parseWat } = await wabt();
  const features = {
    exceptions: true,
    tail_call: true,
    multi_value: true,
    bulk_memory: true,
    reference_types: true,
    simd: true,
  };
  const folder = join(projectRoot(), "bench/kernels");
  return [
    ...Object.entries(KERNELS).map(([name, size]) => ({
      name,
      bytes: new Uint8Array(readFileSync(join(folder, `${name}.wasm`))),
      args: [size],
    })),
    ...Object.entries(PROGRAMS).map(([name, text]) => {
      const module = parseWat(`${name}.wat`, text, features);
      const bytes = new Uint8Array(module.toBinary({}).buffer);
      module.destroy();
      return { name, bytes, args: [PROGRAM_SIZES[name] ?? PROGRAM_SIZE] };
    }),
  ];
}
