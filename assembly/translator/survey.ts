// The first look at the whole module: what calls what, which functions can be suspended, can recur, are charged at
// their entry, which tables are closed. One decoding of every body; linear in the module's size.
//
// Invariants established here, on which metering rests:
// - every cycle of direct calls holds a function whose entry is charged and whose stack is checked;
// - what a table, a reference or an export can hold is charged at its entry, or is small leaf code;
// - code that is charged by its callers ("uncharged") weighs at most UNCHARGED_WEIGHT in all.

import { failed } from "../lib/failure";
import { Vector, zeroedWords } from "../lib/vector";
import { clauseAt, clauseCount, Instr, instr, instrCount } from "../wasm/code";
import { decodeBody, localTypes, maxHeight } from "../wasm/decode";
import {
  definedFunctions, elementAt, elementItems, elements, exportAt, exports, functionCount, GLOBAL_ITEM, globalAt,
  globals, importedFunctions, importedTables, Kind, NONE, NULL_ITEM, SegmentMode, tableAt, tables,
} from "../wasm/module";
import { Op, rowOf, Type, weightOf } from "../wasm/opcodes";

/** Flags of a function. */
export namespace Is {
  /** Has a FAST and a SLOW copy. */
  export const Suspendable: u32 = 1;
  /** Has the threaded type (all suspendable functions, and leaves in closed tables). */
  export const Threaded: u32 = 2;
  export const Charged: u32 = 4;
  export const Checked: u32 = 8;
  /** Can be called by somebody we do not see. */
  export const Taken: u32 = 16;
  /** Stands in a closed table, or is linked by its threaded type. */
  export const InClosedTable: u32 = 32;
  export const Recursive: u32 = 64;
  export const HasLoop: u32 = 128;
  export const Exported: u32 = 256;
  /** A reference to it can exist: it needs W(f). */
  export const Referable: u32 = 512;
  /** It tail-calls: the frame on top of the store may be that of another function. */
  export const TailCalls: u32 = 1024;
  /** It is tail-called. */
  export const TailCalled: u32 = 2048;
}

/** Most that uncharged code may weigh, its callees included. */
export const UNCHARGED_WEIGHT: u32 = 2000;
/** The same for leaf code that unseen callers may call: its caller pays for the call alone. */
const TAKEN_LEAF_WEIGHT: u32 = 64;
/**
 * Longest chain of unchecked frames, and largest frame of a leaf that unseen callers may call, in bytes. One such leaf at a
 * time is on the stack: the host keeps room for it below the account.
 */
const UNCHECKED_BYTES: u32 = 16384;
const TAKEN_LEAF_BYTES: u32 = 1024;
/** Longest bulk operation that stays in place: bytes of memory, elements of a table. */
export const INLINE_BYTES: u32 = 1024;
export const INLINE_ELEMENTS: u32 = 64;

/** Facts of the module that decide what the output imports and exports. */
export let anySuspendable: bool = false;
export let usesMemorySize: bool = false;
export let usesMemoryGrow: bool = false;
export let usesTableGrow: bool = false;
export let usesWait: bool = false;
export let usesNotify: bool = false;
export let usesExceptions: bool = false;
/** Some catch_all throws its exception again: one that is none of the module's tags is asked of the host. */
export let usesForeign: bool = false;
export let dropsData: bool = false;
export let dropsElements: bool = false;
/** A tail call goes through a closed table. */
let tailCallsTables: bool = false;

/** Flags by function index. */
export let functionFlags: usize = 0;
/** Weight that a caller pays for a call of this function's uncharged code. */
let callCost: usize = 0;
/** Bytes of native stack: the frame with the longest chain of unchecked callees. */
let chainBytes: usize = 0;
let tableOpen: usize = 0;

const edges = new Vector(1024);
const edgeStart = new Vector(256);

