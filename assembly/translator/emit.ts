// Writes the FAST or the SLOW copy of the planned function: one walk over its instructions.
//
// FAST is the function itself with charges, tests and spills; it resumes at loops. SLOW has no loops: it is entered to
// finish a frame that was suspended at a call, and hands over to FAST wherever a loop begins or goes round.
// docs/translator.md, section 6, has the pattern.

import { Buffer } from "../lib/buffer";
import { control, Instr, instr, instrCount, instrOffset } from "../wasm/code";
import { branchesToEnd, currentFunction, currentType, localTypes } from "../wasm/decode";
import { MAX_BODY_BYTES } from "../wasm/limits";
import { globalAt, importedFunctions, tableAt, tagTypes, typeAt, typeIndexOfFunction } from "../wasm/module";
import { Op, popsOf, pushOf, rowOf, Type } from "../wasm/opcodes";
import { branchAlways, branchIf, branchTable, openFunctionLabel } from "./branches";
import { emitControl, resetControlFlow } from "./control-flow";
import { siteLevels, writeDispatch } from "./dispatch";
import { rethrow, throwTag } from "./exceptions";
import { dropDataSegment, dropElementSegment, notifyHelper, tableGrowHelper, wrapperOf } from "./extras";
import { layOutEntry, layOutLoop, resetFrames, sharesSites, writeSave } from "./frames";
import { finishMarks, markOrigin, markUnlikely, resetMarks } from "./hints";
import { closeLabel, enter, level, openBlock, resetLevel } from "./labels";
import { canonicalizeNaN } from "./nan";
import {
  beginFunction, budgetLocal, call, constant, dead, drop, effect, fast, get, leave, mapLocal, need, newLocal,
  operands, out, push, pushAll, real, set, setDead, setReal, settle, stackLocal, tee, threaded, writeLocals,
} from "./operands";
import { fastIndex, globalIndex, Runtime, runtime, slowIndex, threadedType } from "./output";
import { entryWeight, firstGid, loopGid, loops, siteGid, sites } from "./plan";
import {
  chargeBudget, entryStack, isNegative, openTail, readGid, reenterFast, resetPoints, restoreEntry, restoreShared,
  writeSuspend, writeTail,
} from "./points";
import { openRegion } from "./regions";
import { emitSite, openDeferred, writeDeferred } from "./sites";
import { successorHelper } from "./successors";
import { has, Is, isBulk, stackBytesOf } from "./survey";

/**
 * Writes a copy of the planned function as a whole body into `to`. A function that cannot be suspended has one copy
 * (`isFast`), with its original type unless closed tables hold it.
 */
export function emitFunction(isFast: bool, to: Buffer): void {
  beginFunction(isFast, has(currentFunction, Is.Threaded));
  resetLevel();
  resetPoints();
  resetFrames();
  resetMarks();
  resetControlFlow();
  siteLevels.fill(sites.length, 0);
  openTail();
  // stubs stand behind the body: their labels are outermost, the last stub's first
  for (let k = loops.length; k-- > 0; ) control(loops.get(k)).stubLevel = openBlock();
  openDeferred();
  if (branchesToEnd) openFunctionLabel();
  openRegion(0, instrCount - 1);
  if (isFast) prologueOfFast();
  else prologueOfSlow();
  // what grows too large is refused by the caller
  for (let i: u32 = 0; i < instrCount && out.length <= MAX_BODY_BYTES; i++) i = emitInstr(i);
  if (out.length > MAX_BODY_BYTES) {
    to.append(out);
    return;
  }
  writeDeferred();
  for (let k: u32 = 0; k < loops.length; k++) writeStub(k);
  writeTail();
  out.byte(Op.End);
  const start = to.length;
  writeLocals(to);
  const shift = to.length - start;
  to.append(out);
  finishMarks(isFast ? fastIndex(currentFunction) : slowIndex(currentFunction), currentFunction, shift);
}

function prologueOfFast(): void {
  const f = currentFunction;
  if (!has(f, Is.Charged)) return;
  chargeBudget(entryWeight);
  if (has(f, Is.Checked)) {
    get(stackLocal);
    constant(stackBytesOf(f));
    out.byte(Op.I32Sub);
    tee(stackLocal);
    out.byte(Op.I32Or);
  }
  isNegative();
  markUnlikely();
  out.byte2(Op.If, 0x40);
  enter();
  if (loops.length) writeDispatch(readGid(), false, 0, loops.length);
  for (let k: u32 = 0; k < currentType.paramCount; k++) get(k);
  entryStack();
  get(budgetLocal);
  out.byte(Op.ReturnCall);
  out.u32(slowIndex(f));
  closeLabel(level);
}

