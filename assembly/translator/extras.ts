// Functions the output has of its own: wrappers, twins, and what stands for operations that must be bounded or asked
// for. Each is made when first used.

import { Buffer } from "../lib/buffer";
import { Vector } from "../lib/vector";
import { Op, Type } from "../wasm/opcodes";
import {
  datas, functionCount, FunctionType, globals, importedFunctions, memoryShared, tableAt, tables, typeAt,
  typeIndexOfFunction,
} from "../wasm/module";
import { has, Is } from "./survey";
import {
  addExtra, budgetGlobal, extraBody, extraIndex, fastIndex, globalIndex, internType, rawIndex, runtime, Runtime,
  slowIndex, stackGlobal, threadedType, typeOf,
} from "./output";
import { loadHelper, peekHelper, saveHelper } from "./spill";
import { dummyValue } from "./operands";

@inline function get(to: Buffer, local: u32): void {
  to.byte(Op.LocalGet);
  to.u32(local);
}
@inline function set(to: Buffer, local: u32): void {
  to.byte(Op.LocalSet);
  to.u32(local);
}
@inline function call(to: Buffer, f: u32): void {
  to.byte(Op.Call);
  to.u32(f);
}
@inline function constant(to: Buffer, value: i32): void {
  to.byte(Op.I32Const);
  to.s32(value);
}
@inline function global(to: Buffer, op: u32, index: u32): void {
  to.byte(op);
  to.u32(index);
}
/** `(if (i32.lt_s (local) 0)`, to be ended. */
function ifNegative(to: Buffer, local: u32): void {
  get(to, local);
  constant(to, 0);
  to.byte2(Op.I32LtS, Op.If);
  to.byte(0x40);
}

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
  for (let k: u32 = 0; k < type.paramCount; k++) get(body, k);
  global(body, Op.GlobalGet, stackGlobal());
  body.byte(Op.LocalTee);
  body.u32(stack);
  global(body, Op.GlobalGet, budgetGlobal());
  call(body, fastIndex(f));
  body.byte(Op.LocalTee);
  body.u32(budget);
  global(body, Op.GlobalSet, budgetGlobal());
  // callees hand their own account over through the global: our caller finds it as it was
  get(body, stack);
  global(body, Op.GlobalSet, stackGlobal());
  if (has(f, Is.Suspendable)) {
    ifNegative(body, budget);
    body.byte(Op.RefFunc);
    body.u32(index);
    call(body, runtime(Runtime.PushFunc));
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
  for (let k: u32 = 0; k < type.paramCount; k++) get(body, k);
  call(body, fastIndex(f));
  get(body, type.paramCount + 1);
  body.byte(Op.End);
  twins.set(f, extraIndex(extra));
  return extraIndex(extra);
}

// ---- tail calls: the function that a frame belongs to, when it is not the one that was called

/** Helpers `(s, b) -> (results, b)`: their extras, and a type with these results. */
const successors = new Vector(4);
/** First gid and number of gids of each defined function. */
export const firstGids = new Vector(256);

/** Goes on in the function whose frame is on top, which returns what `type` does. */
export function successorHelper(type: FunctionType): u32 {
  for (let k: u32 = 0; k < successors.length; k += 2) {
    if (sameResults(changetype<FunctionType>(<usize>successors.get(k + 1)), type)) return extraIndex(successors.get(k));
  }
  const bytes = new Buffer(8);
  bytes.byte2(Type.I32, Type.I32);
  bytes.raw(type.results, type.resultCount);
  bytes.byte(Type.I32);
  const extra = addExtra(internType(bytes.ptr, 2, bytes.ptr + 2, type.resultCount + 1));
  successors.push(extra);
  successors.push(<u32>changetype<usize>(type));
  return extraIndex(extra);
}

function sameResults(x: FunctionType, y: FunctionType): bool {
  return x.resultCount == y.resultCount && memory.compare(x.results, y.results, x.resultCount) == 0;
}

/** Writes the helpers, once all gids are known. */
export function finishSuccessors(): void {
  const candidates = new Vector(16);
  for (let k: u32 = 0; k < successors.length; k += 2) {
    const body = extraBody(successors.get(k));
    const type = changetype<FunctionType>(<usize>successors.get(k + 1));
    candidates.clear();
    for (let f = importedFunctions; f < functionCount(); f++) {
      if (!has(f, Is.TailCalled) || !has(f, Is.Suspendable)) continue;
      if (sameResults(typeAt(typeIndexOfFunction(f)), type)) candidates.push(f);
    }
    body.byte2(1, 1);
    body.byte(Type.I32);
    if (candidates.length) {
      call(body, peekHelper());
      set(body, 2);
      successorTree(body, candidates, 0, candidates.length);
    }
    body.byte2(Op.Unreachable, Op.End);
  }
}

