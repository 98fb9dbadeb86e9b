// Resume points: which values a frame holds, how they are saved when unwinding and brought back when rewinding.

import { Vector } from "../lib/vector";
import { Clause, clauseAt, clauseCount, control, instr } from "../wasm/code";
import { currentType, localTypes, snapshots } from "../wasm/decode";
import { NONE, tagTypes, typeAt } from "../wasm/module";
import { Op, Type, typeCode } from "../wasm/opcodes";
import { contains, loopSet, setWords, siteSet } from "./liveness";
import { call, canonicalLocal, constant, get, mapLocal, newLocal, out, set } from "./operands";
import { loops, siteClauses, sites } from "./plan";
import { loadHelper, MAX_HELPER_VALUES, saveHelper, writePops, writePushes } from "./spill";
import { isOpenTable } from "./survey";

// The layout of a frame, grouped by type code: output local, type code, and the slot it stands for in maps.
export const frameLocals = new Vector(64);
export const frameCodes = new Vector(64);
export const frameSlots = new Vector(64);

// gathered, not yet grouped
const locals = new Vector(64);
const codes = new Vector(64);
const slots = new Vector(64);

/** Slot number of docs/translator.md, section 9. */
const EXCEPTION_SLOT: u32 = 2 * 65536 + 1;

@inline function add(local: u32, type: u32, slot: u32): void {
  locals.push(local);
  codes.push(typeCode(type));
  slots.push(slot);
}

function begin(): void {
  locals.clear();
  codes.clear();
  slots.clear();
}

function addLive(set_: usize): void {
  for (let k: u32 = 0; k < localTypes.length; k++) {
    if ((k & 31) == 0 && load<u32>(set_ + (<usize>(k >> 5) << 2)) == 0) {
      k += 31;
      continue;
    }
    if (contains(set_, k)) add(mapLocal(k), localTypes.get(k), 2 * k);
  }
}

function addOperands(snapshot: u32): void {
  const count = snapshots.get(snapshot);
  for (let d: u32 = 0; d < count; d++) {
    const type = snapshots.get(snapshot + 1 + d);
    add(canonicalLocal(d, type), type, 2 * d + 1);
  }
}

/** The kept exceptions of the clauses around a point. */
function addExceptions(clause: u32): void {
  let slot = EXCEPTION_SLOT;
  for (let c = clause; c != NONE; c = clauseAt(c).outer) {
    const item = clauseAt(c);
    if (!item.kept) continue;
    let local = keptLocals(item);
    if (item.tag != NONE) {
      const type = typeAt(tagTypes.get(item.tag));
      for (let k: u32 = 0; k < type.paramCount; k++, slot += 2) add(local++, type.param(k), slot);
      continue;
    }
    add(local++, Type.I32, slot);
    add(local++, Type.ExternRef, slot + 2);
    slot += 4;
    for (let t: u32 = 0; t < tagTypes.length; t++) {
      const type = typeAt(tagTypes.get(t));
      for (let k: u32 = 0; k < type.paramCount; k++, slot += 2) add(local++, type.param(k), slot);
    }
  }
}

/** Groups the gathered values by type. */
function finish(): void {
  frameLocals.clear();
  frameCodes.clear();
  frameSlots.clear();
  for (let code: u32 = 0; code < 7; code++) {
    for (let k: u32 = 0; k < locals.length; k++) {
      if (codes.get(k) != code) continue;
      frameLocals.push(locals.get(k));
      frameCodes.push(code);
      frameSlots.push(slots.get(k));
    }
  }
}

/** Lays out the frame of the entry: the parameters. */
export function layOutEntry(): void {
  begin();
  for (let k: u32 = 0; k < currentType.paramCount; k++) add(k, currentType.param(k), 2 * k);
  finish();
}

export function layOutLoop(loop: u32): void {
  begin();
  const block = control(loops.get(loop));
  addLive(loopSet(loop));
  addOperands(instr(block.begin).d);
  addExceptions(block.outerClause);
  finish();
}

/** Whether a call site keeps the table index of its callee: in open tables the callee says itself who it is. */
@inline function keepsIndex(i: u32): bool {
  const item = instr(i);
  return item.op == Op.CallIndirect && !isOpenTable(item.b);
}

/** The depth of that index as an operand: above the arguments, that lie above what the site saves. */
@inline function indexDepth(i: u32): u32 {
  return snapshots.get(instr(i).d) + typeAt(instr(i).a).paramCount;
}

// Functions with many call sites save and restore them all alike, in one place of each copy: the frame then holds
// whatever any site needs. Larger frames, much smaller code.

/**
 * Call sites from which on, and up to which, a function shares its spills. The largest functions are interpreters' loops:
 * there a value that is kept for another site's sake costs a register where the time is spent (Lua on Node 20: 1.38 of the
 * native time instead of 1.27).
 */
const SHARING_SITES: u32 = 16;
const MOST_SHARING_SITES: u32 = 64;
/** Operands per site above which a function shares in any case: written out for each site they would be its bulk. */
const MANY_OPERANDS: u32 = 32;

/** The sites of the planned function share one frame layout. */
export let sharesSites: bool = false;
const union = new Vector(64);
/** Depth and type of the operands any site leaves on the stack, and of table indexes: pairs. */
const unionOperands = new Vector(16);

