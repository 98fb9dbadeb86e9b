// Writes build/hypercalls.wat: what guests link to, between their threaded calls and the core's handlers.
// docs/core.md, section 3, is the contract; AssemblyScript has no functions with two results, hence WAT.
//
// For each hypercall: the threaded entry NAME, `raw:NAME` of its original type, and an adapter with five i64 arguments
// in the table at its number. `hypercall` takes the number as an argument and goes through the table.
import { constant } from "./model.mjs";

const ARGUMENTS = [0, 1, 2, 3, 4];

/** @param {import("./model.mjs").Abi} abi */
export function stubsOf(abi) {
  const units = constant(abi, "HYPERCALL_UNITS");
  const limit = constant(abi, "HYPERCALL_LIMIT");
  const nosys = -constant(abi, "Errno.Nosys");
  const generic = {
    name: "hypercall",
    parameters: [
      { name: "nr", wasm: "i32" },
      ...ARGUMENTS.map((index) => ({ name: `a${index}`, wasm: "i64" })),
    ],
  };
  return `;; Generated from assembly/abi by tools/abi/stubs.mjs.
(module
  (type $adapter (func (param i64 i64 i64 i64 i64) (result i32)))
  (type $twin (func (param i32 i32) (result i32)))
  (import "env" "table" (table $table ${limit} funcref))
  (import "core" "budget" (global $budget (mut i32)))
  (import "core" "stack" (global $stack (mut i32)))
  (import "core" "hypercallCount" (global $count (mut i32)))
  (import "core" "lastHypercall" (global $last (mut i32)))
  (import "core" "again" (global $again (mut i32)))
  (import "core" "unwindHypercall" (func $unwindHypercall (result i32)))
  (import "core" "peek" (func $peek (result i64)))
  (import "core" "resume" (func $resume (result i32)))
  (import "glue" "push2" (func $push2 (param i64 i64)))
  (import "glue" "push7" (func $push7 (param i64 i64 i64 i64 i64 i64 i64)))
  (import "glue" "pop2" (func $pop2 (result i64 i64)))
  (import "glue" "pop7" (func $pop7 (result i64 i64 i64 i64 i64 i64 i64)))
  (import "glue" "push_func" (func $push_func (param funcref)))
${abi.hypercalls.map(importOf).join("\n")}

  ;; --- frames: r, header 1 (done); a0 .. a4, nr, header 2 (to be done again); instance 0 in both headers ---

  (func $unwind (param $nr i32) ${i64Parameters()} (param $r i32)
    (if (call $unwindHypercall)
      (then (call $push7 ${ARGUMENTS.map(get).join(" ")} (i64.extend_i32_u (local.get $nr)) (i64.const 2)))
      (else (call $push2 (i64.extend_i32_u (local.get $r)) (i64.const 1)))))

  (func $rewind (result i32 i32)
    ${ARGUMENTS.map((index) => `(local $a${index} i64)`).join(" ")}
    (local $nr i32) (local $r i32) (local $header i64)
    (if (i64.eq (local.tee $header (call $peek)) (i64.const 1))
      (then
        (call $pop2)
        (drop)
        (i32.wrap_i64)
        (return (call $resume))))
    (if (i64.ne (local.get $header) (i64.const 2)) (then (unreachable)))
    (call $pop7)
    (drop)
    (local.set $nr (i32.wrap_i64))
    ${ARGUMENTS.toReversed()
      .map((index) => `(local.set $a${index})`)
      .join(" ")}
    (global.set $budget (call $resume))
    (global.set $again (i32.const 1))
    (local.set $r (call $dispatch (local.get $nr) ${ARGUMENTS.map(get).join(" ")}))
    (global.set $again (i32.const 0))
    (if (i32.lt_s (global.get $budget) (i32.const 0))
      (then (call $unwind (local.get $nr) ${ARGUMENTS.map(get).join(" ")} (local.get $r))))
    (local.get $r)
    (global.get $budget))

  (func $dispatch (param $nr i32) ${i64Parameters()} (result i32)
    (if (i32.ge_u (local.get $nr) (i32.const ${limit})) (then (return (i32.const ${nosys}))))
    (call_indirect $table (type $adapter) ${ARGUMENTS.map(get).join(" ")} (local.get $nr)))

  (func $nosys (type $adapter) (i32.const ${nosys}))

  ;; --- threaded entries: (arguments, stack, budget) -> (result, budget) ---

${abi.hypercalls.map((hypercall) => threadedOf(hypercall, units)).join("\n\n")}

${entryOf(generic, {
  units,
  number: "(local.get $nr)",
  call: `(call $dispatch (local.get $nr) ${ARGUMENTS.map(get).join(" ")})`,
  cells: ARGUMENTS.map(get),
})}

  ;; --- entries of the original types ---

${[...abi.hypercalls, generic].map(rawOf).join("\n\n")}

  ;; --- the table ---

${abi.hypercalls.map(adapterOf).join("\n")}

  (elem (table $table) (i32.const 0) func
${elements(abi, limit)}))
`;
}

