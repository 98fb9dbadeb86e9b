// A decoded body: its instructions, control constructs and clauses, in arrays that the next body reuses.

import { NONE, typeAt } from "./module";
import { cursor, offsetOf } from "./reader";

/** One instruction. What `a`, `b` and `c` hold depends on `op`; see `decodeSpecial`. */
@unmanaged
export class Instr {
  op: u32;
  /** Address of its first byte in the input, and its length. */
  at: usize;
  size: u32;
  a: u32;
  b: u32;
  c: u32;
  /** Where `snapshots` has the operand types of a loop header (all), or of a call (those below its arguments). */
  d: u32;
}

/** A block, loop, if or try. */
@unmanaged
export class Control {
  op: u32;
  parent: u32;
  begin: u32;
  /** Instruction index of its `end` or `delegate`. */
  end: u32;
  /** Of its `else`, or NONE. */
  otherwise: u32;
  /** Operands below its parameters. */
  height: u32;
  paramCount: u32;
  params: usize;
  resultCount: u32;
  results: usize;
  /** First clause of a try, or NONE. */
  firstClause: u32;
  /** The clause a pass is in, or NONE in the body. */
  clause: u32;

  // Filled in by translator/plan.ts.
  /** Loops: weight of the body outside inner loops. */
  weight: u32;
  /** Region it lies in, and ways there: see translator/plan.ts. */
  region: u32;
  beginWay: u32;
  beginSum: u32;
  labelWay: u32;
  /** `Hoist` bits of what is inside. */
  flags: u32;
  /** Loops: ordinal among the function's loops. */
  loop: u32;
  /** Ordinals of the loops and call sites inside: of a try, of its body alone. */
  loopFrom: u32;
  loopTo: u32;
  siteFrom: u32;
  siteTo: u32;
  /** The clause it is in, or NONE. */
  outerClause: u32;

  // Filled in by the emitter: nesting levels of labels (see translator/labels.ts).
  endLevel: u32;
  otherwiseLevel: u32;
  entryLevel: u32;
  stubLevel: u32;
  stubUsed: bool;
  endUsed: bool;
  otherwiseUsed: bool;
  /** Emitted out of place, its results in canonical locals. */
  hoisted: bool;
  /** Not emitted at all. */
  skipped: bool;
  /** Real operands below it, which it must not touch. */
  frozen: u32;

  @inline param(i: u32): u32 {
    return load<u8>(this.params + i);
  }
  @inline result(i: u32): u32 {
    return load<u8>(this.results + i);
  }
}

/** A `catch` or `catch_all` of a try. */
@unmanaged
export class Clause {
  at: u32;
  /** Tag index, or NONE for catch_all. */
  tag: u32;
  next: u32;
  /** The clause around its try, or NONE. */
  outer: u32;
  control: u32;
  /** A `rethrow` names it. */
  rethrown: bool;
  /** `Hoist` bits of its body; filled in by translator/plan.ts. */
  flags: u32;
  /** Its exception is kept in locals, since it may be thrown again after a suspension. */
  kept: bool;
  /** Emitter: first of those locals or NONE, and the label's nesting level. */
  local: u32;
  level: u32;
}

const INSTR_BYTES: usize = offsetof<Instr>();
const CONTROL_BYTES: usize = offsetof<Control>();
const CLAUSE_BYTES: usize = offsetof<Clause>();

let code: usize = heap.alloc(1024 * INSTR_BYTES);
let codeCapacity: u32 = 1024;
export let instrCount: u32 = 0;

let controlMemory: usize = heap.alloc(64 * CONTROL_BYTES);
let controlCapacity: u32 = 64;
export let controlCount: u32 = 0;

let clauseMemory: usize = heap.alloc(16 * CLAUSE_BYTES);
let clauseCapacity: u32 = 16;
export let clauseCount: u32 = 0;

@inline export function instr(i: u32): Instr {
  return changetype<Instr>(code + <usize>i * INSTR_BYTES);
}
@inline export function control(i: u32): Control {
  return changetype<Control>(controlMemory + <usize>i * CONTROL_BYTES);
}
@inline export function clauseAt(i: u32): Clause {
  return changetype<Clause>(clauseMemory + <usize>i * CLAUSE_BYTES);
}
/** Byte offset in the input of instruction `i`. */
@inline export function instrOffset(i: u32): u32 {
  return offsetOf(instr(i).at);
}

/** Adds an instruction that ends where the reader stands. */
export function addInstr(op: u32, at: usize, a: u32, b: u32, c: u32): void {
  if (instrCount == codeCapacity) {
    const fresh = heap.alloc(<usize>codeCapacity * 2 * INSTR_BYTES);
    memory.copy(fresh, code, <usize>codeCapacity * INSTR_BYTES);
    heap.free(code);
    code = fresh;
    codeCapacity *= 2;
  }
  const item = instr(instrCount++);
  item.op = op;
  item.at = at;
  item.size = <u32>(cursor - at);
  item.a = a;
  item.b = b;
  item.c = c;
  item.d = 0;
}

/** Adds a control construct inside `parent`; `type` as in the input. */
export function newControl(op: u32, type: i64, parent: u32): u32 {
  if (controlCount == controlCapacity) {
    const fresh = heap.alloc(<usize>controlCapacity * 2 * CONTROL_BYTES);
    memory.copy(fresh, controlMemory, <usize>controlCapacity * CONTROL_BYTES);
    heap.free(controlMemory);
    controlMemory = fresh;
    controlCapacity *= 2;
  }
  const item = control(controlCount);
  memory.fill(changetype<usize>(item), 0, CONTROL_BYTES);
  item.op = op;
  item.parent = parent;
  item.begin = instrCount;
  item.end = NONE;
  item.otherwise = NONE;
  item.firstClause = NONE;
  item.clause = NONE;
  if (type >= 0) {
    const signature = typeAt(<u32>type);
    item.paramCount = signature.paramCount;
    item.params = signature.params;
    item.resultCount = signature.resultCount;
    item.results = signature.results;
  } else if (type != -64) {
    item.resultCount = 1;
    item.results = cursor - 1; // the type's own byte in the input
  }
  return controlCount++;
}

/** Adds a clause to a try. */
export function newClause(owner: u32, tag: u32): u32 {
  if (clauseCount == clauseCapacity) {
    const fresh = heap.alloc(<usize>clauseCapacity * 2 * CLAUSE_BYTES);
    memory.copy(fresh, clauseMemory, <usize>clauseCapacity * CLAUSE_BYTES);
    heap.free(clauseMemory);
    clauseMemory = fresh;
    clauseCapacity *= 2;
  }
  const item = clauseAt(clauseCount);
  memory.fill(changetype<usize>(item), 0, CLAUSE_BYTES);
  item.at = instrCount;
  item.tag = tag;
  item.next = NONE;
  item.control = owner;
  const control_ = control(owner);
  if (control_.firstClause == NONE) control_.firstClause = clauseCount;
  else clauseAt(control_.clause).next = clauseCount;
  control_.clause = clauseCount;
  return clauseCount++;
}

/** Forgets the body before. */
export function clearCode(): void {
  instrCount = 0;
  controlCount = 0;
  clauseCount = 0;
}
