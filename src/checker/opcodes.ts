// The instructions: how many operands each takes and leaves, and what follows its opcode. Types do not
// matter here, since the engine validates them; heights of the operand stack do.

/** What follows an opcode. */
export enum Immediate {
  None,
  /** One index, or two: `first`, `second`. */
  Index,
  TwoIndices,
  MemArg,
  MemArgLane,
  Lane,
  Bytes16,
  I32,
  I64,
  F32,
  F64,
  BlockType,
  Labels,
  /** The type list of `select`. */
  Types,
  /** The type byte of `ref.null`. */
  Type,
}

/** Opcodes with a meaning of their own here. Prefixed ones are numbered prefix * 0x1000 + number. */
export const Op = {
  Unreachable: 0x00,
  Nop: 0x01,
  Block: 0x02,
  Loop: 0x03,
  If: 0x04,
  Else: 0x05,
  Try: 0x06,
  Catch: 0x07,
  Throw: 0x08,
  Rethrow: 0x09,
  End: 0x0b,
  Br: 0x0c,
  BrIf: 0x0d,
  BrTable: 0x0e,
  Return: 0x0f,
  Call: 0x10,
  CallIndirect: 0x11,
  ReturnCall: 0x12,
  ReturnCallIndirect: 0x13,
  Delegate: 0x18,
  CatchAll: 0x19,
  Drop: 0x1a,
  Select: 0x1b,
  SelectTyped: 0x1c,
  LocalGet: 0x20,
  LocalSet: 0x21,
  LocalTee: 0x22,
  GlobalGet: 0x23,
  GlobalSet: 0x24,
  TableGet: 0x25,
  TableSet: 0x26,
  MemorySize: 0x3f,
  MemoryGrow: 0x40,
  I32Const: 0x41,
  I64Const: 0x42,
  I32Eqz: 0x45,
  I32Eq: 0x46,
  I32Ne: 0x47,
  I32LtS: 0x48,
  I32LtU: 0x49,
  I32GtU: 0x4b,
  I32LeU: 0x4d,
  I32GeS: 0x4e,
  I32GeU: 0x4f,
  I64Eq: 0x51,
  I64Ne: 0x52,
  I64LtS: 0x53,
  I64GeS: 0x59,
  I32Add: 0x6a,
  I32Sub: 0x6b,
  I32Or: 0x72,
  I32And: 0x71,
  I32Shl: 0x74,
  I32ShrU: 0x76,
  I32WrapI64: 0xa7,
  RefNull: 0xd0,
  RefFunc: 0xd2,
  MemoryInit: 0xfc008,
  DataDrop: 0xfc009,
  MemoryCopy: 0xfc00a,
  MemoryFill: 0xfc00b,
  TableInit: 0xfc00c,
  ElemDrop: 0xfc00d,
  TableCopy: 0xfc00e,
  TableGrow: 0xfc00f,
  TableSize: 0xfc010,
  TableFill: 0xfc011,
  AtomicNotify: 0xfe000,
  AtomicWait32: 0xfe001,
  AtomicWait64: 0xfe002,
} as const;

/** Operands taken and left, for the opcodes where that is fixed. */
export interface Shape {
  readonly pops: number;
  readonly pushes: number;
  readonly immediate: Immediate;
}

const prefixSize = 0x120;
const shapes: (Shape | undefined)[] = new Array(0x100 + 3 * prefixSize);

function slot(op: number): number {
  return op < 0x100 ? op : 0x100 + ((op >> 12) - 0xfc) * prefixSize + (op & 0xfff);
}

/** undefined: no such instruction, or none that a translated module may hold. */
export function shapeOf(op: number): Shape | undefined {
  return op >= 0x1000 && (op & 0xfff) >= prefixSize ? undefined : shapes[slot(op)];
}

function define(from: number, to: number, pops: number, pushes: number, immediate = Immediate.None): void {
  const shape = { pops, pushes, immediate };
  for (let op = from; op <= to; op++) shapes[slot(op)] = shape;
}
function one(op: number, pops: number, pushes: number, immediate = Immediate.None): void {
  define(op, op, pops, pushes, immediate);
}

// Control. Where pops and pushes depend on a type they are 0 here, and the walk knows better.
one(Op.Unreachable, 0, 0);
one(Op.Nop, 0, 0);
one(Op.Block, 0, 0, Immediate.BlockType);
one(Op.Loop, 0, 0, Immediate.BlockType);
one(Op.If, 1, 0, Immediate.BlockType);
one(Op.Else, 0, 0);
one(Op.Try, 0, 0, Immediate.BlockType);
one(Op.Catch, 0, 0, Immediate.Index);
one(Op.Throw, 0, 0, Immediate.Index);
one(Op.Rethrow, 0, 0, Immediate.Index);
one(Op.End, 0, 0);
one(Op.Br, 0, 0, Immediate.Index);
one(Op.BrIf, 1, 0, Immediate.Index);
one(Op.BrTable, 1, 0, Immediate.Labels);
one(Op.Return, 0, 0);
one(Op.Call, 0, 0, Immediate.Index);
one(Op.CallIndirect, 1, 0, Immediate.TwoIndices);
one(Op.ReturnCall, 0, 0, Immediate.Index);
one(Op.ReturnCallIndirect, 1, 0, Immediate.TwoIndices);
one(Op.Delegate, 0, 0, Immediate.Index);
one(Op.CatchAll, 0, 0);
one(Op.Drop, 1, 0);
one(Op.Select, 3, 1);
one(Op.SelectTyped, 3, 1, Immediate.Types);

