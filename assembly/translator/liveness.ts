// Which locals must be saved at a resume point: those that are read later before they are written.
//
// One backward walk over the structured code, repeated while the sets at loop headers still grow (rarely more than
// three times). When a hostile nest does not settle, every local counts as live: larger frames, never wrong ones.

import { Vector, zeroedWords } from "../lib/vector";
import { control, instr, instrCount } from "../wasm/code";
import { localTypes, targets } from "../wasm/decode";
import { NONE } from "../wasm/module";
import { Op } from "../wasm/opcodes";
import { loops, sites } from "./plan";

const MAX_PASSES: u32 = 8;

/** Words of a set. */
export let setWords: u32 = 0;
let siteSets: usize = 0;
let siteCapacity: u32 = 0;
let loopSets: usize = 0;
let loopCapacity: u32 = 0;
/** Sets of open controls: at the end label, and for `else` and handlers. Two per nesting level. */
let labelSets: usize = 0;
let labelCapacity: u32 = 0;
let live: usize = 0;
let liveCapacity: u32 = 0;
const open = new Vector(64);

@inline export function siteSet(site: u32): usize {
  return siteSets + <usize>site * setWords * 4;
}
@inline export function loopSet(loop: u32): usize {
  return loopSets + <usize>loop * setWords * 4;
}
@inline export function contains(set: usize, local: u32): bool {
  return ((load<u32>(set + (<usize>(local >> 5) << 2)) >> (local & 31)) & 1) != 0;
}

@inline function endSet(level: u32): usize {
  return labelSets + <usize>(level * 2) * setWords * 4;
}
@inline function otherSet(level: u32): usize {
  return labelSets + <usize>(level * 2 + 1) * setWords * 4;
}
@inline function copy(to: usize, from: usize): void {
  memory.copy(to, from, <usize>setWords << 2);
}
@inline function clear(set: usize): void {
  memory.fill(set, 0, <usize>setWords << 2);
}
function unite(to: usize, from: usize): void {
  for (let w: usize = 0; w < (<usize>setWords << 2); w += 4) store<u32>(to + w, load<u32>(to + w) | load<u32>(from + w));
}
@inline function ensure(at: usize, capacity: u32, words: u32): usize {
  return words > capacity ? zeroedWords(words) : at;
}

/** Fills `siteSet` and `loopSet` for the planned function. */
export function computeLiveness(): void {
  setWords = max(1, (localTypes.length + 31) >> 5);
  let depth: u32 = 0;
  let deepest: u32 = 0;
  for (let i: u32 = 0; i < instrCount; i++) {
    const op = instr(i).op;
    if (op >= Op.Block && op <= Op.Try && op != Op.Else) depth++;
    else if (op == Op.End || op == Op.Delegate) depth--;
    if (<i32>depth > <i32>deepest) deepest = depth;
  }
  siteSets = ensure(siteSets, siteCapacity, sites.length * setWords);
  siteCapacity = max(siteCapacity, sites.length * setWords);
  loopSets = ensure(loopSets, loopCapacity, loops.length * setWords);
  loopCapacity = max(loopCapacity, loops.length * setWords);
  labelSets = ensure(labelSets, labelCapacity, (deepest + 2) * 2 * setWords);
  labelCapacity = max(labelCapacity, (deepest + 2) * 2 * setWords);
  live = ensure(live, liveCapacity, setWords);
  liveCapacity = max(liveCapacity, setWords);
  memory.fill(loopSets, 0, <usize>(loops.length * setWords) << 2);
  for (let pass: u32 = 0; pass < MAX_PASSES; pass++) {
    if (!walk() || loops.length == 0) return;
  }
  memory.fill(siteSets, 0xff, <usize>(sites.length * setWords) << 2);
  memory.fill(loopSets, 0xff, <usize>(loops.length * setWords) << 2);
}

