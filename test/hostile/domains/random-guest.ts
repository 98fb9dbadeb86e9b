// A guest that does what a list in its memory says: random hypercalls with random arguments, deep inside recursions, in
// contexts and in upcalls. Whoever writes the list needs no compiler.
//
//   LIST_BYTES per list: records of RECORD_BYTES, ended by one of kind End. List 0 is hv_start's, lists 1 to 7 are those of
//   contexts (their argument), 8 and 9 those of upcalls (their port).
//   A record: u32 kind, u32 number, u64 x 5 arguments.
//   RESULTS_AT: how many results there are, then each, 4 bytes; the last ones overwrite the first.
import { call, guest, HYPERCALLS } from "./wat.js";

export enum Kind {
  End = 0,
  /** hypercall(number, arguments) */
  Number = 1,
  /** The hypercall of this place in HYPERCALLS, through its named import. */
  Name = 2,
  /** The same through a table. */
  Table = 3,
  /** A loop of `number` rounds. */
  Compute = 4,
  /** The next record, `number` calls deep. */
  Deep = 5,
  /** memory.grow of `number` pages. */
  Grow = 6,
  /** The list again from its beginning, as long as there is fuel. */
  Again = 7,
}

export interface Step {
  readonly kind: Kind;
  readonly number: number;
  readonly values: readonly bigint[];
}

export const LISTS = 10;
const LIST_BYTES = 0x1000;
const RECORD_BYTES = 48;
export const MOST_STEPS = Math.floor(LIST_BYTES / RECORD_BYTES) - 1;
export const RESULTS_AT = 0xa000;
const RESULTS = 1024;
/** Steps that it does in all, before it powers off. */
const FUEL_AT = 0xb400;

const value = (wasm: string, index: number) =>
  wasm === "i64" ? `(local.get $a${index})` : `(i32.wrap_i64 (local.get $a${index}))`;
const values = (parameters: readonly { wasm: string }[]) =>
  parameters.map(({ wasm }, index) => value(wasm, index)).join(" ");
const typeOf = (parameters: readonly { wasm: string }[]) =>
  `$${["t", ...parameters.map(({ wasm }) => wasm)].join("_")}`;
const types = new Map(HYPERCALLS.map(({ parameters }) => [typeOf(parameters), parameters]));

