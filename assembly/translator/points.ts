// What is written at safepoints: the test behind a call, the way out of a suspended function, the jump back in.

import { control } from "../wasm/code";
import { currentFunction, currentType } from "../wasm/decode";
import { Op, Type } from "../wasm/opcodes";
import {
  layOutEntry, layOutLoop, layOutShared, layOutSite, sharesSites, writeRestore, writeSave, writeSaveUnder,
} from "./frames";
import { markUnlikely } from "./hints";
import { branch, closeLabel, enter, level, openBlock } from "./labels";
import { budgetLocal, call, constant, dummy, fast, get, newLocal, out, set, stackLocal, tee } from "./operands";
import { budgetGlobal, fastIndex, Runtime, runtime, stackGlobal } from "./output";
import { entryWeight, loops, siteGid, sites } from "./plan";
import { peekHelper } from "./spill";
import { stackBytesOf } from "./survey";

/** The local that holds the gid while rewinding; made when first needed. */
let gidLocal: u32 = 0xffffffff;

export function resetPoints(): void {
  gidLocal = 0xffffffff;
}

/** `gid = peek()` */
export function readGid(): u32 {
  call(peekHelper());
  set(gidVariable());
  return gidLocal;
}

/** In the body of a try, whose dispatch goes on where the function's left off. */
export function readGidAgain(): u32 {
  return sharesSites && !fast ? gidVariable() : readGid();
}

function gidVariable(): u32 {
  if (gidLocal == 0xffffffff) gidLocal = newLocal(Type.I32);
  return gidLocal;
}

/** `b -= weight`, leaving the new value. */
export function chargeBudget(weight: u32): void {
  get(budgetLocal);
  constant(weight);
  out.byte(Op.I32Sub);
  tee(budgetLocal);
}

@inline export function isNegative(): void {
  constant(0);
  out.byte(Op.I32LtS);
}

/** The budget to go on with at a point whose weight will be charged once more. */
function resumeWith(weight: u32): void {
  call(runtime(Runtime.Resume));
  constant(weight);
  out.byte(Op.I32Add);
}

/** Pushes the stack account as it was at the function's entry. */
export function entryStack(): void {
  get(stackLocal);
  const bytes = stackBytesOf(currentFunction);
  if (bytes) {
    constant(bytes);
    out.byte(Op.I32Add);
  }
}

/** Level of the label behind which an unwinding function returns; 0 when each place returns by itself. */
let tailLevel: u32 = 0;

/** Opens the label that all call sites share, if it pays. Outermost of all. */
export function openTail(): void {
  tailLevel = sites.length > 1 ? openBlock() : 0;
  if (sharesSites) spillLevel = openBlock();
}

/** Ends the function: what is shared by its call sites. */
export function writeTail(): void {
  if (!tailLevel) return;
  if (sharesSites) {
    closeLabel(spillLevel);
    layOutShared();
    writeSaveUnder(gidVariable());
  }
  closeLabel(tailLevel);
  tailLevel = 0;
  returnDummies();
}

/** Level of the label behind which a function that shares its spills saves its frame. */
let spillLevel: u32 = 0;

/** Returns values nobody will look at, and the (negative) budget. */
export function returnDummies(): void {
  if (tailLevel) {
    branch(Op.Br, tailLevel);
    return;
  }
  for (let k: u32 = 0; k < currentType.resultCount; k++) dummy(currentType.result(k));
  get(budgetLocal);
  out.byte(Op.Return);
}

/** Leaves for the other end of a rewinding: FAST with dummies, which finds the frame on top of the store. */
export function reenterFast(): void {
  for (let k: u32 = 0; k < currentType.paramCount; k++) dummy(currentType.param(k));
  entryStack();
  constant(-1);
  out.byte(Op.ReturnCall);
  out.u32(fastIndex(currentFunction));
}

/** A frame is saved at a spent safepoint: unwind on, or, where that is impossible, come back at once. */
export function writeSuspend(): void {
  get(budgetLocal);
  call(runtime(Runtime.Suspend));
  out.byte2(Op.If, 0x40);
  reenterFast();
  out.byte(Op.End);
  returnDummies();
}

/** Behind a call: the budget is on top of the results. */
export function testAfterCall(site: u32): void {
  tee(budgetLocal);
  if (sharesSites) {
    constant(siteGid(site));
    set(gidVariable());
    isNegative();
    markUnlikely();
    branch(Op.BrIf, spillLevel);
    return;
  }
  isNegative();
  markUnlikely();
  out.byte2(Op.If, 0x40);
  enter();
  layOutSite(site);
  writeSave(siteGid(site));
  returnDummies();
  closeLabel(level);
}

/** Restores the frame of a call site; the budget says rewinding to the callee. */
export function restoreSite(site: u32): void {
  if (sharesSites) return; // all was restored before the dispatch
  layOutSite(site);
  restoreToCall();
}

/** Restores the frame that all call sites share, for whichever it is. */
export function restoreShared(): void {
  layOutShared();
  restoreToCall();
}

function restoreToCall(): void {
  writeRestore();
  constant(-1);
  set(budgetLocal);
}

/** Restores the frame of a loop and ends the rewinding. */
export function restoreLoop(loop: u32): void {
  layOutLoop(loop);
  writeRestore();
  resumeWith(control(loops.get(loop)).weight);
  set(budgetLocal);
}

/** In SLOW: the function goes on at its entry, in FAST. */
export function restoreEntry(): void {
  layOutEntry();
  writeRestore();
  for (let k: u32 = 0; k < currentType.paramCount; k++) get(k);
  entryStack();
  resumeWith(entryWeight);
  out.byte(Op.ReturnCall);
  out.u32(fastIndex(currentFunction));
}

/** Budget and stack account in the globals, for a callee of the original type. */
export function handOver(): void {
  get(budgetLocal);
  out.byte(Op.GlobalSet);
  out.u32(budgetGlobal());
  get(stackLocal);
  out.byte(Op.GlobalSet);
  out.u32(stackGlobal());
}