const get = (index) => `(local.get $a${index})`;
const i64Parameters = () => ARGUMENTS.map((index) => `(param $a${index} i64)`).join(" ");
const parametersOf = ({ parameters }) =>
  parameters.map(({ name, wasm }) => `(param $${name} ${wasm}) `).join("");
const argumentsOf = ({ parameters }) => parameters.map(({ name }) => ` (local.get $${name})`).join("");

function importOf(hypercall) {
  const { handler } = hypercall;
  return `  (import "core" "${handler}" (func $core.${handler} ${parametersOf(hypercall)}(result i32)))`;
}

/**
 * `program_run` calls another guest on the same stack: its handler only says which table entry. It keeps no frame, as it
 * holds nothing: when the stack is rewound it is called again, and calls again.
 */
const PASSES_ON = "programRun";

function passingEntryOf({ name, number, handler }) {
  return `  (func $${name} (export "${name}") (param $.s i32) (param $.b i32) (result i32 i32)
    (local $.entry i32)
    (if (i32.ge_s (local.get $.b) (i32.const 0))
      (then
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (global.set $last (i32.const ${number}))))
    (local.set $.entry (call $core.${handler}))
    (if (i32.lt_s (local.get $.entry) (i32.const 0)) (then (return (local.get $.entry) (local.get $.b))))
    (i32.const 0)
    (call_indirect $table (type $twin) (local.get $.s) (local.get $.b) (local.get $.entry)))`;
}

function threadedOf(hypercall, units) {
  if (hypercall.handler === PASSES_ON) return passingEntryOf(hypercall);
  const cells = ARGUMENTS.map((index) => {
    const parameter = hypercall.parameters[index];
    if (!parameter) return "(i64.const 0)";
    const value = `(local.get $${parameter.name})`;
    return parameter.wasm === "i64" ? value : `(i64.extend_i32_u ${value})`;
  });
  const number = `(i32.const ${hypercall.number})`;
  const call = `(call $core.${hypercall.handler}${argumentsOf(hypercall)})`;
  return entryOf(hypercall, { units, number, call, cells });
}

function entryOf(hypercall, { units, number, call, cells }) {
  const { name } = hypercall;
  return `  (func $${name} (export "${name}") ${parametersOf(hypercall)}(param $.s i32) (param $.b i32) (result i32 i32)
    (local $.r i32)
    (if (i32.lt_s (local.get $.b) (i32.const 0)) (then (return (call $rewind))))
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (global.set $last ${number})
    (global.set $budget (i32.sub (local.get $.b) (i32.const ${units})))
    (local.set $.r ${call})
    (if (i32.lt_s (global.get $budget) (i32.const 0))
      (then (call $unwind ${number} ${cells.join(" ")} (local.get $.r))))
    (local.get $.r)
    (global.get $budget))`;
}

/** As a wrapper of the translator: budget and stack come from the globals, and it pushes itself when it is unwound. */
function rawOf(hypercall) {
  const { name } = hypercall;
  return `  (func $raw:${name} (export "raw:${name}") ${parametersOf(hypercall)}(result i32)
    (local $.s i32)
    (call $${name}${argumentsOf(hypercall)} (local.tee $.s (global.get $stack)) (global.get $budget))
    (global.set $budget)
    (global.set $stack (local.get $.s))
    (if (i32.lt_s (global.get $budget) (i32.const 0)) (then (call $push_func (ref.func $raw:${name})))))`;
}

function adapterOf({ handler, parameters }) {
  if (handler === PASSES_ON)
    return `  (func $table.${handler} (type $adapter) (call $nosys ${ARGUMENTS.map((i) => `(local.get ${i})`).join(" ")}))`;
  const values = parameters.map(({ wasm }, index) => {
    const value = `(local.get ${index})`;
    return wasm === "i64" ? ` ${value}` : ` (i32.wrap_i64 ${value})`;
  });
  return `  (func $table.${handler} (type $adapter) (call $core.${handler}${values.join("")}))`;
}

function elements(abi, limit) {
  const names = new Array(limit).fill("$nosys");
  for (const { number, handler } of abi.hypercalls) names[number] = `$table.${handler}`;
  const rows = [];
  for (let at = 0; at < limit; at += 16) rows.push(`    ${names.slice(at, at + 16).join(" ")}`);
  return rows.join("\n");
}
