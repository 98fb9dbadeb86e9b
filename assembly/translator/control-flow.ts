// Blocks, branches and exceptions.
//
// A block is emitted in place unless resume points inside must be reached (regions.ts): then it is hoisted. A hoisted
// block is only a label at its end; operands cross it in canonical locals. A loop in FAST is a loop whose header tests
// the budget; in SLOW it is nothing but a way out. The clauses of a hoisted try are emitted behind it.

import { Control, control, controlCount, Instr } from "../wasm/code";
import { branchesToEnd, currentType } from "../wasm/decode";
import { NONE } from "../wasm/module";
import { Op } from "../wasm/opcodes";
import { openControls, returnLevel, writeResultType } from "./branches";
import { writeDispatch } from "./dispatch";
import { endHoistedBody, startClause, startHoistedTry, writeDelegate } from "./exceptions";
import { markUnlikely } from "./hints";
import { branch, closeLabel, enter, level } from "./labels";
import {
  budgetLocal, dead, drop, fast, flush, get, landInLocals, leave, need, needExactly, operands, out, real, setDead,
  setReal, threaded,
} from "./operands";
import { Hoist } from "./plan";
import { chargeBudget, isNegative, readGid } from "./points";
import { isHoisted, openRegion } from "./regions";

export function resetControlFlow(): void {
  openControls.clear();
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
  openControls.push(item.a);
  block.hoisted = isHoisted(block);
  if (op == Op.Try && block.hoisted) return startHoistedTry(i, block);
  if (block.hoisted) startHoisted(block, op);
  else if (dead) {
    // nothing inside is reached: no resume point is in there
    block.skipped = true;
    openControls.pop();
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
  openControls.pop();
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
    openControls.push(index);
    landInLocals(block.height, block.params, block.paramCount);
    return block.begin;
  }
  openControls.push(index);
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
