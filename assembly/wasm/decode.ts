// One function body as an array of instructions and a list of its control constructs.
//
// Code that cannot be reached is dropped here, with the blocks inside it; the `else`, `catch` or `end` that ends a
// dead stretch is marked so. What is kept therefore has a known operand stack at every point. This is not a validator
// (engines check types before and after), but every index and every height is checked, so no later pass can be led
// outside its arrays.

import { failed, failFunction, Failure } from "../lib/failure";
import { Vector } from "../lib/vector";
import { addInstr, clauseAt, clearCode, Control, control, instr, instrCount, newClause, newControl } from "./code";
import {
  MAX_TARGETS, memArgOffset, readMemArg, readOpcode, refuseOpcode, skipImmediates, skipSimple,
} from "./immediates";
import { MAX_LOCALS, MAX_NESTED_TRIES, maxNesting } from "./limits";
import {
  bodyAt, datas, elementAt, elements, functionCount, FunctionType, functionTypes, globalAt, globals, hasDataCount,
  importedFunctions, inputStart, memories, NONE, tableAt, tables, tagTypes, typeAt, typeOfFunction, types,
} from "./module";
import { Immediate, immediateOf, isKnown, isValueType, Op, popsOf, pushOf, rowOf, Type } from "./opcodes";
import {
  cursor, malformed, offset, offsetOf, openReader, readByte, readCount, readSigned, readU32, remaining, seek, stop,
  unsupported,
} from "./reader";
import { readHeapType, readValueType } from "./types";

/** Types of parameters and locals, a word each. */
export const localTypes = new Vector(64);
/** Depths of br_table targets. */
export const targets = new Vector(64);
/** Greatest height of the operand stack. */
export let maxHeight: u32 = 0;
/** A branch goes to the function's own label. */
export let branchesToEnd: bool = false;
export let currentFunction: u32 = 0;
export let currentType: FunctionType = changetype<FunctionType>(0);

/** Operand types; above them, for results of simple instructions, the instruction's number plus one. */
const stack = new Vector(256);
/** Open controls; the function itself is not among them. */
const open = new Vector(64);

/** Operand types at possible resume points: a length, then so many types. Kept only when asked for. */
export const snapshots = new Vector(64);
let keepsSnapshots: bool = false;
/** Most words of snapshots: beyond it every call would have to save far too many operands. */
const MAX_SNAPSHOT_WORDS: u32 = 1 << 20;

/** Notes the operand types below the topmost `above` for the instruction that comes next. */
function snapshot(above: u32): u32 {
  if (!keepsSnapshots || stack.length < above) return 0;
  const at = snapshots.length;
  const length = stack.length - above;
  snapshots.push(length);
  for (let k: u32 = 0; k < length; k++) snapshots.push(stack.get(k) & 0xff);
  if (snapshots.length > MAX_SNAPSHOT_WORDS) {
    failFunction(Failure.Limit, offset(), currentFunction, "too many operands are kept on the stack across calls");
    stop();
  }
  return at;
}

@inline function floor(): u32 {
  return open.length ? control(open.top()).height : 0;
}

function pop(count: u32): void {
  if (stack.length < floor() + count) malformed("type mismatch: too few operands");
  else stack.length -= count;
}

/** Scalar float arithmetic, comparisons and conversions: the sign and payload of a NaN operand do not reach the result. */
export function ignoresNaNBits(op: u32): bool {
  return (op >= 0x8d && op <= 0x97) || (op >= 0x9b && op <= 0xa5) || (op >= 0x5b && op <= 0x66) || op == 0xb6 || op == 0xbb
    || (op >= 0xa8 && op <= 0xab) || (op >= 0xae && op <= 0xb1) || (op >= 0x100 && op <= 0x107);
}

/** Marks (in `d`) the instructions that made the operands just taken: nobody sees the bits of a NaN they made. */
function hideNaNs(count: u32): void {
  for (let k: u32 = 0; k < count; k++) {
    const maker = stack.get(stack.length + k) >> 8;
    if (maker) instr(maker - 1).d = 1;
  }
}

@inline function push(type: u32): void {
  stack.push(type);
}

