import { maxLocals } from "./limits.js";
import { Immediate, type Shape, shapeOf } from "./opcodes.js";
import type { Reader } from "./reader.js";
import { Refusal } from "./verdict.js";

/** Reads one instruction after the other; the fields tell of the one read last. */
export class Instructions {
  offset = 0;
  op = 0;
  shape!: Shape;
  /** The first index, label, lane or memory offset; the value of an i32.const or i64.const (NaN: no safe integer). */
  first = 0;
  second = 0;
  /** Of br_table; the default label is the last one. */
  labels: number[] = [];
  /** Of a block: negative for a value type or nothing (-64), else a type index. */
  blockType = 0;

  constructor(readonly reader: Reader) {}

  next(): void {
    const r = this.reader;
    this.offset = r.position;
    let op = r.byte();
    if (op >= 0xfc && op <= 0xfe) {
      const number = r.u32();
      op = number > 0xfff ? -1 : op * 0x1000 + number;
    }
    const shape = op < 0 ? undefined : shapeOf(op);
    if (shape === undefined) {
      const code = op < 0 ? "with a large number" : `0x${op.toString(16)}`;
      throw new Refusal("unsupported", this.offset, `instruction ${code} is not known to the checker`);
    }
    this.op = op;
    this.shape = shape;
    switch (shape.immediate) {
      case Immediate.None:
        break;
      case Immediate.Index:
        this.first = r.u32();
        break;
      case Immediate.TwoIndices:
        this.first = r.u32();
        this.second = r.u32();
        break;
      case Immediate.MemArg:
      case Immediate.MemArgLane:
        if (r.u32() >= 64) throw new Refusal("unsupported", this.offset, "only one memory is supported");
        r.u32();
        if (shape.immediate === Immediate.MemArgLane) r.byte();
        break;
      case Immediate.Lane:
      case Immediate.Type:
        this.first = r.byte();
        break;
      case Immediate.Bytes16:
        r.skip(16);
        break;
      case Immediate.I32:
        this.first = r.s32();
        break;
      case Immediate.I64:
        this.first = r.s64();
        break;
      case Immediate.F32:
        r.skip(4);
        break;
      case Immediate.F64:
        r.skip(8);
        break;
      case Immediate.BlockType:
        this.blockType = r.s33();
        break;
      case Immediate.Labels:
        this.labels = [];
        for (let left = r.count() + 1; left > 0; left--) this.labels.push(r.u32());
        break;
      case Immediate.Types:
        r.skip(r.count());
        break;
    }
  }
}

/** Reads the locals' declarations of a body: their number, and the types as (count, type) pairs. */
export function readLocals(r: Reader): { count: number; groups: { count: number; type: number }[] } {
  const groups: { count: number; type: number }[] = [];
  let count = 0;
  for (let left = r.count(); left > 0; left--) {
    const group = { count: r.u32(), type: r.byte() };
    groups.push(group);
    count += group.count;
  }
  if (count > maxLocals) r.fail(`${count} locals: engines take ${maxLocals}`);
  return { count, groups };
}