/** Decides once for both copies; call when liveness is known. */
export function decideSharing(): void {
  sharesSites = sites.length >= SHARING_SITES
    && (sites.length <= MOST_SHARING_SITES || snapshots.length > MANY_OPERANDS * sites.length);
  for (let c: u32 = 0; c < clauseCount; c++) if (clauseAt(c).kept) sharesSites = false;
  if (!sharesSites) return;
  union.clear();
  union.fill(setWords, 0);
  unionOperands.clear();
  for (let site: u32 = 0; site < sites.length; site++) {
    const live = siteSet(site);
    for (let w: u32 = 0; w < setWords; w++) union.set(w, union.get(w) | load<u32>(live + (<usize>w << 2)));
    const i = sites.get(site);
    const snapshot = instr(i).d;
    const count = snapshots.get(snapshot);
    for (let d: u32 = 0; d < count; d++) addToUnion(d, snapshots.get(snapshot + 1 + d));
    if (keepsIndex(i)) addToUnion(indexDepth(i), Type.I32);
  }
}

function addToUnion(depth: u32, type: u32): void {
  for (let k: u32 = 0; k < unionOperands.length; k += 2) {
    if (unionOperands.get(k) == depth && unionOperands.get(k + 1) == type) return;
  }
  unionOperands.push(depth);
  unionOperands.push(type);
}

/** Lays out the frame that all sites share. */
export function layOutShared(): void {
  begin();
  addLive(union.ptr);
  for (let k: u32 = 0; k < unionOperands.length; k += 2) {
    add(canonicalLocal(unionOperands.get(k), unionOperands.get(k + 1)), unionOperands.get(k + 1), 2 * unionOperands.get(k) + 1);
  }
  finish();
}

export function layOutSite(site: u32): void {
  if (sharesSites) {
    layOutShared();
    return;
  }
  begin();
  const i = sites.get(site);
  addLive(siteSet(site));
  addOperands(instr(i).d);
  if (keepsIndex(i)) add(indexLocal(i), Type.I32, 2 * indexDepth(i) + 1);
  addExceptions(siteClauses.get(site));
  finish();
}

/** The local that keeps the table index of an indirect call: that of the operand itself. */
export function indexLocal(i: u32): u32 {
  const item = instr(i);
  const below = snapshots.get(item.d);
  return canonicalLocal(below + typeAt(item.a).paramCount, Type.I32);
}

/** Pushes the frame laid out last, under `gid`. */
export function writeSave(gid: u32): void {
  save(NONE, gid);
}

/** Pushes the frame laid out last, under the gid in a local. */
export function writeSaveUnder(gidLocal: u32): void {
  save(gidLocal, 0);
}

function save(gidLocal: u32, gid: u32): void {
  if (frameLocals.length > MAX_HELPER_VALUES) {
    writePushes(out, frameLocals, frameCodes, gidLocal, gid);
    return;
  }
  for (let k: u32 = 0; k < frameLocals.length; k++) get(frameLocals.get(k));
  if (gidLocal == NONE) constant(gid);
  else get(gidLocal);
  call(saveHelper(frameCodes));
}

let temps: u32 = NONE;

/** Brings the frame laid out last back. */
export function writeRestore(): void {
  if (frameLocals.length > MAX_HELPER_VALUES) {
    if (temps == NONE) {
      temps = newLocal(Type.I64);
      for (let k = 1; k < 8; k++) newLocal(Type.I64);
    }
    writePops(out, frameLocals, frameCodes, temps);
    return;
  }
  call(loadHelper(frameCodes));
  for (let k = frameLocals.length; k-- > 0; ) set(frameLocals.get(k));
}

/** Forgets the locals of the copy before. */
export function resetFrames(): void {
  temps = NONE;
  for (let c: u32 = 0; c < clauseCount; c++) clauseAt(c).local = NONE;
}

/**
 * First of the locals that keep the exception of a clause. `catch`: its payload. `catch_all`: which tag (-1: none of
 * ours), the host's exception, then the payloads of all tags.
 */
export function keptLocals(clause: Clause): u32 {
  if (clause.local != NONE) return clause.local;
  let first: u32;
  if (clause.tag != NONE) {
    const type = typeAt(tagTypes.get(clause.tag));
    first = NONE;
    for (let k: u32 = 0; k < type.paramCount; k++) {
      const local = newLocal(type.param(k));
      if (first == NONE) first = local;
    }
    if (first == NONE) first = 0;
  } else {
    first = newLocal(Type.I32);
    newLocal(Type.ExternRef);
    for (let t: u32 = 0; t < tagTypes.length; t++) {
      const type = typeAt(tagTypes.get(t));
      for (let k: u32 = 0; k < type.paramCount; k++) newLocal(type.param(k));
    }
  }
  clause.local = first;
  return first;
}

/** For a kept catch_all: the first local of the payload of tag `tag`. */
export function keptPayload(clause: Clause, tag: u32): u32 {
  let local = keptLocals(clause) + 2;
  for (let t: u32 = 0; t < tag; t++) local += typeAt(tagTypes.get(t)).paramCount;
  return local;
}
