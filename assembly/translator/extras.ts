// Functions the output has of its own: wrappers, twins, growth and atomics that ask the host. Each is made when first
// used.

import { Buffer } from "../lib/buffer";
import { Vector } from "../lib/vector";
import {
  datas, functionCount, globals, importedFunctions, memoryShared, tableAt, tables, typeAt, typeIndexOfFunction,
} from "../wasm/module";
import { Op, Type } from "../wasm/opcodes";
import {
  addExtra, budgetGlobal, extraBody, extraIndex, fastIndex, globalIndex, internType, rawIndex, Runtime, runtime,
  stackGlobal, threadedType, typeOf,
} from "./output";
import { putCall, putConstant, putGet, putGlobal, putIfNegative } from "./put";
import { has, Is } from "./survey";

// ---- wrappers and twins

const wrappers = new Vector(64);

/** W(f): the function of the original type that exports, references and open tables hold. */
export function wrapperOf(f: u32): u32 {
  if (f < importedFunctions) return rawIndex(f);
  if (!has(f, Is.Threaded)) return fastIndex(f);
  wrappers.fill(functionCount(), 0);
  const known = wrappers.get(f);
  if (known) return known;
  const t = typeIndexOfFunction(f);
  const type = typeAt(t);
  const extra = addExtra(t);
  const index = extraIndex(extra);
  wrappers.set(f, index);
  const body = extraBody(extra);
  const budget = type.paramCount;
  const stack = budget + 1;
  body.byte2(1, 2);
  body.byte(Type.I32);
  for (let k: u32 = 0; k < type.paramCount; k++) putGet(body, k);
  putGlobal(body, Op.GlobalGet, stackGlobal());
  body.byte(Op.LocalTee);
  body.u32(stack);
  putGlobal(body, Op.GlobalGet, budgetGlobal());
  putCall(body, fastIndex(f));
  body.byte(Op.LocalTee);
  body.u32(budget);
  putGlobal(body, Op.GlobalSet, budgetGlobal());
  // callees hand their own account over through the global: our caller finds it as it was
  putGet(body, stack);
  putGlobal(body, Op.GlobalSet, stackGlobal());
  if (has(f, Is.Suspendable)) {
    putIfNegative(body, budget);
    body.byte(Op.RefFunc);
    body.u32(index);
    putCall(body, runtime(Runtime.PushFunc));
    body.byte(Op.End);
  }
  body.byte(Op.End);
  return index;
}

const twins = new Vector(64);

/** The threaded twin of `f`: itself, or a shim around a plain function. */
export function twinOf(f: u32): u32 {
  if (f < importedFunctions || has(f, Is.Threaded)) return fastIndex(f);
  twins.fill(functionCount(), 0);
  const known = twins.get(f);
  if (known) return known;
  const type = typeAt(typeIndexOfFunction(f));
  const extra = addExtra(threadedType(typeIndexOfFunction(f)));
  const body = extraBody(extra);
  body.byte(0);
  for (let k: u32 = 0; k < type.paramCount; k++) putGet(body, k);
  putCall(body, fastIndex(f));
  putGet(body, type.paramCount + 1);
  body.byte(Op.End);
  twins.set(f, extraIndex(extra));
  return extraIndex(extra);
}

// ---- the scratch table: where a callee's identity is called, and references are fetched

export let usesScratch: bool = false;

export function scratchTable(): u32 {
  usesScratch = true;
  return tables.length;
}

// ---- segments dropped by the guest, told in bitmaps

export function dropGlobal(word: u32): u32 {
  return globalIndex(globals.length) + word;
}

function noteDropped(to: Buffer, bit: u32): void {
  putGlobal(to, Op.GlobalGet, dropGlobal(bit >> 5));
  putConstant(to, 1 << (bit & 31));
  to.byte(Op.I32Or);
  putGlobal(to, Op.GlobalSet, dropGlobal(bit >> 5));
}

export function dropDataSegment(to: Buffer, segment: u32): void {
  noteDropped(to, segment);
}

export function dropElementSegment(to: Buffer, segment: u32): void {
  noteDropped(to, datas.length + segment);
}

// ---- growth