function pushTypes(at: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) push(load<u8>(at + i));
  if (stack.length > maxHeight) maxHeight = stack.length;
}

/** Checks a branch depth and that its operands are there. */
function checkLabel(depth: u32): void {
  if (failed()) return;
  let need: u32;
  if (depth == open.length) {
    need = currentType.resultCount;
    branchesToEnd = true;
  }
  else if (depth < open.length) {
    const target = control(open.get(open.length - 1 - depth));
    need = target.op == Op.Loop ? target.paramCount : target.resultCount;
  } else {
    malformed("unknown label");
    return;
  }
  if (stack.length < floor() + need) malformed("type mismatch: too few operands for a branch");
}

function readLocals(signature: FunctionType): void {
  localTypes.clear();
  for (let i: u32 = 0; i < signature.paramCount; i++) localTypes.push(signature.param(i));
  const groups = readCount(MAX_LOCALS, "local groups");
  for (let g: u32 = 0; g < groups && !failed(); g++) {
    const at = offset();
    const count = readU32();
    const type = readValueType();
    if (failed()) return;
    if (<u64>count + localTypes.length > MAX_LOCALS) {
      failFunction(Failure.Limit, at, currentFunction, "more locals than engines accept");
      stop();
      return;
    }
    localTypes.fill(localTypes.length + count, type);
  }
}

/** Decodes the body of defined function `index` (its index among the defined ones). */
export function decodeBody(index: u32, withSnapshots: bool): void {
  keepsSnapshots = withSnapshots;
  snapshots.clear();
  const body = bodyAt(index);
  currentFunction = importedFunctions + index;
  currentType = typeOfFunction(currentFunction);
  openReader(inputStart, body.start, body.end);
  clearCode();
  maxHeight = 0;
  openTries = 0;
  branchesToEnd = false;
  stack.clear();
  open.clear();
  targets.clear();
  readLocals(currentType);
  let dead = false;
  let nested: u32 = 0;
  while (!failed()) {
    const at = cursor;
    const op = readOpcode();
    if (failed()) return;
    const row = rowOf(op);
    if (!isKnown(row)) {
      refuseOpcode(op, at);
      return;
    }
    if (dead) {
      if (op == Op.Block || op == Op.Loop || op == Op.If || op == Op.Try) {
        if (++nested > maxNesting) tooDeep(at);
      } else if (op == Op.End || op == Op.Delegate) {
        if (nested > 0) {
          nested--;
          skipImmediates(op, row, at);
          continue;
        }
      }
      const ends = nested == 0 && (op == Op.End || op == Op.Else || op == Op.Catch || op == Op.CatchAll || op == Op.Delegate);
      if (!ends) {
        skipImmediates(op, row, at);
        continue;
      }
    }
    const immediate = immediateOf(row);
    if (immediate != Immediate.Special) {
      let a: u32 = 0;
      if (immediate == Immediate.I32) a = <u32>readSigned(32);
      else {
        skipSimple(immediate);
        if (immediate == Immediate.MemArg) a = memArgOffset;
      }
      const pops = popsOf(row);
      pop(pops);
      if (ignoresNaNBits(op)) hideNaNs(pops);
      const type = pushOf(row);
      if (type) {
        push(type | ((instrCount + 1) << 8));
        if (stack.length > maxHeight) maxHeight = stack.length;
      }
      addInstr(op, at, a, 0, 0);
      continue;
    }
    const wasDead = dead;
    dead = decodeSpecial(op, at, dead);
    if (open.length == 0 && op == Op.End && finished) {
      finished = false;
      if (remaining() != 0) malformed("operators remaining after end of function");
      return;
    }
    if (wasDead && !dead) nested = 0;
  }
}

let finished: bool = false;
/** Tries around the present place; each call looks at all of them. */
let openTries: u32 = 0;

function tooDeep(at: usize): void {
  failFunction(Failure.Limit, offsetOf(at), currentFunction, "blocks nested too deeply");
  stop();
}

/** Brings the operand stack to `height` plus the given types, as after a label. */
function land(height: u32, at: usize, count: u32): void {
  stack.length = height;
  pushTypes(at, count);
}