@inline export function flagsOf(f: u32): u32 {
  return load<u32>(functionFlags + (<usize>f << 2));
}
@inline export function has(f: u32, flag: u32): bool {
  return (flagsOf(f) & flag) != 0;
}
function mark(f: u32, flag: u32): void {
  const at = functionFlags + (<usize>f << 2);
  store<u32>(at, load<u32>(at) | flag);
}
@inline export function callCostOf(f: u32): u32 {
  return load<u32>(callCost + (<usize>f << 2));
}
/** Stack account of a checked function, in bytes. */
@inline export function stackBytesOf(f: u32): u32 {
  return has(f, Is.Checked) ? load<u32>(chainBytes + (<usize>f << 2)) : 0;
}
@inline export function isOpenTable(t: u32): bool {
  return load<u32>(tableOpen + (<usize>t << 2)) != 0;
}
function openTable(t: u32): void {
  store<u32>(tableOpen + (<usize>t << 2), 1);
}

/**
 * Native stack bytes to count for a frame: measured upper bounds of what V8's compilers take for any copy while
 * rewinding (docs/adr has the table): a value may be there as local, as restored result and as argument at once.
 */
function frameBytes(): u32 {
  let bytes: u32 = 64 + 24 * maxHeight;
  for (let i: u32 = 0; i < localTypes.length; i++) bytes += localTypes.get(i) == Type.V128 ? 48 : 24;
  return bytes;
}

/** Length of a bulk operation when the instruction before is its constant, else 0xffffffff. */
export function constantLength(i: u32): u32 {
  return i > 0 && instr(i - 1).op == Op.I32Const ? instr(i - 1).a : 0xffffffff;
}

/** Whether a bulk operation stays in place. */
export function isInlineBulk(i: u32): bool {
  const op = instr(i).op;
  const most = op == Op.MemoryCopy || op == Op.MemoryFill || op == Op.MemoryInit ? INLINE_BYTES : INLINE_ELEMENTS;
  return constantLength(i) <= most;
}

@inline export function isBulk(op: u32): bool {
  return op == Op.MemoryCopy || op == Op.MemoryFill || op == Op.MemoryInit
    || op == Op.TableCopy || op == Op.TableFill || op == Op.TableInit;
}

/** Weight of instruction `i` by itself; cheap ones are counted by the caller. */
export function weightOfInstr(i: u32): u32 {
  const item = instr(i);
  const weight = weightOf(rowOf(item.op));
  if (isBulk(item.op) && isInlineBulk(i)) {
    const length = constantLength(i);
    return weight + (item.op >= Op.TableInit ? length << 2 : length >> 3);
  }
  if ((item.op == Op.Call || item.op == Op.ReturnCall) && item.a < importedFunctions) return weight + 8;
  return weight;
}

/** Makes room, and looks at what is declared. */
export function prepareSurvey(): void {
  const all = functionCount() + 1; // the init function may be added later
  functionFlags = zeroedWords(all);
  callCost = zeroedWords(all);
  chainBytes = zeroedWords(all);
  tableOpen = zeroedWords(tables.length);
  surveyTables();
}

/** Decodes every function for the first time. */
export function surveyBodies(): void {
  for (let i: u32 = 0; i < definedFunctions(); i++) {
    surveyBody(i, false);
    if (failed()) return;
  }
}

function surveyTables(): void {
  for (let t: u32 = 0; t < tables.length; t++) {
    if (t < importedTables || tableAt(t).type != Type.FuncRef) openTable(t);
  }
  for (let i: u32 = 0; i < exports.length; i++) {
    const item = exportAt(i);
    if (item.kind == Kind.Table) openTable(item.index);
    if (item.kind == Kind.Function) mark(item.index, Is.Taken | Is.Exported | Is.Referable);
  }
  for (let i: u32 = 0; i < elements.length; i++) {
    const segment = elementAt(i);
    if (segment.mode != SegmentMode.Active) continue;
    for (let k: u32 = 0; k < segment.count; k++) {
      const item = elementItems.get(segment.first + k);
      if (item != NULL_ITEM && item & GLOBAL_ITEM) openTable(segment.table);
    }
  }
  for (let i: u32 = 0; i < globals.length; i++) {
    const global = globalAt(i);
    if (global.init && load<u8>(global.init) == Op.RefFunc) mark(readIndex(global.init + 1), Is.Taken | Is.Referable);
  }
}

/** An unsigned LEB128 that was checked before. */
export function readIndex(at: usize): u32 {
  let result: u32 = 0;
  let shift: u32 = 0;
  for (;;) {
    const byte = <u32>load<u8>(at++);
    result |= (byte & 0x7f) << shift;
    if (!(byte & 0x80)) break;
    shift += 7;
  }
  return result;
}

