// Blocks, branches and exceptions.
//
// A block is emitted in place unless resume points inside must be reached (regions.ts): then it is hoisted. A hoisted
// block is only a label at its end; operands cross it in canonical locals. A loop in FAST is a loop whose header tests
// the budget; in SLOW it is nothing but a way out. The clauses of a hoisted try are emitted behind it.

import { Vector } from "../lib/vector";
import { Op, Type } from "../wasm/opcodes";
import {
  branchesToEnd, Clause, clauseAt, Control, control, controlCount, currentType, Instr, instr, targets,
} from "../wasm/decode";
import { FunctionType, NONE, tagTypes, typeAt } from "../wasm/module";
import { Hoist } from "./plan";
import { branch, closeLabel, enter, level, openBlock } from "./labels";
import {
  budgetLocal, call, canonicalLocal, constant, dead, drop, fast, flush, get, landInLocals, leave, need, needExactly,
  newLocal, operands, out, real, set, setDead, setReal, threaded,
} from "./operands";
import { budgetGlobal, internType, runtime, Runtime } from "./output";
import { keptLocals, keptPayload } from "./frames";
import { chargeBudget, isNegative, readGid, readGidAgain, writeDispatch } from "./points";
import { bodyEnd, bodyHasPoints, isHoisted, openRegion } from "./regions";
import { markUnlikely } from "./hints";

/** Controls that are open, as the original nests them. */
const open = new Vector(64);
/** Level of the block that stands for the function's own label. */
let returnLevel: u32 = 0;

export function resetControlFlow(): void {
  open.clear();
  for (let c: u32 = 0; c < controlCount; c++) {
    const block = control(c);
    block.clause = NONE;
    block.stubUsed = false;
    block.endUsed = false;
    block.otherwiseUsed = false;
    block.skipped = false;
    block.hoisted = false;
  }
}

/** A block type without parameters. */
function writeResultType(types: usize, count: u32): void {
  if (count == 0) out.byte(0x40);
  else if (count == 1) out.byte(load<u8>(types));
  else out.s32(internType(0, 0, types, count));
}

export function openFunctionLabel(): void {
  out.byte(Op.Block);
  writeResultType(currentType.results, currentType.resultCount);
  returnLevel = enter();
}

/** Writes a control instruction; answers the last instruction that is done with. */
export function emitControl(i: u32, item: Instr, op: u32): u32 {
  if (op == Op.End || op == Op.Delegate) {
    endControl(item);
    return i;
  }
  const block = control(item.a);
  if (op == Op.Else) {
    startOtherwise(block);
    return i;
  }
  if (op == Op.Catch || op == Op.CatchAll) {
    startClause(item, block);
    return i;
  }
  if (op == Op.Loop) return startLoop(item.a, block);
  open.push(item.a);
  block.hoisted = isHoisted(block);
  if (op == Op.Try && block.hoisted) return startHoistedTry(i, block);
  if (block.hoisted) startHoisted(block, op);
  else if (dead) {
    // nothing inside is reached: no resume point is in there
    block.skipped = true;
    open.pop();
    landInLocals(block.height, block.results, block.resultCount);
    return block.end;
  } else startInPlace(item, block, op);
  return i;
}

function startHoisted(block: Control, op: u32): void {
  if (dead) {
    if (op == Op.If) operands.length--;
    return;
  }
  if (op == Op.Block) {
    flush();
    return;
  }
  needExactly(1);
  out.byte(Op.I32Eqz);
  if (block.otherwise != NONE) {
    branch(Op.BrIf, block.otherwiseLevel);
    block.otherwiseUsed = true;
  } else {
    branch(Op.BrIf, block.endLevel);
    block.endUsed = true;
  }
  drop(1);
}

function startInPlace(item: Instr, block: Control, op: u32): void {
  const extra: u32 = op == Op.If ? 1 : 0;
  // whatever a suspension inside must save is out of reach once the block is entered
  if (block.flags) needExactly(block.paramCount + extra);
  else need(block.paramCount + extra);
  out.raw(item.at, item.size);
  if (extra) drop(1);
  block.endLevel = enter();
  block.frozen = real - block.paramCount;
  setReal(block.paramCount);
}

function startOtherwise(block: Control): void {
  if (block.hoisted) {
    if (!dead) {
      flush();
      branch(Op.Br, block.endLevel);
      block.endUsed = true;
    }
    closeLabel(block.otherwiseLevel);
    setDead(!fast && !block.otherwiseUsed);
    landInLocals(block.height, block.params, block.paramCount);
    return;
  }
  if (!dead) need(block.resultCount);
  out.byte(Op.Else);
  setDead(false);
  landInLocals(block.height, block.params, block.paramCount);
  setReal(block.paramCount);
}

