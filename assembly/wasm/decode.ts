// One function body as an array of instructions and a list of its control constructs.
//
// Code that cannot be reached is dropped here, with the blocks inside it; the `else`, `catch` or `end` that ends a
// dead stretch is marked so. What is kept therefore has a known operand stack at every point. This is not a validator
// (engines check types before and after), but every index and every height is checked, so no later pass can be led
// outside its arrays.

import { Vector } from "../lib/vector";
import { Failure, failed, failFunction } from "../lib/failure";
import {
  immediateOf, Immediate, isKnown, isValueType, Op, popsOf, pushOf, rowOf, Type,
} from "./opcodes";
import {
  cursor, malformed, offset, offsetOf, openReader, readByte, readCount, readSigned, readU32, remaining, seek, skip, stop,
  unsupported,
} from "./reader";
import {
  bodyAt, datas, elements, elementAt, FunctionType, functionCount, functionTypes, globalAt, globals, hasDataCount,
  importedFunctions, inputStart, memories, NONE, readHeapType, readValueType, tableAt, tables, tagTypes, typeAt,
  typeOfFunction, types,
} from "./module";
import { MAX_LOCALS, maxNesting } from "./limits";

/** One instruction. What `a`, `b` and `c` hold depends on `op`; see `decodeSpecial`. */
@unmanaged
export class Instr {
  op: u32;
  /** Address of its first byte in the input, and its length. */
  at: usize;
  size: u32;
  a: u32;
  b: u32;
  c: u32;
  /** Where `snapshots` has the operand types of a loop header (all), or of a call (those below its arguments). */
  d: u32;
}

/** A block, loop, if or try. */
@unmanaged
export class Control {
  op: u32;
  parent: u32;
  begin: u32;
  /** Instruction index of its `end` or `delegate`. */
  end: u32;
  /** Of its `else`, or NONE. */
  otherwise: u32;
  /** Operands below its parameters. */
  height: u32;
  paramCount: u32;
  params: usize;
  resultCount: u32;
  results: usize;
  /** First clause of a try, or NONE. */
  firstClause: u32;
  /** The clause a pass is in, or NONE in the body. */
  clause: u32;

  // Filled in by translator/plan.ts.
  /** Loops: weight of the body outside inner loops. */
  weight: u32;
  /** Region it lies in, and ways there: see translator/plan.ts. */
  region: u32;
  beginWay: u32;
  beginSum: u32;
  labelWay: u32;
  /** `Hoist` bits of what is inside. */
  flags: u32;
  /** Loops: ordinal among the function's loops. */
  loop: u32;
  /** Ordinals of the loops and call sites inside: of a try, of its body alone. */
  loopFrom: u32;
  loopTo: u32;
  siteFrom: u32;
  siteTo: u32;
  /** The clause it is in, or NONE. */
  outerClause: u32;

  // Filled in by the emitter: nesting levels of labels (see translator/labels.ts).
  endLevel: u32;
  otherwiseLevel: u32;
  entryLevel: u32;
  stubLevel: u32;
  stubUsed: bool;
  endUsed: bool;
  otherwiseUsed: bool;
  /** Emitted out of place, its results in canonical locals. */
  hoisted: bool;
  /** Not emitted at all. */
  skipped: bool;
  /** Real operands below it, which it must not touch. */
  frozen: u32;

  @inline param(i: u32): u32 {
    return load<u8>(this.params + i);
  }
  @inline result(i: u32): u32 {
    return load<u8>(this.results + i);
  }
}

/** A `catch` or `catch_all` of a try. */
@unmanaged
export class Clause {
  at: u32;
  /** Tag index, or NONE for catch_all. */
  tag: u32;
  next: u32;
  /** The clause around its try, or NONE. */
  outer: u32;
  control: u32;
  /** A `rethrow` names it. */
  rethrown: bool;
  /** `Hoist` bits of its body; filled in by translator/plan.ts. */
  flags: u32;
  /** Its exception is kept in locals, since it may be thrown again after a suspension. */
  kept: bool;
  /** Emitter: first of those locals or NONE, and the label's nesting level. */
  local: u32;
  level: u32;
}

