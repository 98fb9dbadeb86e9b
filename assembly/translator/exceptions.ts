// try, catch, delegate, throw and rethrow. The clauses of a hoisted try are emitted behind it; an exception that is thrown
// again from there, or after a suspension, is kept as its tag and payload.

import { Clause, clauseAt, Control, control, Instr, instr } from "../wasm/code";
import { FunctionType, NONE, tagTypes, typeAt } from "../wasm/module";
import { Op } from "../wasm/opcodes";
import { openControls } from "./branches";
import { writeDispatch } from "./dispatch";
import { keptLocals, keptPayload } from "./frames";
import { markUnlikely } from "./hints";
import { branch, closeLabel, enter, level } from "./labels";
import {
  budgetLocal, call, canonicalLocal, constant, dead, fast, flush, get, landInLocals, need, out, set, setDead,
  setReal, threaded,
} from "./operands";
import { budgetGlobal, Runtime, runtime } from "./output";
import { isNegative, readGid, readGidAgain } from "./points";
import { bodyEnd, bodyHasPoints, openRegion } from "./regions";

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
export function takeBudgetBack(): void {
  out.byte(Op.GlobalGet);
  out.u32(budgetGlobal());
  set(budgetLocal);
}

export function startHoistedTry(i: u32, block: Control): u32 {
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
export function endHoistedBody(item: Instr, block: Control): void {
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
export function writeDelegate(depth: u32): void {
  let to: u32 = 0;
  for (let k = <i32>openControls.length - 1 - <i32>depth; k >= 0; k--) {
    const block = control(openControls.get(k));
    if (block.op != Op.Try || block.clause != NONE || block.skipped) continue;
    to = block.hoisted ? block.stubLevel : block.endLevel;
    break;
  }
  out.byte(Op.Delegate);
  out.u32(level - to);
}

export function startClause(item: Instr, block: Control): void {
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
