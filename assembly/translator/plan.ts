// One function about to be emitted: its resume points, its weights, and which blocks must be hoisted.
//
// A resume point can be reached only through labels, so every block around one is opened where the jump starts:
// at the function's top or at the header of the enclosing loop ("region"). FAST resumes at loops, SLOW at call sites.

import { Vector } from "../lib/vector";
import { Op } from "../wasm/opcodes";
import { clauseAt, clauseCount, Control, control, controlCount, instr, instrCount } from "../wasm/decode";
import { importedFunctions, NONE } from "../wasm/module";
import { callCostOf, has, Is, isBulk, isInlineBulk, isOpenTable, weightOfInstr } from "./survey";

/** Why blocks are emitted out of place: a loop inside hoists in FAST, a call site inside in SLOW. */
export namespace Hoist {
  export const Fast: u32 = 1;
  export const Slow: u32 = 2;
}

/** Instruction index of each call site. */
export const sites = new Vector(64);
/** The clause each call site is in, or NONE. */
export const siteClauses = new Vector(64);
/** Control index of each loop. */
export const loops = new Vector(16);
/** Weight of the code outside of loops, uncharged callees included. */
export let entryWeight: u32 = 0;
/** gid of the entry; loops and sites follow. */
export let firstGid: u32 = 0;

export const MAX_WEIGHT: u32 = 1 << 30;

@inline export function loopGid(loop: u32): u32 {
  return firstGid + 1 + loop;
}
@inline export function siteGid(site: u32): u32 {
  return firstGid + 1 + loops.length + site;
}
/** Number of gids of the function. */
export function pointCount(): u32 {
  return 1 + loops.length + sites.length;
}

/** Whether instruction `i` may suspend the function; tail calls leave it instead. */
function isSite(i: u32): bool {
  const item = instr(i);
  const op = item.op;
  if (op == Op.Call) return item.a < importedFunctions || has(item.a, Is.Suspendable);
  if (op == Op.CallIndirect) return true;
  if (op == Op.ReturnCallIndirect) return isOpenTable(item.b);
  if (op == Op.AtomicWait32 || op == Op.AtomicWait64) return true;
  return isBulk(op) && !isInlineBulk(i);
}

/** Sum of all charges a call could make without going round a loop; bounds how negative a budget can get. */
export function totalWeight(): u64 {
  let sum: u64 = entryWeight;
  for (let k: u32 = 0; k < loops.length; k++) sum += control(loops.get(k)).weight;
  return sum;
}

let entryCheap: u32 = 0;

function charge(loop: u32, weight: u32): void {
  if (loop == NONE) {
    entryWeight = min(entryWeight + weight, MAX_WEIGHT);
    entryCheap++;
  } else {
    const item = control(loop);
    item.weight = min(item.weight + weight, MAX_WEIGHT);
    item.cheap++;
  }
}

const open = new Vector(64);

@inline function noteInside(flags: u32): void {
  if (!open.length) return;
  const item = control(open.top());
  item.flags |= flags;
  if (item.clause != NONE) clauseAt(item.clause).flags |= flags;
}

/** Analyzes the decoded function; its gids start at `gid`. */
export function plan(gid: u32): void {
  firstGid = gid;
  sites.clear();
  siteClauses.clear();
  loops.clear();
  let clause: u32 = NONE;
  open.clear();
  entryWeight = 0;
  entryCheap = 0;
  for (let c: u32 = 0; c < controlCount; c++) control(c).clause = NONE;
  let loop: u32 = NONE;
  const outer = new Vector(16);
  for (let i: u32 = 0; i < instrCount; i++) {
    const item = instr(i);
    let weight = weightOfInstr(i);
    const op = item.op;
    if (op == Op.Block || op == Op.If || op == Op.Try || op == Op.Loop) {
      const block = control(item.a);
      block.loopFrom = loops.length;
      block.siteFrom = sites.length;
      block.outerClause = clause;
      open.push(item.a);
      if (op == Op.Loop) {
        outer.push(loop);
        loop = item.a;
        block.loop = loops.length;
        block.loopFrom++;
        loops.push(item.a);
        weight = 1; // its own check
      }
    } else if (op == Op.Catch || op == Op.CatchAll) {
      const block = control(item.a);
      if (block.clause == NONE) closeRange(block);
      block.clause = item.b;
      clauseAt(item.b).outer = block.outerClause;
      clause = item.b;
    } else if (op == Op.End || op == Op.Delegate) {
      if (item.a != NONE) {
        open.pop();
        const block = control(item.a);
        if (block.clause == NONE) closeRange(block);
        clause = block.outerClause;
        if (block.op == Op.Try) keepExceptions(block);
        noteInside(block.op == Op.Loop ? block.flags | Hoist.Fast : block.flags);
        if (block.op == Op.Loop) {
          block.weight = max(1, block.weight + (block.cheap >> 3));
          loop = outer.pop();
        }
      }
    } else if ((op == Op.Call || op == Op.ReturnCall) && item.a >= importedFunctions) {
      weight = min(weight + callCostOf(item.a), MAX_WEIGHT);
    }
    if (isSite(i)) {
      item.c = sites.length + 1;
      sites.push(i);
      siteClauses.push(clause);
      noteInside(Hoist.Slow);
    }
    charge(loop, weight);
  }
  entryWeight = max(1, entryWeight + (entryCheap >> 3));
}

function closeRange(block: Control): void {
  block.loopTo = loops.length;
  block.siteTo = sites.length;
}

/**
 * `rethrow` works only inside its try, but clauses of a hoisted try are emitted behind it, and a suspended one has lost
 * its exception: such clauses keep it in locals and throw it anew.
 */
function keepExceptions(block: Control): void {
  if (block.flags == 0) return;
  for (let c = block.firstClause; c != NONE; c = clauseAt(c).next) {
    const clause = clauseAt(c);
    if (!clause.rethrown) continue;
    clause.kept = true;
    block.flags |= Hoist.Fast | Hoist.Slow;
  }
}

/** Whether any catch_all of the planned function keeps its exception. */
export function keepsAnything(): bool {
  for (let c: u32 = 0; c < clauseCount; c++) {
    const clause = clauseAt(c);
    if (clause.kept && clause.tag == NONE) return true;
  }
  return false;
}