function successorTree(to: Buffer, candidates: Vector, from: u32, end: u32): void {
  if (end - from > 1) {
    const middle = (from + end) >> 1;
    get(to, 2);
    constant(to, firstGids.get(candidates.get(middle) - importedFunctions));
    to.byte2(Op.I32LtS, Op.If);
    to.byte(0x40);
    successorTree(to, candidates, from, middle);
    to.byte(Op.Else);
    successorTree(to, candidates, middle, end);
    to.byte(Op.End);
    return;
  }
  const f = candidates.get(from);
  const type = typeAt(typeIndexOfFunction(f));
  for (let k: u32 = 0; k < type.paramCount; k++) dummyValue(to, type.param(k));
  get(to, 0);
  get(to, 1);
  to.byte(Op.ReturnCall);
  to.u32(has(f, Is.Charged) ? fastIndex(f) : slowIndex(f));
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
  global(to, Op.GlobalGet, dropGlobal(bit >> 5));
  constant(to, 1 << (bit & 31));
  to.byte(Op.I32Or);
  global(to, Op.GlobalSet, dropGlobal(bit >> 5));
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
  constant(body, table);
  get(body, 1);
  call(body, runtime(Runtime.TableGrow));
  body.byte2(Op.If, Type.I32);
  get(body, 0);
  get(body, 1);
  body.byte2(0xfc, 15);
  body.u32(table);
  body.byte(Op.Else);
  constant(body, -1);
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
  get(body, 4);
  constant(body, 0);
  body.byte2(0x4e, Op.If); // i32.ge_s
  body.byte(0x40);
  get(body, 0);
  body.byte2(0xfe, wide ? 0x11 : 0x10);
  body.byte(wide ? 3 : 2);
  body.u32(offset);
  if (memoryShared) {
    get(body, 1);
    body.byte2(wide ? 0x52 : 0x47, Op.If);
    body.byte(0x40);
    constant(body, 1);
    get(body, 4);
    body.byte2(Op.Return, Op.End);
  } else body.byte2(Op.Drop, Op.Unreachable); // the instruction traps on memory that is not shared
  body.byte(Op.End);
  get(body, 0);
  constant(body, offset);
  body.byte(Op.I32Add);
  for (let k: u32 = 1; k < 5; k++) get(body, k);
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
  get(body, 0);
  get(body, 1);
  body.byte2(0xfe, 0);
  body.byte(2);
  body.u32(offset);
  body.byte2(Op.LocalTee, 2);
  get(body, 0);
  constant(body, offset);
  body.byte(Op.I32Add);
  get(body, 1);
  get(body, 2);
  body.byte(Op.I32Sub);
  call(body, runtime(Runtime.Notify));
  body.byte2(Op.I32Add, Op.End);
  return remember(Op.AtomicNotify, offset, extraIndex(extra));
}

// ---- bulk operations: in pieces, each charged before it is done, resumable in between

/** gids of bulk helpers begin here; the maps say which operation each one is. */
export const FIRST_BULK_GID: u32 = 0x40000000;
const CHUNK_BYTES: u32 = 65536;
const CHUNK_ELEMENTS: u32 = 256;

/** Triples (operation, first index, second index), by helper. */
export const bulkKeys = new Vector(16);
const bulkIndexes = new Vector(16);
const threeCodes = new Vector(4);