/** A function that makes the hypercall of a place, each in its own way. */
function byPlace(
  name: string,
  how: (hypercall: (typeof HYPERCALLS)[number], place: number) => string,
): string {
  const labels = HYPERCALLS.map((_, place) => `$p${place}`);
  return `
    (func $${name} (param $place i32) ${parameters} (result i32)
      ${labels
        .toReversed()
        .map((label) => `(block ${label}`)
        .join(" ")}
      (br_table ${labels.join(" ")} ${labels[0]} (local.get $place)))
      ${HYPERCALLS.map((each, place) => `(return ${how(each, place)})`).join(")\n")})`;
}
const parameters = [0, 1, 2, 3, 4].map((index) => `(param $a${index} i64)`).join(" ");
const passed = [0, 1, 2, 3, 4].map((index) => `(local.get $a${index})`).join(" ");

export const RANDOM_GUEST = guest({
  imports: ["all"],
  memory: "(memory 1 4)",
  body: `
    ${[...types].map(([name, list]) => `(type ${name} (func ${list.map(({ wasm }) => `(param ${wasm})`).join(" ")} (result i32)))`).join("\n")}
    (table ${HYPERCALLS.length} funcref)
    (elem (i32.const 0) ${HYPERCALLS.map(({ name }) => `$${name}`).join(" ")})
    (global $sp (export "__stack_pointer") (mut i32) (i32.const 0xf000))
    ${byPlace("byName", ({ name, parameters: list }) => `(call $${name} ${values(list)})`)}
    ${byPlace("byTable", ({ parameters: list }, place) => `(call_indirect (type ${typeOf(list)}) ${values(list)} (i32.const ${place}))`)}
    (func $compute (param $rounds i32) (result i32) (local $x i32)
      (loop $next
        (local.set $x (i32.add (i32.mul (local.get $x) (i32.const 1664525)) (local.get $rounds)))
        (br_if $next (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
      (local.get $x))
    (func $note (param $result i32) (local $count i32)
      (local.set $count (i32.load (i32.const ${RESULTS_AT})))
      (i32.store offset=${RESULTS_AT + 4}
        (i32.shl (i32.rem_u (local.get $count) (i32.const ${RESULTS})) (i32.const 2)) (local.get $result))
      (i32.store (i32.const ${RESULTS_AT}) (i32.add (local.get $count) (i32.const 1))))
    (func $deep (param $depth i32) (param $at i32) (local $kept i64)
      (local.set $kept (i64.extend_i32_u (local.get $depth)))
      (if (local.get $depth)
        (then (call $deep (i32.sub (local.get $depth) (i32.const 1)) (local.get $at)))
        (else (call $step (local.get $at))))
      (if (i64.ne (local.get $kept) (i64.extend_i32_u (local.get $depth))) (then unreachable)))
    (func $step (param $at i32) (local $number i32)
      ${[0, 1, 2, 3, 4].map((index) => `(local $a${index} i64)`).join(" ")}
      (local.set $number (i32.load offset=4 (local.get $at)))
      ${[0, 1, 2, 3, 4].map((index) => `(local.set $a${index} (i64.load offset=${8 + 8 * index} (local.get $at)))`).join(" ")}
      (block $grow (block $deep (block $compute (block $table (block $name (block $number (block $none
        (br_table $none $number $name $table $compute $deep $grow $none (i32.load8_u (local.get $at))))
        (return))
        (call $note (call $hypercall (local.get $number) ${passed}))
        (return))
        (call $note (call $byName (local.get $number) ${passed}))
        (return))
        (call $note (call $byTable (local.get $number) ${passed}))
        (return))
        (call $note (call $compute (i32.add (local.get $number) (i32.const 1))))
        (return))
        (call $deep (local.get $number) (i32.add (local.get $at) (i32.const ${RECORD_BYTES})))
        (return))
      (call $note (memory.grow (local.get $number))))
    (func $list (param $at i32) (local $begin i32) (local $kind i32)
      (local.set $begin (local.get $at))
      (loop $next
        (i32.store (i32.const ${FUEL_AT}) (i32.sub (i32.load (i32.const ${FUEL_AT})) (i32.const 1)))
        (if (i32.le_s (i32.load (i32.const ${FUEL_AT})) (i32.const 0))
          (then (drop ${call("sched_shutdown", "0", "77")})))
        (local.set $kind (i32.load8_u (local.get $at)))
        (if (i32.eqz (local.get $kind)) (then (return)))
        (if (i32.eq (local.get $kind) (i32.const ${Kind.Again}))
          (then (local.set $at (local.get $begin)))
          (else
            (call $step (local.get $at))
            (local.set $at (i32.add (local.get $at) (i32.const ${RECORD_BYTES})))))
        (br $next)))
    (func (export "hv_start") (call $list (i32.const 0)))
    (func (export "hv_context") (param $list i32) (result i32)
      (call $list (i32.shl (i32.add (i32.const 1) (i32.rem_u (local.get $list) (i32.const 7))) (i32.const 12)))
      (i32.const 0))
    (func (export "hv_upcall") (param $port i32)
      (call $list (i32.add (i32.const 0x8000) (i32.shl (i32.and (local.get $port) (i32.const 1)) (i32.const 12)))))`,
});

/** Writes lists, and how many steps may be done, into the guest's memory before it first runs. */
export function writeLists(
  memory: WebAssembly.Memory,
  lists: readonly (readonly Step[])[],
  fuel: number,
): void {
  const view = new DataView(memory.buffer);
  lists.forEach((steps, list) => {
    steps.slice(0, MOST_STEPS).forEach(({ kind, number, values }, index) => {
      const at = list * LIST_BYTES + index * RECORD_BYTES;
      view.setUint32(at, kind, true);
      view.setUint32(at + 4, number, true);
      for (const [place, each] of values.entries()) {
        view.setBigUint64(at + 8 + 8 * place, BigInt.asUintN(64, each), true);
      }
    });
  });
  view.setUint32(FUEL_AT, fuel, true);
}
