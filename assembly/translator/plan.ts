// One function about to be emitted: its resume points, its weights, and which blocks must be hoisted.
//
// A resume point can be reached only through labels, so every block around one is opened where the jump starts:
// at the function's top or at the header of the enclosing loop ("region"). FAST resumes at loops, SLOW at call sites.

import { Vector } from "../lib/vector";
import { clauseAt, clauseCount, Control, control, controlCount, Instr, instr, instrCount } from "../wasm/code";
import { targets } from "../wasm/decode";
import { importedFunctions, NONE } from "../wasm/module";
import { Op } from "../wasm/opcodes";
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
/**
 * 1 for the tail calls among the sites that stand in the body of a try: its handlers do not see what the callee throws, so
 * they are written behind the function's body.
 */
export const deferred = new Vector(64);
/** Control index of each loop. */
export const loops = new Vector(16);
/** Weight of the code outside of loops, uncharged callees included. */
export let entryWeight: u32 = 0;
/** gid of the entry; loops and sites follow. */
export let firstGid: u32 = 0;

export const MAX_WEIGHT: u32 = 1 << 27;

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
  // an imported callee's frame could not be told from ours: we stay below it
  if (op == Op.ReturnCall) return item.a < importedFunctions;
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

// Weights. What is charged for a region (the function outside its loops, or a loop's body outside inner loops) is the
// weight of its longest path, in one forward walk: `reached[r]` is the longest way, in eighths of a unit, from the header
// of region r to the present place; `longest[r]` the longest way to any end of a path. A label has the longest way to it.
// An instruction weighs its weight and an eighth.

const MAX_EIGHTHS: u32 = MAX_WEIGHT << 3;
const reached = new Vector(16);
const longest = new Vector(16);
/** Sum of all that was added in each region: bounds every way through the body of a try. */
const added = new Vector(16);

@inline function raise(list: Vector, at: u32, value: u32): void {
  if (list.get(at) < value) list.set(at, value);
}

function openWeights(): void {
  reached.push(0);
  longest.push(0);
  added.push(0);
}

/** The innermost region is left; answers its charge. */
function closeWeights(): u32 {
  reached.pop();
  added.pop();
  return max(1, (longest.pop() + 7) >> 3);
}

@inline function region(): u32 {
  return reached.length - 1;
}

function pass(weight: u32): void {
  const r = region();
  const eighths = min(weight, MAX_WEIGHT - 1) * 8 + 1;
  reached.set(r, min(reached.get(r) + eighths, MAX_EIGHTHS));
  added.set(r, min(added.get(r) + eighths, MAX_EIGHTHS));
  raise(longest, r, reached.get(r));
}

/** A branch: the label's way is the one to here, measured in the label's region. */
function passTo(depth: u32): void {
  if (depth >= open.length) return;
  const target = control(open.get(open.length - 1 - depth));
  if (target.op == Op.Loop) return;
  const way = reached.get(target.region);
  if (target.labelWay < way) target.labelWay = way;
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
  deferred.clear();
  tryBodies = 0;
  loops.clear();
  let clause: u32 = NONE;
  open.clear();
  for (let c: u32 = 0; c < controlCount; c++) control(c).clause = NONE;
  openWeights();
  for (let i: u32 = 0; i < instrCount; i++) {
    const item = instr(i);
    const op = item.op;
    if (op == Op.Block || op == Op.If || op == Op.Try || op == Op.Loop) {
      const block = control(item.a);
      block.loopFrom = loops.length;
      block.siteFrom = sites.length;
      block.outerClause = clause;
      block.region = region();
      block.beginWay = reached.get(block.region);
      block.beginSum = added.get(block.region);
      block.labelWay = 0;
      open.push(item.a);
      if (op == Op.Try) tryBodies++;
      if (op == Op.Loop) {
        block.loop = loops.length;
        block.loopFrom++;
        loops.push(item.a);
        openWeights();
        pass(1); // its own check
      } else if (op == Op.If && block.otherwise == NONE) block.labelWay = block.beginWay;
    } else if (op == Op.Else) {
      const block = control(item.a);
      if (!item.c) passTo(0);
      reached.set(block.region, block.beginWay);
    } else if (op == Op.Catch || op == Op.CatchAll) {
      const block = control(item.a);
      if (block.clause == NONE) {
        closeRange(block);
        tryBodies--;
      }
      if (!item.c) passTo(0);
      reached.set(block.region, min(block.beginWay + (added.get(block.region) - block.beginSum), MAX_EIGHTHS));
      raise(longest, block.region, reached.get(block.region));
      block.clause = item.b;
      clauseAt(item.b).outer = block.outerClause;
      clause = item.b;
    } else if (op == Op.End || op == Op.Delegate) {
      if (item.a != NONE) endBlock(item, control(item.a));
      if (item.a != NONE) clause = control(item.a).outerClause;
    } else if (op == Op.Br || op == Op.BrIf) passTo(item.a);
    else if (op == Op.BrTable) {
      for (let k: u32 = 0; k < item.b; k++) passTo(targets.get(item.a + k));
    }
    let weight = weightOfInstr(i);
    if ((op == Op.Call || op == Op.ReturnCall) && item.a >= importedFunctions) {
      weight = min(weight + callCostOf(item.a), MAX_WEIGHT);
    }
    if (isSite(i)) {
      item.c = sites.length + 1;
      sites.push(i);
      const isDeferred = tryBodies > 0 && (op == Op.ReturnCall || op == Op.ReturnCallIndirect);
      deferred.push(isDeferred ? 1 : 0);
      siteClauses.push(isDeferred ? NONE : clause);
      noteInside(Hoist.Slow);
    }
    pass(weight);
  }
  entryWeight = closeWeights();
}

/** Bodies of tries around the present place. */
let tryBodies: u32 = 0;

function endBlock(item: Instr, block: Control): void {
  if (block.op == Op.Loop) block.weight = closeWeights();
  else {
    if (!item.c) passTo(0);
    reached.set(block.region, block.labelWay);
  }
  open.pop();
  if (block.clause == NONE) {
    closeRange(block);
    if (block.op == Op.Try) tryBodies--;
  }
  if (block.op == Op.Try) keepExceptions(block);
  noteInside(block.op == Op.Loop ? block.flags | Hoist.Fast : block.flags);
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