function endControl(item: Instr): void {
  if (item.a == NONE) {
    endFunction();
    return;
  }
  const block = control(item.a);
  open.pop();
  if (block.op == Op.Loop) {
    endLoop(block);
    return;
  }
  if (block.hoisted) {
    if (!dead) flush();
    if (block.op == Op.Try && block.firstClause == NONE) endHoistedBody(item, block);
    closeLabel(block.endLevel);
    setDead(dead && !fast && !block.endUsed);
    landInLocals(block.height, block.results, block.resultCount);
    return;
  }
  if (!dead) need(block.resultCount);
  closeLabel(block.endLevel);
  if (item.op == Op.Delegate) {
    out.length--; // `delegate` ends the block instead of `end`
    writeDelegate(item.b);
  }
  setDead(false);
  landInLocals(block.height, block.results, block.resultCount);
  setReal(block.frozen + block.resultCount);
}

function endFunction(): void {
  const count = currentType.resultCount;
  if (!dead) need(count);
  if (branchesToEnd) {
    // what is not reached in SLOW may still be open code to an engine: then the results are missing
    if (dead) out.byte(Op.Unreachable);
    closeLabel(returnLevel);
    setDead(false);
  }
  if (threaded && !dead) get(budgetLocal);
  // stubs follow: nothing may fall into them
  if (!dead) out.byte(Op.Return);
  else out.byte(Op.Unreachable);
}


// ---- loops

function startLoop(index: u32, block: Control): u32 {
  if (!fast) {
    if (!dead) {
      flush();
      branch(Op.Br, block.stubLevel);
      block.stubUsed = true;
    }
    leave();
    if (!(block.flags & Hoist.Slow)) {
      landInLocals(block.height, block.results, block.resultCount);
      return block.end;
    }
    open.push(index);
    landInLocals(block.height, block.params, block.paramCount);
    return block.begin;
  }
  open.push(index);
  flush();
  closeLabel(block.entryLevel);
  out.byte(Op.Loop);
  writeResultType(block.results, block.resultCount);
  block.endLevel = enter();
  openRegion(block.begin + 1, block.end);
  chargeBudget(block.weight);
  isNegative();
  markUnlikely();
  if (block.loopTo > block.loopFrom) {
    out.byte2(Op.If, 0x40);
    enter();
    writeDispatch(readGid(), false, block.loopFrom, block.loopTo);
    branch(Op.Br, block.stubLevel);
    closeLabel(level);
  } else branch(Op.BrIf, block.stubLevel);
  return block.begin;
}

function endLoop(block: Control): void {
  if (!fast) {
    if (!dead) flush();
    landInLocals(block.height, block.results, block.resultCount);
    return;
  }
  if (!dead) need(block.resultCount);
  closeLabel(block.endLevel);
  setDead(false);
  landInLocals(block.height, block.results, block.resultCount);
  setReal(block.resultCount);
}

// ---- branches

// what a branch goes to
let targetLevel: u32 = 0;
let targetLocals: bool = false;
let targetHeight: u32 = 0;
let targetTypes: usize = 0;
let targetCount: u32 = 0;

function findTarget(depth: u32): void {
  if (depth >= open.length) {
    targetLevel = returnLevel;
    targetLocals = false;
    targetTypes = currentType.results;
    targetCount = currentType.resultCount;
    return;
  }
  const block = control(open.get(open.length - 1 - depth));
  targetHeight = block.height;
  if (block.op == Op.Loop) {
    targetLevel = fast ? block.endLevel : block.stubLevel;
    if (!fast && !dead) block.stubUsed = true;
    targetLocals = true;
    targetTypes = block.params;
    targetCount = block.paramCount;
    return;
  }
  if (block.hoisted && !dead) block.endUsed = true;
  targetLevel = block.endLevel;
  targetLocals = block.hoisted;
  targetTypes = block.results;
  targetCount = block.resultCount;
}

/** Moves the topmost operands into the locals of the target found last. */
function moveToTarget(): void {
  const from = operands.length - targetCount;
  if (from == targetHeight) {
    flush();
    return;
  }
  need(targetCount);
  for (let k = targetCount; k-- > 0; ) set(canonicalLocal(targetHeight + k, load<u8>(targetTypes + k)));
  setReal(real - targetCount);
}

export function branchAlways(depth: u32): void {
  findTarget(depth);
  if (targetLocals) moveToTarget();
  else need(targetCount);
  branch(Op.Br, targetLevel);
}

