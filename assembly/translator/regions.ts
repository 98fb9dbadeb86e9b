// Regions: the stretches of code whose labels are opened together, at the place from which resume points inside are
// reached. FAST: the function, a loop's body, the body of a hoisted try. SLOW: the function, the body of a hoisted try.

import { Vector } from "../lib/vector";
import { Clause, clauseAt, Control, control, instr } from "../wasm/code";
import { NONE } from "../wasm/module";
import { Op } from "../wasm/opcodes";
import { Child, childIndexes, childKinds, siteLevels } from "./dispatch";
import { openBlock } from "./labels";
import { fast } from "./operands";
import { deferred, Hoist } from "./plan";

const enum Label {
  Entry = 0,
  Otherwise = 1,
  End = 2,
  Clause = 3,
  Site = 4,
}

const labelKinds = new Vector(64);
const labelIndexes = new Vector(64);

@inline function note(kind: u32, index: u32): void {
  labelKinds.push(kind);
  labelIndexes.push(index);
}
@inline function child(kind: u32, index: u32): void {
  childKinds.push(kind);
  childIndexes.push(index);
}

/** Whether a block is emitted out of place in the copy being written. */
@inline export function isHoisted(block: Control): bool {
  return (block.flags & (fast ? Hoist.Fast : Hoist.Slow)) != 0;
}

/** Whether the body of a try has resume points of the copy being written. */
export function bodyHasPoints(block: Control): bool {
  return fast ? block.loopTo > block.loopFrom : block.siteTo > block.siteFrom;
}

/** Instruction at which the body of a try ends: its first clause, `end` or `delegate`. */
export function bodyEnd(block: Control): u32 {
  return block.firstClause != NONE ? clauseAt(block.firstClause).at : block.end;
}

/** Opens the labels of the region of instructions [from, to), and lists its children for a dispatch. */
export function openRegion(from: u32, to: u32): void {
  labelKinds.clear();
  labelIndexes.clear();
  childKinds.clear();
  childIndexes.clear();
  for (let i = from; i < to; i++) {
    const item = instr(i);
    const op = item.op;
    if (op == Op.Loop) {
      const block = control(item.a);
      if (fast) {
        note(Label.Entry, item.a);
        child(Child.Loop, item.a);
        i = block.end;
      } else if (!(block.flags & Hoist.Slow)) i = block.end;
    } else if (op == Op.Block || op == Op.If) {
      const block = control(item.a);
      if (!isHoisted(block)) i = block.end;
    } else if (op == Op.Try) {
      const block = control(item.a);
      if (!isHoisted(block)) i = block.end;
      else {
        if (bodyHasPoints(block)) {
          note(Label.Entry, item.a);
          child(Child.Try, item.a);
        }
        i = bodyEnd(block) - 1;
      }
    } else if (op == Op.Catch || op == Op.CatchAll) note(Label.Clause, item.b);
    else if (op == Op.Else) note(Label.Otherwise, item.a);
    else if (op == Op.End || op == Op.Delegate) {
      if (item.a != NONE && control(item.a).op != Op.Loop) note(Label.End, item.a);
    } else if (!fast && item.c) {
      if (isCall(op)) {
        if (!deferred.get(item.c - 1)) note(Label.Site, item.c - 1);
        child(Child.Site, item.c - 1);
      }
    }
  }
  for (let k = labelKinds.length; k-- > 0; ) {
    const level = openBlock();
    const index = labelIndexes.get(k);
    const kind = labelKinds.get(k);
    if (kind == Label.Entry) control(index).entryLevel = level;
    else if (kind == Label.Otherwise) control(index).otherwiseLevel = level;
    else if (kind == Label.End) control(index).endLevel = level;
    else if (kind == Label.Clause) clauseAt(index).level = level;
    else siteLevels.set(index, level);
  }
}

/** `c` of an instruction numbers its call site unless it is a `rethrow`. */
@inline export function isCall(op: u32): bool {
  return op != Op.Rethrow;
}