function prologueOfSlow(): void {
  const f = currentFunction;
  const charged = has(f, Is.Charged);
  if (has(f, Is.Checked)) {
    get(stackLocal);
    constant(stackBytesOf(f));
    out.byte(Op.I32Sub);
    set(stackLocal);
  }
  const gid = readGid();
  get(gid);
  isNegative();
  out.byte2(Op.If, 0x40);
  enter();
  if (charged) {
    if (has(f, Is.Checked)) {
      get(stackLocal);
      isNegative();
      out.byte2(Op.If, 0x40);
      call(runtime(Runtime.Overflow));
      out.byte2(Op.Unreachable, Op.End);
    }
    layOutEntry();
    writeSave(firstGid);
    writeSuspend();
  } else {
    // charged by its callers: nothing stops here, and SLOW callers come by without rewinding
    for (let k: u32 = 0; k < currentType.paramCount; k++) get(k);
    get(stackLocal);
    get(budgetLocal);
    out.byte(Op.ReturnCall);
    out.u32(fastIndex(f));
  }
  closeLabel(level);
  if (charged) {
    get(gid);
    constant(firstGid);
    out.byte2(0x46, Op.If);
    out.byte(0x40);
    enter();
    restoreEntry();
    closeLabel(level);
  }
  if (sharesSites) {
    get(gid);
    constant(siteGid(0));
    out.byte(Op.I32Sub);
    constant(sites.length);
    out.byte2(Op.I32LtU, Op.If);
    out.byte(0x40);
    enter();
    restoreShared();
    writeDispatch(gid, true, 0, sites.length);
    closeLabel(level);
  } else writeDispatch(gid, true, 0, sites.length);
  if (has(f, Is.TailCalls)) {
    // not a frame of this function: a tail call had replaced it
    entryStack();
    constant(-1);
    out.byte(Op.ReturnCall);
    out.u32(successorHelper(currentType));
  }
  out.byte(Op.Unreachable);
  setDead(true);
}

/** Behind the body: FAST suspends at a loop, SLOW hands over to FAST at a loop. */
function writeStub(k: u32): void {
  const block = control(loops.get(k));
  closeLabel(block.stubLevel);
  if (!fast && !block.stubUsed) {
    out.byte(Op.Unreachable);
    return;
  }
  layOutLoop(k);
  writeSave(loopGid(k));
  if (fast) writeSuspend();
  else {
    get(budgetLocal);
    constant(block.weight);
    out.byte(Op.I32Sub);
    call(runtime(Runtime.Handoff));
    reenterFast();
  }
}

// ---- instructions

/** Copies instruction `i` as it is. Only for those without an index that changes. */
@inline function copy(item: Instr): void {
  out.raw(item.at, item.size);
}

/** Writes instruction `i`; answers the last instruction that is done with. */
function emitInstr(i: u32): u32 {
  const item = instr(i);
  const op = item.op;
  if (op <= Op.End && op >= Op.Block || op == Op.CatchAll || op == Op.Delegate) {
    if (op != Op.Throw && op != Op.Rethrow) return emitControl(i, item, op);
  }
  markOrigin(instrOffset(i));
  if (op == Op.LocalGet) {
    const type = localTypes.get(item.a);
    if (!dead) get(mapLocal(item.a));
    operands.push(type);
    if (!dead) setReal(real + 1);
    return i;
  }
  if (item.c && op != Op.Rethrow) {
    emitSite(i, item);
    return i;
  }
  if (dead) {
    skipInstr(item, op);
    return i;
  }
  const row = rowOf(op);
  if (op >= Op.I32Const && op < Op.RefNull) {
    const pops = popsOf(row);
    if (real < pops) need(pops);
    copy(item);
    settle(pops, pushOf(row));
    canonicalizeNaN(item);
    return i;
  }
  emitSpecial(i, item, op, row);
  return i;
}

/** In dead code only the operand types go on. */
function skipInstr(item: Instr, op: u32): void {
  setReal(0);
  switch (op) {
    case Op.LocalSet: case Op.Drop: case Op.GlobalSet: effect(1, 0); return;
    case Op.LocalTee: return;
    case Op.GlobalGet: effect(0, globalAt(item.a).type); return;
    case Op.TableGet: effect(1, tableAt(item.a).type); return;
    case Op.TableSet: effect(2, 0); return;
    case Op.Select: case Op.SelectT: effect(3, item.a); return;
    case Op.MemorySize: effect(0, Type.I32); return;
    case Op.MemoryGrow: effect(1, Type.I32); return;
    case Op.RefNull: effect(0, item.a); return;
    case Op.RefFunc: effect(0, Type.FuncRef); return;
    case Op.TableSize: effect(0, Type.I32); return;
    case Op.TableGrow: case Op.AtomicNotify: effect(2, Type.I32); return;
    case Op.Call: {
      const type = typeAt(typeIndexOfFunction(item.a));
      operands.length -= type.paramCount;
      pushAll(type.results, type.resultCount, false);
      return;
    }
    case Op.BrIf: effect(1, 0); return;
    case Op.DataDrop: case Op.ElemDrop: case Op.AtomicFence: return;
    case Op.Br: case Op.BrTable: case Op.Return: case Op.Unreachable: case Op.Throw: case Op.Rethrow:
    case Op.ReturnCall: case Op.ReturnCallIndirect: return;
    default: {
      if (isBulk(op)) {
        effect(3, 0);
        return;
      }
      const row = rowOf(op);
      effect(popsOf(row), pushOf(row));
    }
  }
}