export function branchIf(depth: u32): void {
  findTarget(depth);
  if (targetCount == 0) {
    need(1);
    branch(Op.BrIf, targetLevel);
    drop(1);
    return;
  }
  if (!targetLocals) {
    need(targetCount + 1);
    branch(Op.BrIf, targetLevel);
    drop(1);
    return;
  }
  need(1);
  const condition = newLocal(Type.I32);
  set(condition);
  drop(1);
  flush();
  get(condition);
  const from = operands.length - targetCount;
  if (from == targetHeight) {
    branch(Op.BrIf, targetLevel);
    return;
  }
  out.byte2(Op.If, 0x40);
  enter();
  moveFromLocals(from);
  branch(Op.Br, targetLevel);
  closeLabel(level);
}

/** Copies operands that lie in locals to the locals of the target found last; they may overlap. */
function moveFromLocals(from: u32): void {
  for (let k: u32 = 0; k < targetCount; k++) get(canonicalLocal(from + k, operands.get(from + k)));
  for (let k = targetCount; k-- > 0; ) set(canonicalLocal(targetHeight + k, load<u8>(targetTypes + k)));
}

const seenDepths = new Vector(64);
const distinct = new Vector(64);

export function branchTable(item: Instr): void {
  let inPlace = true;
  for (let k: u32 = 0; k < item.b; k++) {
    findTarget(targets.get(item.a + k));
    if (targetLocals && targetCount) inPlace = false;
  }
  const count = targetCount;
  if (inPlace) {
    need(count + 1);
    out.byte(Op.BrTable);
    out.u32(item.b - 1);
    for (let k: u32 = 0; k < item.b; k++) {
      findTarget(targets.get(item.a + k));
      out.u32(level - targetLevel);
    }
    return;
  }
  // values go to locals of different places: one landing per target
  need(1);
  const index = newLocal(Type.I32);
  set(index);
  drop(1);
  flush();
  seenDepths.clear();
  seenDepths.fill(open.length + 1, 0);
  distinct.clear();
  for (let k: u32 = 0; k < item.b; k++) {
    const depth = targets.get(item.a + k);
    if (seenDepths.get(depth)) continue;
    distinct.push(depth);
    seenDepths.set(depth, distinct.length);
  }
  for (let k: u32 = 0; k < distinct.length; k++) openBlock();
  get(index);
  out.byte(Op.BrTable);
  out.u32(item.b - 1);
  for (let k: u32 = 0; k < item.b; k++) out.u32(seenDepths.get(targets.get(item.a + k)) - 1);
  const from = operands.length - count;
  for (let k: u32 = 0; k < distinct.length; k++) {
    closeLabel(level);
    findTarget(distinct.get(k));
    if (targetLocals) moveFromLocals(from);
    else for (let v: u32 = 0; v < count; v++) get(canonicalLocal(from + v, operands.get(from + v)));
    branch(Op.Br, targetLevel);
  }
}

// ---- exceptions

/** Throws a tag whose payload is on the stack; the budget goes along in its global. */
export function throwTag(tag: u32): void {
  get(budgetLocal);
  out.byte(Op.GlobalSet);
  out.u32(budgetGlobal());
  out.byte(Op.Throw);
  out.u32(tag);
}

export function rethrow(item: Instr): void {
  const clause = clauseAt(item.c);
  const block = control(item.b);
  if (!clause.kept) {
    get(budgetLocal);
    out.byte(Op.GlobalSet);
    out.u32(budgetGlobal());
    branch(Op.Rethrow, block.endLevel);
    return;
  }
  if (clause.tag != NONE) {
    throwKept(clause.tag, keptLocals(clause));
    return;
  }
  const which = keptLocals(clause);
  for (let t: u32 = 0; t < tagTypes.length; t++) {
    get(which);
    constant(t);
    out.byte2(0x46, Op.If);
    out.byte(0x40);
    throwKept(t, keptPayload(clause, t));
    out.byte(Op.End);
  }
  get(budgetLocal);
  out.byte(Op.GlobalSet);
  out.u32(budgetGlobal());
  get(which + 1);
  call(runtime(Runtime.Rethrow));
  out.byte(Op.Unreachable);
}

function throwKept(tag: u32, first: u32): void {
  const count = typeAt(tagTypes.get(tag)).paramCount;
  for (let k: u32 = 0; k < count; k++) get(first + k);
  throwTag(tag);
}

/** The budget after an exception: the thrower left it in the global. */
function takeBudgetBack(): void {
  out.byte(Op.GlobalGet);
  out.u32(budgetGlobal());
  set(budgetLocal);
}