// facts of a body, by defined index
const ownWeight = new Vector(256);
const ownFrame = new Vector(256);
/** Bit 0: can suspend by itself; 1: has a loop. */
const ownFacts = new Vector(256);

/** Decodes defined function `index` and notes its facts. `ours`: a function the translator made. */
export function surveyBody(index: u32, ours: bool): void {
  decodeBody(index, false);
  if (failed()) return;
  if (ours) mark(importedFunctions + index, Is.Taken); // the host calls it
  edgeStart.push(edges.length);
  let facts: u32 = 0;
  let weight: u32 = 0;
  for (let i: u32 = 0; i < instrCount; i++) {
    const item = instr(i);
    weight += weightOfInstr(i);
    const op = item.op;
    if (op < 0x45) {
      if (op == Op.Loop) facts |= 3;
      else if (op == Op.Call || op == Op.ReturnCall) {
        if (item.a < importedFunctions) facts |= 1;
        else edges.push(item.a - importedFunctions);
        if (op == Op.ReturnCall) {
          mark(importedFunctions + index, Is.TailCalls);
          mark(item.a, Is.TailCalled);
        }
      } else if (op == Op.CallIndirect || op == Op.ReturnCallIndirect) {
        facts |= 1;
        if (op == Op.ReturnCallIndirect) {
          mark(importedFunctions + index, Is.TailCalls);
          tailCallsTables = true;
        }
      }
      else if (op == Op.Throw || op == Op.Rethrow) {
        facts |= 1;
        usesExceptions = true;
      } else if (op == Op.Catch || op == Op.CatchAll) usesExceptions = true;
      else if (op == Op.MemorySize) usesMemorySize = true;
      else if (op == Op.MemoryGrow) usesMemoryGrow = true;
      else if (op == Op.TableGet || op == Op.TableSet) openTable(item.a);
    } else if (op >= Op.RefNull) facts |= surveyRare(item, i, ours);
  }
  for (let c: u32 = 0; c < clauseCount; c++) {
    if (clauseAt(c).tag == NONE && clauseAt(c).rethrown) usesForeign = true;
  }
  ownWeight.push(weight + (instrCount >> 3));
  ownFrame.push(frameBytes());
  ownFacts.push(facts);
}

function surveyRare(item: Instr, i: u32, ours: bool): u32 {
  const op = item.op;
  if (op == Op.RefFunc) mark(item.a, Is.Taken | Is.Referable);
  else if (op == Op.TableGrow) {
    openTable(item.a);
    usesTableGrow = true;
  } else if (op == Op.TableFill || op == Op.TableCopy || op == Op.TableInit) {
    if (!ours) {
      openTable(op == Op.TableInit ? item.b : item.a);
      if (op == Op.TableCopy) openTable(item.b);
    }
  } else if (op == Op.DataDrop) dropsData = true;
  else if (op == Op.ElemDrop) dropsElements = true;
  else if (op == Op.AtomicNotify) usesNotify = true;
  else if (op == Op.AtomicWait32 || op == Op.AtomicWait64) {
    usesWait = true;
    return 1;
  }
  return isBulk(op) && !isInlineBulk(i) ? 1 : 0;
}

/** Once the kind of every table is known: what the segments take. */
function surveySegments(): void {
  // a tail call to an import leaves nothing by which its frame could be found: such tables keep identities
  for (let i: u32 = 0; i < elements.length && tailCallsTables; i++) {
    const segment = elementAt(i);
    if (segment.mode != SegmentMode.Active) continue;
    for (let k: u32 = 0; k < segment.count; k++) {
      if (elementItems.get(segment.first + k) < importedFunctions) openTable(segment.table);
    }
  }
  for (let i: u32 = 0; i < elements.length; i++) {
    const segment = elementAt(i);
    const closed = segment.mode == SegmentMode.Active && !isOpenTable(segment.table);
    for (let k: u32 = 0; k < segment.count; k++) {
      const item = elementItems.get(segment.first + k);
      if (item == NULL_ITEM || item & GLOBAL_ITEM) continue;
      mark(item, closed ? Is.Taken | Is.InClosedTable : Is.Taken | Is.Referable);
      if (closed && tailCallsTables) mark(item, Is.TailCalled);
    }
  }
}