/** Threaded `(destination, source or value, length)`. */
export function bulkHelper(op: u32, a: u32, b: u32): u32 {
  for (let k: u32 = 0; k < bulkIndexes.length; k++) {
    if (bulkKeys.get(3 * k) == op && bulkKeys.get(3 * k + 1) == a && bulkKeys.get(3 * k + 2) == b) {
      return bulkIndexes.get(k);
    }
  }
  const gid = FIRST_BULK_GID + bulkIndexes.length;
  const ofTable = op >= Op.TableInit;
  const second = op == Op.TableFill ? tableAt(a).type : Type.I32;
  const bytes = new Buffer(8);
  bytes.byte2(Type.I32, second);
  bytes.byte2(Type.I32, Type.I32);
  bytes.byte2(Type.I32, Type.I32);
  const extra = addExtra(internType(bytes.ptr, 5, bytes.ptr + 5, 1));
  const index = extraIndex(extra);
  bulkKeys.push(op);
  bulkKeys.push(a);
  bulkKeys.push(b);
  bulkIndexes.push(index);
  const body = extraBody(extra);
  const D: u32 = 0, X: u32 = 1, N: u32 = 2, S: u32 = 3, B: u32 = 4, PIECE: u32 = 5;
  const moves = second == Type.I32 && op != Op.MemoryFill;
  body.byte2(1, 1);
  body.byte(Type.I32);
  // the frame: the three operands, i32 ones first
  threeCodes.clear();
  threeCodes.push(0);
  threeCodes.push(0);
  threeCodes.push(second == Type.I32 ? 0 : second == Type.FuncRef ? 5 : 6);

  ifNegative(body, B);
  call(body, peekHelper());
  constant(body, gid);
  body.byte2(0x47, Op.If);
  body.byte2(0x40, Op.Unreachable);
  body.byte(Op.End);
  call(body, loadHelper(threeCodes));
  if (second == Type.I32) {
    set(body, N);
    set(body, X);
    set(body, D);
  } else {
    set(body, X);
    set(body, N);
    set(body, D);
  }
  call(body, runtime(Runtime.Resume));
  pieceCost(body, N, ofTable);
  body.byte(Op.I32Add);
  set(body, B);
  body.byte(Op.Else);
  // the whole range is checked before anything is written: by the operation itself, with length 0 at the end
  overflows(body, D, N);
  if (moves) {
    overflows(body, X, N);
    body.byte(Op.I32Or);
  }
  body.byte2(Op.If, 0x40);
  get(body, D);
  get(body, X);
  get(body, N);
  operation(body, op, a, b);
  get(body, B);
  body.byte2(Op.Return, Op.End);
  sum(body, D, N);
  if (moves) sum(body, X, N);
  else get(body, X);
  constant(body, 0);
  operation(body, op, a, b);
  body.byte(Op.End);

  body.byte2(Op.Loop, 0x40);
  get(body, B);
  pieceCost(body, N, ofTable);
  body.byte2(Op.I32Sub, Op.LocalTee);
  body.u32(B);
  constant(body, 0);
  body.byte2(Op.I32LtS, Op.If);
  body.byte(0x40);
  get(body, D);
  if (second == Type.I32) get(body, X);
  get(body, N);
  if (second != Type.I32) get(body, X);
  constant(body, gid);
  call(body, saveHelper(threeCodes));
  get(body, B);
  call(body, runtime(Runtime.Suspend));
  body.byte2(Op.If, 0x40);
  constant(body, 0);
  if (second == Type.I32) constant(body, 0);
  else body.byte2(Op.RefNull, second);
  constant(body, 0);
  get(body, S);
  constant(body, -1);
  body.byte(Op.ReturnCall);
  body.u32(index);
  body.byte(Op.End);
  get(body, B);
  body.byte2(Op.Return, Op.End);
  piece(body, N, ofTable);
  set(body, PIECE);
  const copies = op == Op.MemoryCopy || op == Op.TableCopy;
  if (copies) {
    // a destination above its source is copied from the end, as the whole would be
    get(body, D);
    get(body, X);
    body.byte2(0x4b, Op.If); // i32.gt_u
    body.byte(0x40);
    sum(body, D, N);
    get(body, PIECE);
    body.byte(Op.I32Sub);
    sum(body, X, N);
    get(body, PIECE);
    body.byte(Op.I32Sub);
    get(body, PIECE);
    operation(body, op, a, b);
    body.byte(Op.Else);
  }
  get(body, D);
  get(body, X);
  get(body, PIECE);
  operation(body, op, a, b);
  advance(body, D, PIECE);
  if (moves) advance(body, X, PIECE);
  if (copies) body.byte(Op.End);
  get(body, N);
  get(body, PIECE);
  body.byte2(Op.I32Sub, Op.LocalTee);
  body.u32(N);
  body.byte2(Op.BrIf, 0);
  body.byte(Op.End);
  get(body, B);
  body.byte(Op.End);
  return index;
}

function sum(to: Buffer, x: u32, y: u32): void {
  get(to, x);
  get(to, y);
  to.byte(Op.I32Add);
}
function advance(to: Buffer, x: u32, by: u32): void {
  sum(to, x, by);
  set(to, x);
}
/** Whether x + y needs more than 32 bits. */
function overflows(to: Buffer, x: u32, y: u32): void {
  sum(to, x, y);
  get(to, x);
  to.byte(Op.I32LtU);
}
/** min(length, the largest piece) */
function piece(to: Buffer, length: u32, ofTable: bool): void {
  const most = ofTable ? CHUNK_ELEMENTS : CHUNK_BYTES;
  get(to, length);
  constant(to, most);
  get(to, length);
  constant(to, most);
  to.byte2(Op.I32LtU, Op.Select);
}
function pieceCost(to: Buffer, length: u32, ofTable: bool): void {
  piece(to, length, ofTable);
  constant(to, ofTable ? 2 : 4);
  to.byte(ofTable ? 0x74 : 0x76);
  constant(to, 2);
  to.byte(Op.I32Add);
}
function operation(to: Buffer, op: u32, a: u32, b: u32): void {
  to.byte2(0xfc, op - 0x100);
  if (op == Op.MemoryCopy) to.byte2(0, 0);
  else if (op == Op.MemoryFill) to.byte(0);
  else {
    to.u32(a);
    if (op != Op.TableFill) to.u32(op == Op.MemoryInit ? 0 : b);
  }
}