function startHoistedTry(i: u32, block: Control): u32 {
  if (!dead) flush();
  const points = bodyHasPoints(block);
  const entered = !dead;
  if (points) {
    closeLabel(block.entryLevel);
    setDead(false);
    setReal(0);
  }
  if (dead) {
    block.skipped = true;
    return bodyEnd(block) - 1;
  }
  out.byte2(Op.Try, 0x40);
  block.stubLevel = enter();
  // a try inside may be hoisted for its exception's sake alone
  openRegion(block.begin + 1, bodyEnd(block));
  if (points) {
    if (entered) {
      get(budgetLocal);
      isNegative();
      markUnlikely();
      out.byte2(Op.If, 0x40);
      enter();
    }
    if (fast) writeDispatch(readGid(), false, block.loopFrom, block.loopTo);
    else writeDispatch(readGidAgain(), true, block.siteFrom, block.siteTo);
    out.byte(Op.Unreachable);
    if (entered) closeLabel(level);
    else {
      setDead(true);
    }
  }
  return i;
}

/** The end of the body of a hoisted try without clauses: the emitted try ends here. */
function endHoistedBody(item: Instr, block: Control): void {
  if (block.skipped) return;
  if (!dead) {
    branch(Op.Br, block.endLevel);
    block.endUsed = true;
  }
  setDead(true);
  closeLabel(block.stubLevel);
  if (item.op == Op.Delegate) {
    out.length--;
    writeDelegate(item.b);
  }
  out.byte(Op.Unreachable);
}

/** `delegate` to the innermost emitted try at or around the label; its own block is ended already. */
function writeDelegate(depth: u32): void {
  let to: u32 = 0;
  for (let k = <i32>open.length - 1 - <i32>depth; k >= 0; k--) {
    const block = control(open.get(k));
    if (block.op != Op.Try || block.clause != NONE || block.skipped) continue;
    to = block.hoisted ? block.stubLevel : block.endLevel;
    break;
  }
  out.byte(Op.Delegate);
  out.u32(level - to);
}

function startClause(item: Instr, block: Control): void {
  const clause = clauseAt(item.b);
  const payload = clause.tag != NONE ? typeAt(tagTypes.get(clause.tag)) : changetype<FunctionType>(0);
  const count: u32 = clause.tag != NONE ? payload.paramCount : 0;
  const types: usize = clause.tag != NONE ? payload.params : 0;
  const first = block.clause == NONE;
  if (!block.hoisted) {
    if (!dead) need(block.resultCount);
    out.raw(instr(clause.at).at, instr(clause.at).size);
    block.clause = item.b;
    setDead(false);
    landInLocals(block.height, types, count);
    setReal(count);
    if (threaded) takeBudgetBack();
    // what a suspension in the clause saves must be in reach
    if (clause.flags) flush();
    return;
  }
  if (!dead) {
    flush();
    branch(Op.Br, block.endLevel);
    block.endUsed = true;
  }
  if (first && !block.skipped) writeCatches(block);
  block.clause = item.b;
  closeLabel(clause.level);
  setDead(!fast && block.skipped);
  landInLocals(block.height, types, count);
}

/** The clauses of an emitted hoisted try: each puts its payload into locals and goes to its label. */
function writeCatches(block: Control): void {
  setDead(false);
  for (let c = block.firstClause; c != NONE; c = clauseAt(c).next) {
    const clause = clauseAt(c);
    if (clause.tag != NONE) {
      out.byte(Op.Catch);
      out.u32(clause.tag);
      takeBudgetBack();
      const type = typeAt(tagTypes.get(clause.tag));
      const kept = clause.kept ? keptLocals(clause) : NONE;
      for (let k = type.paramCount; k-- > 0; ) {
        if (kept != NONE) {
          out.byte(Op.LocalTee);
          out.u32(kept + k);
        }
        set(canonicalLocal(block.height + k, type.param(k)));
      }
      branch(Op.Br, clause.level);
      continue;
    }
    if (clause.kept) keepEverything(block, clause);
    out.byte(Op.CatchAll);
    takeBudgetBack();
    if (clause.kept) {
      constant(-1);
      set(keptLocals(clause));
      call(runtime(Runtime.Foreign));
      set(keptLocals(clause) + 1);
    }
    branch(Op.Br, clause.level);
  }
  closeLabel(block.stubLevel);
  out.byte(Op.Unreachable);
}

/** A kept catch_all catches every tag of the module by name, to have its payload. */
function keepEverything(block: Control, all: Clause): void {
  for (let t: u32 = 0; t < tagTypes.length; t++) {
    let caught = false;
    for (let c = block.firstClause; c != NONE; c = clauseAt(c).next) if (clauseAt(c).tag == t) caught = true;
    if (caught) continue;
    out.byte(Op.Catch);
    out.u32(t);
    takeBudgetBack();
    const first = keptPayload(all, t);
    for (let k = typeAt(tagTypes.get(t)).paramCount; k-- > 0; ) set(first + k);
    constant(t);
    set(keptLocals(all));
    branch(Op.Br, all.level);
  }
}
