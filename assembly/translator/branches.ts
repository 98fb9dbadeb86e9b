// Branches, and the labels they go to. A label of a hoisted block, or of a loop, takes its operands in canonical locals.

import { Vector } from "../lib/vector";
import { control, Instr } from "../wasm/code";
import { currentType, targets } from "../wasm/decode";
import { Op, Type } from "../wasm/opcodes";
import { branch, closeLabel, enter, level, openBlock } from "./labels";
import {
  canonicalLocal, dead, drop, fast, flush, get, need, newLocal, operands, out, real, set, setReal,
} from "./operands";
import { internType } from "./output";

/** Controls that are open, as the original nests them. */
export const openControls = new Vector(64);
/** Level of the block that stands for the function's own label. */
export let returnLevel: u32 = 0;

/** A block type without parameters. */
export function writeResultType(types: usize, count: u32): void {
  if (count == 0) out.byte(0x40);
  else if (count == 1) out.byte(load<u8>(types));
  else out.s32(internType(0, 0, types, count));
}

export function openFunctionLabel(): void {
  out.byte(Op.Block);
  writeResultType(currentType.results, currentType.resultCount);
  returnLevel = enter();
}

// what a branch goes to
let targetLevel: u32 = 0;
let targetLocals: bool = false;
let targetHeight: u32 = 0;
let targetTypes: usize = 0;
let targetCount: u32 = 0;

function findTarget(depth: u32): void {
  if (depth >= openControls.length) {
    targetLevel = returnLevel;
    targetLocals = false;
    targetTypes = currentType.results;
    targetCount = currentType.resultCount;
    return;
  }
  const block = control(openControls.get(openControls.length - 1 - depth));
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
  seenDepths.fill(openControls.length + 1, 0);
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