const growHelpers = new Vector(4);

/** `(value, delta) -> old size or -1`, if the host agrees. */
export function tableGrowHelper(table: u32): u32 {
  growHelpers.fill(tables.length, 0);
  const known = growHelpers.get(table);
  if (known) return known;
  const params = new Buffer(2);
  params.byte2(tableAt(table).type, Type.I32);
  params.byte(Type.I32);
  const extra = addExtra(internType(params.ptr, 2, params.ptr + 2, 1));
  const body = extraBody(extra);
  body.byte(0);
  putConstant(body, table);
  putGet(body, 1);
  putCall(body, runtime(Runtime.TableGrow));
  body.byte2(Op.If, Type.I32);
  putGet(body, 0);
  putGet(body, 1);
  body.byte2(0xfc, 15);
  body.u32(table);
  body.byte(Op.Else);
  putConstant(body, -1);
  body.byte2(Op.End, Op.End);
  growHelpers.set(table, extraIndex(extra));
  return extraIndex(extra);
}

// ---- atomics

const waitKeys = new Vector(8);
const waitIndexes = new Vector(8);

function known(key: u32, offset: u32): u32 {
  for (let k: u32 = 0; k < waitIndexes.length; k++) {
    if (waitKeys.get(2 * k) == key && waitKeys.get(2 * k + 1) == offset) return waitIndexes.get(k);
  }
  return 0;
}
function remember(key: u32, offset: u32, index: u32): u32 {
  waitKeys.push(key);
  waitKeys.push(offset);
  waitIndexes.push(index);
  return index;
}

/** Threaded `(addr, expected, timeoutNs)`: traps as the instruction does, answers a mismatch, else asks the host. */
export function waitHelper(op: u32, offset: u32): u32 {
  const found = known(op, offset);
  if (found) return found;
  const wide = op == Op.AtomicWait64;
  const extra = addExtra(typeOf(wide ? "illii" : "iilii", "ii"));
  const body = extraBody(extra);
  body.byte(0);
  // 3: stack account, 4: budget; while rewinding the arguments are dummies and the host knows what it waits for
  putGet(body, 4);
  putConstant(body, 0);
  body.byte2(0x4e, Op.If); // i32.ge_s
  body.byte(0x40);
  putGet(body, 0);
  body.byte2(0xfe, wide ? 0x11 : 0x10);
  body.byte(wide ? 3 : 2);
  body.u32(offset);
  if (memoryShared) {
    putGet(body, 1);
    body.byte2(wide ? 0x52 : 0x47, Op.If);
    body.byte(0x40);
    putConstant(body, 1);
    putGet(body, 4);
    body.byte2(Op.Return, Op.End);
  } else body.byte2(Op.Drop, Op.Unreachable); // the instruction traps on memory that is not shared
  body.byte(Op.End);
  putGet(body, 0);
  putConstant(body, offset);
  body.byte(Op.I32Add);
  for (let k: u32 = 1; k < 5; k++) putGet(body, k);
  body.byte(Op.ReturnCall);
  body.u32(runtime(wide ? Runtime.Wait64 : Runtime.Wait32));
  body.byte(Op.End);
  return remember(op, offset, extraIndex(extra));
}

/** `(addr, count) -> woken`: agents of the engine, then contexts of the host. */
export function notifyHelper(offset: u32): u32 {
  const found = known(Op.AtomicNotify, offset);
  if (found) return found;
  const extra = addExtra(typeOf("ii", "i"));
  const body = extraBody(extra);
  body.byte2(1, 1);
  body.byte(Type.I32);
  putGet(body, 0);
  putGet(body, 1);
  body.byte2(0xfe, 0);
  body.byte(2);
  body.u32(offset);
  body.byte2(Op.LocalTee, 2);
  putGet(body, 0);
  putConstant(body, offset);
  body.byte(Op.I32Add);
  putGet(body, 1);
  putGet(body, 2);
  body.byte(Op.I32Sub);
  putCall(body, runtime(Runtime.Notify));
  body.byte2(Op.I32Add, Op.End);
  return remember(Op.AtomicNotify, offset, extraIndex(extra));
}