// Variables and tables.
one(Op.LocalGet, 0, 1, Immediate.Index);
one(Op.LocalSet, 1, 0, Immediate.Index);
one(Op.LocalTee, 1, 1, Immediate.Index);
one(Op.GlobalGet, 0, 1, Immediate.Index);
one(Op.GlobalSet, 1, 0, Immediate.Index);
one(Op.TableGet, 1, 1, Immediate.Index);
one(Op.TableSet, 2, 0, Immediate.Index);
one(Op.RefNull, 0, 1, Immediate.Type);
one(0xd1, 1, 1);
one(Op.RefFunc, 0, 1, Immediate.Index);

// Memory and numbers.
define(0x28, 0x35, 1, 1, Immediate.MemArg);
define(0x36, 0x3e, 2, 0, Immediate.MemArg);
one(Op.MemorySize, 0, 1, Immediate.Index);
one(Op.MemoryGrow, 1, 1, Immediate.Index);
one(Op.I32Const, 0, 1, Immediate.I32);
one(Op.I64Const, 0, 1, Immediate.I64);
one(0x43, 0, 1, Immediate.F32);
one(0x44, 0, 1, Immediate.F64);
one(Op.I32Eqz, 1, 1);
define(0x46, 0x4f, 2, 1);
one(0x50, 1, 1);
define(0x51, 0x66, 2, 1);
define(0x67, 0x69, 1, 1);
define(0x6a, 0x78, 2, 1);
define(0x79, 0x7b, 1, 1);
define(0x7c, 0x8a, 2, 1);
define(0x8b, 0x91, 1, 1);
define(0x92, 0x98, 2, 1);
define(0x99, 0x9f, 1, 1);
define(0xa0, 0xa6, 2, 1);
define(0xa7, 0xc4, 1, 1);
define(0xfc000, 0xfc007, 1, 1);
one(Op.MemoryInit, 3, 0, Immediate.TwoIndices);
one(Op.DataDrop, 0, 0, Immediate.Index);
one(Op.MemoryCopy, 3, 0, Immediate.TwoIndices);
one(Op.MemoryFill, 3, 0, Immediate.Index);
one(Op.TableInit, 3, 0, Immediate.TwoIndices);
one(Op.ElemDrop, 0, 0, Immediate.Index);
one(Op.TableCopy, 3, 0, Immediate.TwoIndices);
one(Op.TableGrow, 2, 1, Immediate.Index);
one(Op.TableSize, 0, 1, Immediate.Index);
one(Op.TableFill, 3, 0, Immediate.Index);

// Vectors: most take two; exceptions follow.
const simd = 0xfd000;
define(simd + 0x0e, simd + 0xff, 2, 1);
define(simd + 0x00, simd + 0x0a, 1, 1, Immediate.MemArg);
one(simd + 0x0b, 2, 0, Immediate.MemArg);
one(simd + 0x0c, 0, 1, Immediate.Bytes16);
one(simd + 0x0d, 2, 1, Immediate.Bytes16);
define(simd + 0x0f, simd + 0x14, 1, 1);
for (const op of [0x15, 0x16, 0x18, 0x19, 0x1b, 0x1d, 0x1f, 0x21]) one(simd + op, 1, 1, Immediate.Lane);
for (const op of [0x17, 0x1a, 0x1c, 0x1e, 0x20, 0x22]) one(simd + op, 2, 1, Immediate.Lane);
one(simd + 0x52, 3, 1);
define(simd + 0x54, simd + 0x57, 2, 1, Immediate.MemArgLane);
define(simd + 0x58, simd + 0x5b, 2, 0, Immediate.MemArgLane);
define(simd + 0x5c, simd + 0x5d, 1, 1, Immediate.MemArg);
const unary = [
  [0x4d, 0x53, 0x5e, 0x5f],
  [0x60, 0x61, 0x62, 0x63, 0x64, 0x67, 0x68, 0x69, 0x6a, 0x74, 0x75, 0x7a, 0x7c, 0x7d, 0x7e, 0x7f],
  [0x80, 0x81, 0x83, 0x84, 0x87, 0x88, 0x89, 0x8a, 0x94],
  [0xa0, 0xa1, 0xa3, 0xa4, 0xa7, 0xa8, 0xa9, 0xaa],
  [0xc0, 0xc1, 0xc3, 0xc4, 0xc7, 0xc8, 0xc9, 0xca],
  [0xe0, 0xe1, 0xe3, 0xec, 0xed, 0xef],
];
for (const op of unary.flat()) one(simd + op, 1, 1);
define(simd + 0xf8, simd + 0xff, 1, 1);

// Atomics.
const atomic = 0xfe000;
one(Op.AtomicNotify, 2, 1, Immediate.MemArg);
define(Op.AtomicWait32, Op.AtomicWait64, 3, 1, Immediate.MemArg);
one(atomic + 0x03, 0, 0, Immediate.Lane);
define(atomic + 0x10, atomic + 0x16, 1, 1, Immediate.MemArg);
define(atomic + 0x17, atomic + 0x1d, 2, 0, Immediate.MemArg);
define(atomic + 0x1e, atomic + 0x47, 2, 1, Immediate.MemArg);
define(atomic + 0x48, atomic + 0x4e, 3, 1, Immediate.MemArg);