const INSTR_BYTES: usize = offsetof<Instr>();
const CONTROL_BYTES: usize = offsetof<Control>();
const CLAUSE_BYTES: usize = offsetof<Clause>();

let code: usize = heap.alloc(1024 * INSTR_BYTES);
let codeCapacity: u32 = 1024;
export let instrCount: u32 = 0;

let controlMemory: usize = heap.alloc(64 * CONTROL_BYTES);
let controlCapacity: u32 = 64;
export let controlCount: u32 = 0;

let clauseMemory: usize = heap.alloc(16 * CLAUSE_BYTES);
let clauseCapacity: u32 = 16;
export let clauseCount: u32 = 0;

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

@inline export function instr(i: u32): Instr {
  return changetype<Instr>(code + <usize>i * INSTR_BYTES);
}
@inline export function control(i: u32): Control {
  return changetype<Control>(controlMemory + <usize>i * CONTROL_BYTES);
}
@inline export function clauseAt(i: u32): Clause {
  return changetype<Clause>(clauseMemory + <usize>i * CLAUSE_BYTES);
}
/** Byte offset in the input of instruction `i`. */
@inline export function instrOffset(i: u32): u32 {
  return offsetOf(instr(i).at);
}

function emit(op: u32, at: usize, a: u32, b: u32, c: u32): void {
  if (instrCount == codeCapacity) {
    const fresh = heap.alloc(<usize>codeCapacity * 2 * INSTR_BYTES);
    memory.copy(fresh, code, <usize>codeCapacity * INSTR_BYTES);
    heap.free(code);
    code = fresh;
    codeCapacity *= 2;
  }
  const item = instr(instrCount++);
  item.op = op;
  item.at = at;
  item.size = <u32>(cursor - at);
  item.a = a;
  item.b = b;
  item.c = c;
  item.d = 0;
}

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

function newControl(op: u32, type: i64): u32 {
  if (controlCount == controlCapacity) {
    const fresh = heap.alloc(<usize>controlCapacity * 2 * CONTROL_BYTES);
    memory.copy(fresh, controlMemory, <usize>controlCapacity * CONTROL_BYTES);
    heap.free(controlMemory);
    controlMemory = fresh;
    controlCapacity *= 2;
  }
  const item = control(controlCount);
  memory.fill(changetype<usize>(item), 0, CONTROL_BYTES);
  item.op = op;
  item.parent = open.length ? open.top() : NONE;
  item.begin = instrCount;
  item.end = NONE;
  item.otherwise = NONE;
  item.firstClause = NONE;
  item.clause = NONE;
  if (type >= 0) {
    const signature = typeAt(<u32>type);
    item.paramCount = signature.paramCount;
    item.params = signature.params;
    item.resultCount = signature.resultCount;
    item.results = signature.results;
  } else if (type != -64) {
    item.resultCount = 1;
    item.results = cursor - 1; // the type's own byte in the input
  }
  return controlCount++;
}