/** Decodes an instruction with a meaning of its own; answers whether the code after it is dead. */
function decodeSpecial(op: u32, at: usize, dead: bool): bool {
  switch (op) {
    case Op.Unreachable:
      addInstr(op, at, 0, 0, 0);
      return true;
    case Op.Nop:
      return false;
    case Op.Block: case Op.Loop: case Op.If: case Op.Try: {
      const from = cursor;
      const type = readSigned(33);
      if (failed()) return false;
      if (type >= 0 ? type >= <i64>types.length : cursor - from != 1 || type != -64 && !isValueType(<u32>type & 0x7f)) {
        seek(cursor - 1);
        if (type < 0) readValueType();
        if (!failed()) malformed("unknown type");
        return false;
      }
      if (op == Op.If) pop(1);
      const index = newControl(op, type, open.length ? open.top() : NONE);
      const item = control(index);
      if (stack.length < floor() + item.paramCount) {
        malformed("type mismatch: too few operands for a block");
        return false;
      }
      item.height = stack.length - item.paramCount;
      land(item.height, item.params, item.paramCount);
      open.push(index);
      if (open.length > maxNesting || (op == Op.Try && ++openTries > MAX_NESTED_TRIES)) tooDeep(at);
      const seen = op == Op.Loop ? snapshot(0) : 0;
      addInstr(op, at, index, 0, 0);
      instr(instrCount - 1).d = seen;
      return false;
    }
    case Op.Else: {
      if (open.length == 0 || control(open.top()).op != Op.If || control(open.top()).otherwise != NONE) {
        malformed("else without if");
        return false;
      }
      const item = control(open.top());
      if (!dead) checkHeight(item);
      item.otherwise = instrCount;
      addInstr(op, at, open.top(), 0, dead);
      land(item.height, item.params, item.paramCount);
      return false;
    }
    case Op.Catch: case Op.CatchAll: {
      const tag = op == Op.Catch ? readU32() : NONE;
      if (failed()) return false;
      if (op == Op.Catch && tag >= tagTypes.length) {
        malformed("unknown tag");
        return false;
      }
      if (open.length == 0 || control(open.top()).op != Op.Try) {
        malformed("catch without try");
        return false;
      }
      const item = control(open.top());
      if (!dead) checkHeight(item);
      if (item.clause != NONE && clauseAt(item.clause).tag == NONE) {
        malformed("catch after catch_all");
        return false;
      }
      const clause = newClause(open.top(), tag);
      addInstr(op, at, open.top(), clause, dead);
      stack.length = item.height;
      if (op == Op.Catch) {
        const type = typeAt(tagTypes.get(tag));
        pushTypes(type.params, type.paramCount);
      }
      return false;
    }
    case Op.Delegate: {
      const depth = readU32();
      if (failed()) return false;
      if (open.length == 0 || control(open.top()).op != Op.Try || control(open.top()).clause != NONE) {
        malformed("delegate without try");
        return false;
      }
      if (depth >= open.length) {
        // the try itself does not count: depth open.length - 1 is the function
        malformed("unknown label");
        return false;
      }
      return close(op, at, depth, dead);
    }
    case Op.End: {
      if (open.length == 0) {
        if (!dead && stack.length != currentType.resultCount) malformed("type mismatch: wrong number of results");
        addInstr(op, at, NONE, 0, dead);
        finished = true;
        return false;
      }
      return close(op, at, 0, dead);
    }
    case Op.Throw: {
      const tag = readU32();
      if (failed()) return false;
      if (tag >= tagTypes.length) {
        malformed("unknown tag");
        return false;
      }
      pop(typeAt(tagTypes.get(tag)).paramCount);
      addInstr(op, at, tag, 0, 0);
      return true;
    }
    case Op.Rethrow: {
      const depth = readU32();
      if (failed()) return false;
      const owner = depth < open.length ? open.get(open.length - 1 - depth) : NONE;
      if (owner == NONE || control(owner).op != Op.Try || control(owner).clause == NONE) {
        malformed("invalid rethrow label");
        return false;
      }
      clauseAt(control(owner).clause).rethrown = true;
      addInstr(op, at, depth, owner, control(owner).clause);
      return true;
    }
    case Op.Br: {
      const depth = readU32();
      checkLabel(depth);
      addInstr(op, at, depth, 0, 0);
      return true;
    }
    case Op.BrIf: {
      const depth = readU32();
      pop(1);
      checkLabel(depth);
      addInstr(op, at, depth, 0, 0);
      return false;
    }
    case Op.BrTable: {
      const count = readCount(MAX_TARGETS, "br_table targets");
      pop(1);
      const first = targets.length;
      for (let i: u32 = 0; i <= count && !failed(); i++) {
        const depth = readU32();
        checkLabel(depth);
        targets.push(depth);
      }
      addInstr(op, at, first, count + 1, 0);
      return true;
    }
    case Op.Return:
      pop(currentType.resultCount);
      addInstr(op, at, 0, 0, 0);
      return true;
    case Op.Call: case Op.ReturnCall: {
      const callee = readU32();
      if (failed()) return false;
      if (callee >= functionCount()) {
        malformed("unknown function");
        return false;
      }
      const type = typeAt(functionTypes.get(callee));
      const seen = snapshot(type.paramCount);
      pop(type.paramCount);
      addInstr(op, at, callee, 0, 0);
      instr(instrCount - 1).d = seen;
      if (op == Op.ReturnCall) return true;
      pushTypes(type.results, type.resultCount);
      return false;
    }
    case Op.CallIndirect: case Op.ReturnCallIndirect: {
      const typeIndex = readU32();
      const table = readU32();
      if (failed()) return false;
      if (typeIndex >= types.length || table >= tables.length || tableAt(table).type != Type.FuncRef) {
        malformed("unknown type or table of an indirect call");
        return false;
      }
      const type = typeAt(typeIndex);
      const seen = snapshot(type.paramCount + 1);
      pop(1);
      pop(type.paramCount);
      addInstr(op, at, typeIndex, table, 0);
      instr(instrCount - 1).d = seen;
      if (op == Op.ReturnCallIndirect) return true;
      pushTypes(type.results, type.resultCount);
      return false;
    }
    case Op.Drop:
      pop(1);
      addInstr(op, at, 0, 0, 0);
      return false;
    case Op.Select: case Op.SelectT: {
      let type: u32 = 0;
      if (op == Op.SelectT) {
        if (readU32() != 1 && !failed()) malformed("invalid result arity");
        type = readValueType();
      }
      pop(3);
      if (failed()) return false;
      if (op == Op.Select) type = stack.get(stack.length) & 0xff;
      push(type);
      addInstr(op, at, type, 0, 0);
      return false;
    }
    case Op.LocalGet: case Op.LocalSet: case Op.LocalTee: {
      const index = readU32();
      if (failed()) return false;
      if (index >= localTypes.length) {
        malformed("unknown local");
        return false;
      }
      if (op == Op.LocalGet) {
        push(localTypes.get(index));
        if (stack.length > maxHeight) maxHeight = stack.length;
      } else {
        pop(1);
        if (op == Op.LocalTee) push(localTypes.get(index));
      }
      addInstr(op, at, index, 0, 0);
      return false;
    }
    case Op.GlobalGet: case Op.GlobalSet: {
      const index = readU32();
      if (failed()) return false;
      if (index >= globals.length) {
        malformed("unknown global");
        return false;
      }
      if (op == Op.GlobalGet) pushOne(globalAt(index).type);
      else pop(1);
      addInstr(op, at, index, 0, 0);
      return false;
    }
    case Op.MemorySize: case Op.MemoryGrow: {
      memoryZero();
      if (op == Op.MemoryGrow) pop(1);
      pushOne(Type.I32);
      addInstr(op, at, 0, 0, 0);
      return false;
    }
    case Op.RefNull: {
      const type = readHeapType();
      pushOne(type);
      addInstr(op, at, type, 0, 0);
      return false;
    }
    case Op.RefFunc: {
      const index = readU32();
      if (!failed() && index >= functionCount()) malformed("unknown function");
      pushOne(Type.FuncRef);
      addInstr(op, at, index, 0, 0);
      return false;
    }
    case Op.AtomicNotify: case Op.AtomicWait32: case Op.AtomicWait64: {
      readMemArg();
      const seen = snapshot(op == Op.AtomicNotify ? 2 : 3);
      pop(op == Op.AtomicNotify ? 2 : 3);
      pushOne(Type.I32);
      addInstr(op, at, memArgOffset, 0, 0);
      instr(instrCount - 1).d = seen;
      return false;
    }
    case Op.AtomicFence:
      if (readByte() != 0) malformed("zero byte expected");
      addInstr(op, at, 0, 0, 0);
      return false;
    default:
      decodeTableOrBulk(op, at);
      return false;
  }
}