/** Decides for every function how it is translated. */
export function classify(): void {
  surveySegments();
  edgeStart.push(edges.length);
  const n = definedFunctions();
  // Tarjan's strongly connected components, without recursion; components come out callees first
  const index = zeroedWords(n);
  const low = zeroedWords(n);
  const onStack = zeroedWords(n);
  const next = zeroedWords(n);
  const stack = new Vector(256);
  const path = new Vector(256);
  let counter: u32 = 0;
  for (let root: u32 = 0; root < n; root++) {
    if (word(index, root)) continue;
    path.push(root);
    while (path.length) {
      const v = path.top();
      if (!word(index, v)) {
        setWord(index, v, ++counter);
        setWord(low, v, counter);
        setWord(next, v, edgeStart.get(v));
        stack.push(v);
        setWord(onStack, v, 1);
      }
      const at = word(next, v);
      const end = edgeStart.get(v + 1);
      if (at < end) {
        setWord(next, v, at + 1);
        const w = edges.get(at);
        if (!word(index, w)) path.push(w);
        else if (word(onStack, w)) {
          if (word(index, w) < word(low, v)) setWord(low, v, word(index, w));
          if (w == v) mark(importedFunctions + v, Is.Recursive);
        }
        continue;
      }
      path.pop();
      if (path.length && word(low, v) < word(low, path.top())) setWord(low, path.top(), word(low, v));
      if (word(low, v) != word(index, v)) continue;
      const first = stack.length;
      let w: u32;
      do {
        w = stack.pop();
        setWord(onStack, w, 0);
      } while (w != v);
      const size = first - stack.length;
      for (let k: u32 = 0; k < size; k++) {
        if (size > 1) mark(importedFunctions + stack.get(stack.length + k), Is.Recursive);
      }
      for (let k: u32 = 0; k < size; k++) decide(stack.get(stack.length + k));
    }
  }
  for (let f: u32 = importedFunctions; f < functionCount(); f++) {
    if (has(f, Is.Suspendable)) anySuspendable = true;
  }
}

@inline function word(base: usize, i: u32): u32 {
  return load<u32>(base + (<usize>i << 2));
}
@inline function setWord(base: usize, i: u32, value: u32): void {
  store<u32>(base + (<usize>i << 2), value);
}

/** Kind, cost and stack account of defined function `v`; its callees are decided, or recur with it. */
function decide(v: u32): void {
  const f = importedFunctions + v;
  const facts = ownFacts.get(v);
  const taken = has(f, Is.Taken);
  const recursive = has(f, Is.Recursive);
  let suspendable = (facts & 1) != 0 || recursive;
  let cost: u64 = ownWeight.get(v);
  let chain: u32 = 0;
  const end = edgeStart.get(v + 1);
  for (let e = edgeStart.get(v); e < end; e++) {
    const callee = importedFunctions + edges.get(e);
    if (has(callee, Is.Suspendable)) suspendable = true;
    cost += callCostOf(callee);
    if (!has(callee, Is.Checked)) {
      const below = word(chainBytes, callee);
      if (below > chain) chain = below;
    }
  }
  chain += ownFrame.get(v);
  if (cost > UNCHARGED_WEIGHT || chain > UNCHECKED_BYTES) suspendable = true;
  if (taken && (cost > TAKEN_LEAF_WEIGHT || chain > TAKEN_LEAF_BYTES)) suspendable = true;
  setWord(chainBytes, f, chain);
  let flags: u32 = 0;
  if (facts & 2) flags |= Is.HasLoop;
  if (suspendable) {
    flags |= Is.Suspendable | Is.Threaded;
    const checked = recursive || taken || chain > UNCHECKED_BYTES;
    if (checked) flags |= Is.Checked;
    if (checked || (facts & 2) != 0 || cost > UNCHARGED_WEIGHT) flags |= Is.Charged;
    setWord(callCost, f, flags & Is.Charged ? 0 : <u32>cost);
  } else {
    if (has(f, Is.InClosedTable)) flags |= Is.Threaded;
    setWord(callCost, f, <u32>cost);
  }
  mark(f, flags);
}