function newClause(owner: u32, tag: u32): u32 {
  if (clauseCount == clauseCapacity) {
    const fresh = heap.alloc(<usize>clauseCapacity * 2 * CLAUSE_BYTES);
    memory.copy(fresh, clauseMemory, <usize>clauseCapacity * CLAUSE_BYTES);
    heap.free(clauseMemory);
    clauseMemory = fresh;
    clauseCapacity *= 2;
  }
  const item = clauseAt(clauseCount);
  memory.fill(changetype<usize>(item), 0, CLAUSE_BYTES);
  item.at = instrCount;
  item.tag = tag;
  item.next = NONE;
  item.control = owner;
  const control_ = control(owner);
  if (control_.firstClause == NONE) control_.firstClause = clauseCount;
  else clauseAt(control_.clause).next = clauseCount;
  control_.clause = clauseCount;
  return clauseCount++;
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

function readOpcode(): u32 {
  const byte = readByte();
  if (byte < 0xfc) return byte;
  const at = cursor - 1;
  const sub = readU32();
  if (failed()) return 0;
  if (byte == 0xfc && sub < 18) return 0x100 + sub;
  if (byte == 0xfd && sub < 256) return 0x200 + sub;
  if (byte == 0xfe && sub < 0x4f) return 0x400 + sub;
  seek(at);
  if (byte == 0xfd && sub >= 0x100 && sub <= 0x12f) unsupported("relaxed SIMD");
  else if (byte == 0xfc && sub >= 19 && sub <= 22) unsupported("wide arithmetic");
  else if (byte == 0xfe && sub >= 0x4f && sub <= 0x79) unsupported("shared-everything threads");
  else malformed("illegal opcode");
  return 0;
}

function refuseOpcode(op: u32, at: usize): void {
  seek(at);
  if (op == 0x14 || op == 0x15 || (op >= 0xd4 && op <= 0xd6)) unsupported("typed function references (call_ref and its kin)");
  else if (op == 0x1f || op == 0x0a) unsupported("exnref (try_table and throw_ref of the newer exception handling)");
  else if (op == 0xfb || op == 0xd3) unsupported("garbage collection (gc instructions)");
  else if (op >= 0xe0 && op <= 0xe6) unsupported("stack switching");
  else malformed("illegal opcode");
}

/** Skips the immediates of an instruction in dead code. */
function skipImmediates(op: u32, row: u32, at: usize): void {
  const immediate = immediateOf(row);
  if (immediate != Immediate.Special) {
    skipSimple(immediate);
    return;
  }
  switch (op) {
    case Op.Block: case Op.Loop: case Op.If: case Op.Try:
      readSigned(33);
      break;
    case Op.Catch: case Op.Throw: case Op.Rethrow: case Op.Br: case Op.BrIf: case Op.Call: case Op.ReturnCall:
    case Op.Delegate: case Op.LocalGet: case Op.LocalSet: case Op.LocalTee: case Op.GlobalGet: case Op.GlobalSet:
    case Op.TableGet: case Op.TableSet: case Op.MemorySize: case Op.MemoryGrow: case Op.RefFunc: case Op.DataDrop:
    case Op.ElemDrop: case Op.TableGrow: case Op.TableSize: case Op.TableFill: case Op.MemoryFill: case Op.AtomicFence:
      readU32();
      break;
    case Op.CallIndirect: case Op.ReturnCallIndirect: case Op.MemoryInit: case Op.MemoryCopy: case Op.TableInit:
    case Op.TableCopy:
      readU32();
      readU32();
      break;
    case Op.AtomicNotify: case Op.AtomicWait32: case Op.AtomicWait64:
      skipSimple(Immediate.MemArg);
      break;
    case Op.BrTable: {
      const count = readCount(MAX_TARGETS, "br_table targets");
      for (let i: u32 = 0; i <= count && !failed(); i++) readU32();
      break;
    }
    case Op.SelectT: {
      const count = readU32();
      if (count != 1 && !failed()) malformed("invalid result arity");
      readValueType();
      break;
    }
    case Op.RefNull:
      readHeapType();
      break;
    default:
      break;
  }
}

const MAX_TARGETS: u32 = 7654321;

function skipSimple(immediate: u32): void {
  switch (immediate) {
    case Immediate.None: return;
    case Immediate.MemArg: readMemArg(); return;
    case Immediate.I32: readSigned(32); return;
    case Immediate.I64: readSigned(64); return;
    case Immediate.F32: skip(4); return;
    case Immediate.F64: skip(8); return;
    case Immediate.Bytes16: skip(16); return;
    case Immediate.Lane: skip(1); return;
    case Immediate.MemArgLane: readMemArg(); skip(1); return;
    default: return;
  }
}

let memArgOffset: u32 = 0;
function readMemArg(): void {
  const align = readU32();
  if (align >= 64 && align < 128 && !failed()) {
    unsupported("multiple memories");
    return;
  }
  if (align >= 32 && !failed()) malformed("malformed memop flags");
  if (memories == 0 && !failed()) malformed("unknown memory 0");
  memArgOffset = readU32();
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
  instrCount = 0;
  controlCount = 0;
  clauseCount = 0;
  maxHeight = 0;
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
      emit(op, at, a, 0, 0);
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
      emit(op, at, 0, 0, 0);
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
      const index = newControl(op, type);
      const item = control(index);
      if (stack.length < floor() + item.paramCount) {
        malformed("type mismatch: too few operands for a block");
        return false;
      }
      item.height = stack.length - item.paramCount;
      land(item.height, item.params, item.paramCount);
      open.push(index);
      if (open.length > maxNesting) tooDeep(at);
      const seen = op == Op.Loop ? snapshot(0) : 0;
      emit(op, at, index, 0, 0);
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
      emit(op, at, open.top(), 0, dead);
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
      emit(op, at, open.top(), clause, dead);
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
        emit(op, at, NONE, 0, dead);
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
      emit(op, at, tag, 0, 0);
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
      emit(op, at, depth, owner, control(owner).clause);
      return true;
    }
    case Op.Br: {
      const depth = readU32();
      checkLabel(depth);
      emit(op, at, depth, 0, 0);
      return true;
    }
    case Op.BrIf: {
      const depth = readU32();
      pop(1);
      checkLabel(depth);
      emit(op, at, depth, 0, 0);
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
      emit(op, at, first, count + 1, 0);
      return true;
    }
    case Op.Return:
      pop(currentType.resultCount);
      emit(op, at, 0, 0, 0);
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
      emit(op, at, callee, 0, 0);
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
      emit(op, at, typeIndex, table, 0);
      instr(instrCount - 1).d = seen;
      if (op == Op.ReturnCallIndirect) return true;
      pushTypes(type.results, type.resultCount);
      return false;
    }
    case Op.Drop:
      pop(1);
      emit(op, at, 0, 0, 0);
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
      emit(op, at, type, 0, 0);
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
      emit(op, at, index, 0, 0);
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
      emit(op, at, index, 0, 0);
      return false;
    }
    case Op.MemorySize: case Op.MemoryGrow: {
      memoryZero();
      if (op == Op.MemoryGrow) pop(1);
      pushOne(Type.I32);
      emit(op, at, 0, 0, 0);
      return false;
    }
    case Op.RefNull: {
      const type = readHeapType();
      pushOne(type);
      emit(op, at, type, 0, 0);
      return false;
    }
    case Op.RefFunc: {
      const index = readU32();
      if (!failed() && index >= functionCount()) malformed("unknown function");
      pushOne(Type.FuncRef);
      emit(op, at, index, 0, 0);
      return false;
    }
    case Op.AtomicNotify: case Op.AtomicWait32: case Op.AtomicWait64: {
      readMemArg();
      const seen = snapshot(op == Op.AtomicNotify ? 2 : 3);
      pop(op == Op.AtomicNotify ? 2 : 3);
      pushOne(Type.I32);
      emit(op, at, memArgOffset, 0, 0);
      instr(instrCount - 1).d = seen;
      return false;
    }
    case Op.AtomicFence:
      if (readByte() != 0) malformed("zero byte expected");
      emit(op, at, 0, 0, 0);
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
  emit(op, at, a, b, 0);
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
  if (!dead) checkHeight(item);
  if (item.op == Op.If && item.otherwise == NONE && item.paramCount != item.resultCount) {
    malformed("type mismatch: an if without else must leave what it takes");
    return false;
  }
  item.end = instrCount;
  emit(op, at, index, depth, dead);
  land(item.height, item.results, item.resultCount);
  return false;
}