/** The set at the target of a branch, or 0 for the function's end, where nothing is live. */
@inline function target(depth: u32): usize {
  if (depth >= open.length) return 0;
  const level = open.length - 1 - depth;
  const item = control(open.get(level));
  return item.op == Op.Loop ? loopSet(item.loop) : endSet(level);
}

@inline function branchTo(depth: u32): void {
  const set = target(depth);
  if (set) copy(live, set);
  else clear(live);
}

/** Nesting levels of the tries that are open. */
const tryLevels = new Vector(16);

/** What any handler around the current place needs. Handlers of a clause's own try do not count. */
function uniteHandlers(): void {
  for (let k: u32 = 0; k < tryLevels.length; k++) {
    const around = tryLevels.get(k);
    const item = control(open.get(around));
    if (item.clause == NONE && item.firstClause != NONE) unite(live, otherSet(around));
  }
}

/** One pass; answers whether a loop header's set grew. */
function walk(): bool {
  let grew = false;
  clear(live);
  open.clear();
  tryLevels.clear();
  for (let i = <i32>instrCount - 1; i >= 0; i--) {
    const item = instr(i);
    switch (item.op) {
      case Op.End: case Op.Delegate: {
        if (item.a == NONE) break;
        const level = open.length;
        open.push(item.a);
        const block = control(item.a);
        if (block.op == Op.Try) {
          tryLevels.push(level);
          clear(otherSet(level));
          // walking backwards, the last clause comes first; a try without clauses is in its body at once
          block.clause = block.firstClause;
        }
        copy(endSet(level), live);
        break;
      }
      case Op.Else: {
        const level = open.length - 1;
        copy(otherSet(level), live);
        copy(live, endSet(level));
        break;
      }
      case Op.Catch: case Op.CatchAll: {
        const level = open.length - 1;
        unite(otherSet(level), live);
        copy(live, endSet(level));
        const block = control(item.a);
        if (block.firstClause == item.b) block.clause = NONE; // what comes next is the body
        break;
      }
      case Op.If: {
        const level = open.length - 1;
        unite(live, control(item.a).otherwise != NONE ? otherSet(level) : endSet(level));
        open.pop();
        break;
      }
      case Op.Block:
        open.pop();
        break;
      case Op.Try:
        tryLevels.pop();
        open.pop();
        break;
      case Op.Loop: {
        open.pop();
        const set = loopSet(control(item.a).loop);
        for (let w: usize = 0; w < (<usize>setWords << 2); w += 4) {
          if (load<u32>(live + w) & ~load<u32>(set + w)) grew = true;
        }
        unite(set, live);
        break;
      }
      case Op.Br:
        branchTo(item.a);
        break;
      case Op.BrIf: {
        const set = target(item.a);
        if (set) unite(live, set);
        break;
      }
      case Op.BrTable: {
        clear(live);
        for (let k: u32 = 0; k < item.b; k++) {
          const set = target(targets.get(item.a + k));
          if (set) unite(live, set);
        }
        break;
      }
      case Op.Unreachable: case Op.Return:
        clear(live);
        break;
      case Op.Throw: case Op.Rethrow:
        clear(live);
        uniteHandlers();
        break;
      case Op.ReturnCall: case Op.ReturnCallIndirect:
        clear(live);
        if (item.c) copy(siteSet(item.c - 1), live); // no handler of ours sees what the callee throws
        break;
      case Op.LocalGet: {
        const at = live + (<usize>(item.a >> 5) << 2);
        store<u32>(at, load<u32>(at) | (1 << (item.a & 31)));
        break;
      }
      case Op.LocalSet: case Op.LocalTee: {
        const at = live + (<usize>(item.a >> 5) << 2);
        store<u32>(at, load<u32>(at) & ~(1 << (item.a & 31)));
        break;
      }
      default:
        if (item.c && item.op != Op.Else) {
          uniteHandlers();
          copy(siteSet(item.c - 1), live);
        } else if (item.op == Op.Call) uniteHandlers();
        break;
    }
  }
  return grew;
}