function emitSpecial(i: u32, item: Instr, op: u32, row: u32): void {
  switch (op) {
    case Op.LocalSet:
      need(1);
      set(mapLocal(item.a));
      drop(1);
      return;
    case Op.LocalTee:
      need(1);
      tee(mapLocal(item.a));
      return;
    case Op.Drop:
      if (real == 0) effect(1, 0); // it lies in a local: nothing to take away
      else {
        out.byte(Op.Drop);
        drop(1);
      }
      return;
    case Op.Select: case Op.SelectT:
      need(3);
      copy(item);
      settle(3, item.a);
      return;
    case Op.GlobalGet:
      out.byte(op);
      out.u32(globalIndex(item.a));
      push(globalAt(item.a).type);
      return;
    case Op.GlobalSet:
      need(1);
      out.byte(op);
      out.u32(globalIndex(item.a));
      drop(1);
      return;
    case Op.TableGet:
      need(1);
      copy(item);
      settle(1, tableAt(item.a).type);
      return;
    case Op.TableSet:
      need(2);
      copy(item);
      drop(2);
      return;
    case Op.TableSize:
      copy(item);
      push(Type.I32);
      return;
    case Op.TableGrow:
      need(2);
      call(tableGrowHelper(item.a));
      settle(2, Type.I32);
      return;
    case Op.MemorySize:
      call(runtime(Runtime.MemorySize));
      push(Type.I32);
      return;
    case Op.MemoryGrow:
      need(1);
      call(runtime(Runtime.MemoryGrow));
      settle(1, Type.I32);
      return;
    case Op.RefNull:
      copy(item);
      push(item.a);
      return;
    case Op.RefFunc:
      out.byte(op);
      out.u32(wrapperOf(item.a));
      push(Type.FuncRef);
      return;
    case Op.DataDrop:
      copy(item);
      dropDataSegment(out, item.a);
      return;
    case Op.ElemDrop:
      copy(item);
      dropElementSegment(out, item.a);
      return;
    case Op.AtomicNotify:
      need(2);
      call(notifyHelper(item.a));
      settle(2, Type.I32);
      return;
    case Op.AtomicFence:
      copy(item);
      return;
    case Op.Call:
      callPlain(item.a);
      return;
    case Op.ReturnCall:
      tailCall(item.a);
      return;
    case Op.ReturnCallIndirect: {
      const type = typeAt(item.a);
      const index = newLocal(Type.I32);
      need(type.paramCount + 1);
      set(index);
      entryStack();
      get(budgetLocal);
      get(index);
      out.byte(op);
      out.u32(threadedType(item.a));
      out.u32(item.b);
      leave();
      return;
    }
    case Op.Br:
      branchAlways(item.a);
      leave();
      return;
    case Op.BrIf:
      branchIf(item.a);
      return;
    case Op.BrTable:
      branchTable(item);
      leave();
      return;
    case Op.Return:
      need(currentType.resultCount);
      if (threaded) get(budgetLocal);
      out.byte(Op.Return);
      leave();
      return;
    case Op.Unreachable:
      out.byte(op);
      leave();
      return;
    case Op.Throw: {
      need(typeAt(tagTypes.get(item.a)).paramCount);
      throwTag(item.a);
      leave();
      return;
    }
    case Op.Rethrow:
      rethrow(item);
      leave();
      return;
    default: {
      const bulk = isBulk(op);
      const pops = bulk ? 3 : popsOf(row);
      need(pops);
      copy(item);
      settle(pops, bulk ? 0 : pushOf(row));
      canonicalizeNaN(item);
    }
  }
}

/** Arguments beyond the original ones. Leaves ignore them, so plain callers may pass anything. */
function passBudget(f: u32): void {
  if (!has(f, Is.Threaded)) return;
  if (threaded) {
    get(stackLocal);
    get(budgetLocal);
  } else {
    constant(0);
    constant(0);
  }
}

/** A call that cannot suspend. */
function callPlain(f: u32): void {
  const type = typeAt(typeIndexOfFunction(f));
  need(type.paramCount);
  passBudget(f);
  call(fastIndex(f));
  if (has(f, Is.Threaded)) {
    if (threaded) set(budgetLocal);
    else out.byte(Op.Drop);
  }
  drop(type.paramCount);
  pushAll(type.results, type.resultCount, true);
}

function tailCall(f: u32): void {
  const type = typeAt(typeIndexOfFunction(f));
  need(type.paramCount);
  if (!threaded || (f >= importedFunctions && !has(f, Is.Threaded))) {
    // at least one of the two is bounded leaf code: a call takes no more stack than that
    passBudget(f);
    call(fastIndex(f));
    if (threaded) get(budgetLocal);
    else if (has(f, Is.Threaded)) out.byte(Op.Drop);
    out.byte(Op.Return);
  } else {
    entryStack();
    get(budgetLocal);
    out.byte(Op.ReturnCall);
    out.u32(fastIndex(f));
  }
  leave();
}
