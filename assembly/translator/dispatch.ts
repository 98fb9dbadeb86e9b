// Dispatch: from the top of a region to its resume points, while rewinding.

import { Vector } from "../lib/vector";
import { control, instr } from "../wasm/code";
import { snapshots } from "../wasm/decode";
import { typeAt } from "../wasm/module";
import { Op } from "../wasm/opcodes";
import { scratchTable } from "./extras";
import { branch, closeLabel, enter, level, openBlock } from "./labels";
import { budgetLocal, call, canonicalLocal, constant, dummy, get, out, set } from "./operands";
import { budgetGlobal, Runtime, runtime } from "./output";
import { loopGid, siteGid, sites } from "./plan";
import { handOver, restoreLoop, restoreSite } from "./points";
import { isOpenTable } from "./survey";

export const enum Child {
  Loop = 0,
  /** Into the body of a hoisted try. */
  Try = 1,
  Site = 2,
}

/** Children of the region opened last, in order: kind, index (control or site). */
export const childKinds = new Vector(32);
export const childIndexes = new Vector(32);
/** Label level of each site. */
export const siteLevels = new Vector(64);

function firstGidOf(child: u32): u32 {
  const index = childIndexes.get(child);
  if (childKinds.get(child) == Child.Loop) return loopGid(control(index).loop);
  if (childKinds.get(child) == Child.Site) return siteGid(index);
  return slowDispatch ? siteGid(control(index).siteFrom) : loopGid(control(index).loopFrom);
}

let slowDispatch: bool = false;

/** Jumps to the resume point that `gid` names, among the children of the region; falls through for others. */
export function writeDispatch(gid: u32, isSlow: bool, firstPoint: u32, pointsEnd: u32): void {
  if (!childKinds.length || pointsEnd == firstPoint) return;
  slowDispatch = isSlow;
  const start = isSlow ? siteGid(firstPoint) : loopGid(firstPoint);
  if (isSlow && childKinds.length > 2) {
    dispatchByTable(gid, start, pointsEnd - firstPoint);
    return;
  }
  get(gid);
  constant(start);
  out.byte(Op.I32Sub);
  constant(pointsEnd - firstPoint);
  out.byte(Op.I32LtU);
  out.byte2(Op.If, 0x40);
  enter();
  dispatchByTree(gid, 0, childKinds.length);
  closeLabel(level);
}

function dispatchByTree(gid: u32, from: u32, to: u32): void {
  if (to - from == 1) {
    arrive(gid, from);
    return;
  }
  const middle = (from + to) >> 1;
  get(gid);
  constant(firstGidOf(middle));
  out.byte2(Op.I32LtS, Op.If);
  out.byte(0x40);
  enter();
  dispatchByTree(gid, from, middle);
  out.byte(Op.Else);
  dispatchByTree(gid, middle, to);
  closeLabel(level);
}

/** At the child: restores if it is the point itself, and branches to its label. */
function arrive(gid: u32, child: u32): void {
  const index = childIndexes.get(child);
  const kind = childKinds.get(child);
  if (kind == Child.Site) {
    restoreSite(index);
    if (isOpenCall(sites.get(index))) resumeThroughIdentity(sites.get(index));
    branch(Op.Br, siteLevels.get(index));
    return;
  }
  const block = control(index);
  if (kind == Child.Loop) {
    if (block.loopTo > block.loopFrom) {
      // the point may be a loop inside: then the budget stays negative, and that header dispatches again
      get(gid);
      constant(loopGid(block.loop));
      out.byte2(0x46, Op.If);
      out.byte(0x40);
      enter();
      restoreLoop(block.loop);
      closeLabel(level);
    } else restoreLoop(block.loop);
  }
  branch(Op.Br, block.entryLevel);
}

/** One br_table: call sites are many. */
function dispatchByTable(gid: u32, start: u32, count: u32): void {
  const n = childKinds.length;
  const past = openBlock();
  for (let k: u32 = 0; k < n; k++) openBlock();
  get(gid);
  constant(start);
  out.byte(Op.I32Sub);
  out.byte(Op.BrTable);
  out.u32(count);
  let child: u32 = 0;
  for (let k: u32 = 0; k < count; k++) {
    while (child + 1 < n && firstGidOf(child + 1) <= start + k) child++;
    out.u32(child);
  }
  out.u32(n);
  for (let k: u32 = 0; k < n; k++) {
    closeLabel(level);
    arrive(gid, k);
  }
  closeLabel(past);
}

function isOpenCall(i: u32): bool {
  const op = instr(i).op;
  return (op == Op.CallIndirect || op == Op.ReturnCallIndirect) && isOpenTable(instr(i).b);
}

/** In the dispatch of SLOW: a callee that was called through an open table is called by its identity. */
function resumeThroughIdentity(i: u32): void {
  const item = instr(i);
  const type = typeAt(item.a);
  const below = snapshots.get(item.d);
  constant(0);
  call(runtime(Runtime.PopFunc));
  out.byte(Op.TableSet);
  out.u32(scratchTable());
  for (let k: u32 = 0; k < type.paramCount; k++) dummy(type.param(k));
  handOver();
  constant(0);
  out.byte(Op.CallIndirect);
  out.u32(item.a);
  out.u32(scratchTable());
  out.byte(Op.GlobalGet);
  out.u32(budgetGlobal());
  set(budgetLocal);
  for (let k = type.resultCount; k-- > 0; ) set(canonicalLocal(below + k, type.result(k)));
}