@inline function pushOne(type: u32): void {
  push(type);
  if (stack.length > maxHeight) maxHeight = stack.length;
}

function memoryZero(): void {
  const index = readU32();
  if (failed()) return;
  if (index != 0) unsupported("multiple memories");
  else if (memories == 0) malformed("unknown memory 0");
}

function tableOperand(): u32 {
  const index = readU32();
  if (!failed() && index >= tables.length) malformed("unknown table");
  return failed() ? 0 : index;
}

function elementOperand(): u32 {
  const index = readU32();
  if (!failed() && index >= elements.length) malformed("unknown elem segment");
  return failed() ? 0 : index;
}

function dataOperand(): u32 {
  const index = readU32();
  if (failed()) return 0;
  // the data section comes after the code: its count is checked against the data count when the module is parsed
  if (!hasDataCount) malformed("data count section required");
  else if (index >= datas.length) malformed("unknown data segment");
  return failed() ? 0 : index;
}

function decodeTableOrBulk(op: u32, at: usize): void {
  let a: u32 = 0;
  let b: u32 = 0;
  const seen = isThreeOperandBulk(op) ? snapshot(3) : 0;
  switch (op) {
    case Op.TableGet:
      a = tableOperand();
      pop(1);
      if (!failed()) pushOne(tableAt(a).type);
      break;
    case Op.TableSet:
      a = tableOperand();
      pop(2);
      break;
    case Op.TableSize:
      a = tableOperand();
      pushOne(Type.I32);
      break;
    case Op.TableGrow:
      a = tableOperand();
      pop(2);
      pushOne(Type.I32);
      break;
    case Op.TableFill:
      a = tableOperand();
      pop(3);
      break;
    case Op.TableCopy:
      a = tableOperand();
      b = tableOperand();
      pop(3);
      break;
    case Op.TableInit:
      a = elementOperand();
      b = tableOperand();
      pop(3);
      if (!failed() && elementAt(a).type != tableAt(b).type) malformed("type mismatch: segment and table");
      break;
    case Op.ElemDrop:
      a = elementOperand();
      break;
    case Op.DataDrop:
      a = dataOperand();
      break;
    case Op.MemoryInit:
      a = dataOperand();
      memoryZero();
      pop(3);
      break;
    case Op.MemoryCopy:
      memoryZero();
      memoryZero();
      pop(3);
      break;
    case Op.MemoryFill:
      memoryZero();
      pop(3);
      break;
    default:
      malformed("illegal opcode");
      return;
  }
  addInstr(op, at, a, b, 0);
  instr(instrCount - 1).d = seen;
}

function isThreeOperandBulk(op: u32): bool {
  return op == Op.MemoryInit || op == Op.MemoryCopy || op == Op.MemoryFill
    || op == Op.TableInit || op == Op.TableCopy || op == Op.TableFill;
}

function checkHeight(item: Control): void {
  if (stack.length != item.height + item.resultCount) malformed("type mismatch: wrong number of results of a block");
}

/** `end` or `delegate` of the innermost control. */
function close(op: u32, at: usize, depth: u32, dead: bool): bool {
  const index = open.pop();
  const item = control(index);
  if (item.op == Op.Try) openTries--;
  if (!dead) checkHeight(item);
  if (item.op == Op.If && item.otherwise == NONE && item.paramCount != item.resultCount) {
    malformed("type mismatch: an if without else must leave what it takes");
    return false;
  }
  item.end = instrCount;
  addInstr(op, at, index, depth, dead);
  land(item.height, item.results, item.resultCount);
  return false;
}
