// The function being written: its bytes, its locals, and its operand stack.
//
// An operand is either real (on Wasm's stack) or in its canonical local, one for each (depth, type). Operands in
// locals lie below all real ones: everything a call site must save, or a label must find, is brought into canonical
// locals by `flush`; `need` brings operands back. Engines keep locals in SSA form, so moves cost nothing but bytes.

import { Buffer } from "../lib/buffer";
import { Vector } from "../lib/vector";
import { currentType, localTypes, maxHeight } from "../wasm/decode";
import { Op, Type, TYPE_CODES, typeCode } from "../wasm/opcodes";

export const out = new Buffer(1 << 16);
/** Which copy is written. */
export let fast: bool = true;
/** Types of the operands, by depth. */
export const operands = new Vector(64);
/** Real operands on top, above the frozen ones of an enclosing block. */
export let real: u32 = 0;
/** Nothing reaches the current place: nothing is written. */
export let dead: bool = false;

const canonical = new Vector(64);
const extraLocals = new Vector(32);
let firstExtra: u32 = 0;
/** Locals of the budget and of the stack account. */
export let budgetLocal: u32 = 0;
export let stackLocal: u32 = 0;

export function setReal(count: u32): void {
  real = count;
}
export function setDead(value: bool): void {
  dead = value;
}

/** Counts the copies written: for what is made once for each. */
export let copyNumber: u32 = 0;
/** The function has the stack account and the budget as parameters, and returns the budget. */
export let threaded: bool = true;

/** Begins a copy; `threaded` ones have two more parameters and a further result. */
export function beginFunction(isFast: bool, isThreaded: bool): void {
  fast = isFast;
  threaded = isThreaded;
  copyNumber++;
  out.clear();
  operands.clear();
  extraLocals.clear();
  canonical.clear();
  canonical.fill((maxHeight + 2) * TYPE_CODES, 0);
  real = 0;
  dead = false;
  stackLocal = currentType.paramCount;
  budgetLocal = stackLocal + 1;
  firstExtra = localTypes.length + (isThreaded ? 2 : 0);
}

/** Output number of an original local. */
@inline export function mapLocal(local: u32): u32 {
  return local < stackLocal || !threaded ? local : local + 2;
}

export function newLocal(type: u32): u32 {
  extraLocals.push(type);
  return firstExtra + extraLocals.length - 1;
}

export function localCount(): u32 {
  return firstExtra + extraLocals.length;
}

/** The local that stands for the operand at `depth`. */
export function canonicalLocal(depth: u32, type: u32): u32 {
  const at = depth * TYPE_CODES + typeCode(type);
  const known = canonical.get(at);
  if (known) return known - 1;
  const local = newLocal(type);
  canonical.set(at, local + 1);
  return local;
}

const runs = new Vector(16);

/** Declarations of all locals but the parameters, in runs of a type. */
export function writeLocals(to: Buffer): void {
  runs.clear();
  addRuns(localTypes, currentType.paramCount);
  addRuns(extraLocals, 0);
  to.u32(runs.length >> 1);
  for (let k: u32 = 0; k < runs.length; k += 2) {
    to.u32(runs.get(k));
    to.byte(runs.get(k + 1));
  }
}

function addRuns(list: Vector, from: u32): void {
  for (let k = from; k < list.length; k++) {
    const type = list.get(k);
    if (runs.length && runs.top() == type) runs.add(runs.length - 2, 1);
    else {
      runs.push(1);
      runs.push(type);
    }
  }
}

// ---- writing

@inline export function get(local: u32): void {
  out.byte(Op.LocalGet);
  out.u32(local);
}
@inline export function set(local: u32): void {
  out.byte(Op.LocalSet);
  out.u32(local);
}
@inline export function tee(local: u32): void {
  out.byte(Op.LocalTee);
  out.u32(local);
}
@inline export function constant(value: i32): void {
  out.byte(Op.I32Const);
  out.s32(value);
}
@inline export function call(f: u32): void {
  out.byte(Op.Call);
  out.u32(f);
}

/** A value of `type` that nobody will look at. */
export function dummyValue(to: Buffer, type: u32): void {
  if (type == Type.I32 || type == Type.I64) to.byte2(Op.I32Const + (Type.I32 - type), 0);
  else if (type == Type.F32 || type == Type.F64) {
    to.byte(type == Type.F32 ? Op.F32Const : Op.F64Const);
    for (let k = type == Type.F32 ? 4 : 8; k > 0; k--) to.byte(0);
  } else if (type == Type.V128) {
    to.byte2(0xfd, 12);
    for (let k = 16; k > 0; k--) to.byte(0);
  } else to.byte2(Op.RefNull, type);
}

@inline export function dummy(type: u32): void {
  dummyValue(out, type);
}

// ---- operands

@inline export function height(): u32 {
  return operands.length;
}
/** A real operand. */
@inline export function push(type: u32): void {
  operands.push(type);
  real++;
}
/** Takes `count` real operands away. */
@inline export function drop(count: u32): void {
  operands.length -= count;
  real -= count;
}

/** Brings every real operand into its canonical local. */
export function flush(): void {
  const lowest = operands.length - real;
  for (let d = operands.length; d-- > lowest; ) set(canonicalLocal(d, operands.get(d)));
  real = 0;
}

/** Makes the topmost `count` operands real. */
export function need(count: u32): void {
  if (real >= count) return;
  flush();
  for (let d = operands.length - count; d < operands.length; d++) get(canonicalLocal(d, operands.get(d)));
  real = count;
}

/** Makes exactly the topmost `count` operands real: the others go to their locals. */
export function needExactly(count: u32): void {
  if (real > count) flush();
  need(count);
}

/** Sets the operands to those at a label: `depth` old ones, then `count` of the given types, none of them real. */
export function landInLocals(depth: u32, types: usize, count: u32): void {
  operands.length = depth;
  for (let k: u32 = 0; k < count; k++) operands.push(load<u8>(types + k));
  real = 0;
}

/** Changes the operand types as an instruction does; whether operands are real is left to the caller. */
export function effect(pops: u32, type: u32): void {
  operands.length -= pops;
  if (type) operands.push(type);
}

/** Takes real operands away and leaves a real result. */
export function settle(pops: u32, type: u32): void {
  effect(pops, type);
  real = real - pops + (type ? 1 : 0);
}

export function pushAll(types: usize, count: u32, areReal: bool): void {
  for (let k: u32 = 0; k < count; k++) operands.push(load<u8>(types + k));
  if (areReal) real += count;
}

/** The code that comes next in this block is not reached. */
@inline export function leave(): void {
  dead = true;
  real = 0;
}
