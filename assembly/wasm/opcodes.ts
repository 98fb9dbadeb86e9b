// The one opcode table: reader, stack typing and metering all derive from it.

/** Value types as bytes of the binary format. */
export namespace Type {
  export const I32: u32 = 0x7f;
  export const I64: u32 = 0x7e;
  export const F32: u32 = 0x7d;
  export const F64: u32 = 0x7c;
  export const V128: u32 = 0x7b;
  export const FuncRef: u32 = 0x70;
  export const ExternRef: u32 = 0x6f;
}

/** Number of value types; see `typeCode`. */
export const TYPE_CODES: u32 = 7;

/** i32 i64 f32 f64 v128 funcref externref -> 0 .. 6. */
@inline export function typeCode(type: u32): u32 {
  return type >= Type.V128 ? Type.I32 - type : type == Type.FuncRef ? 5 : 6;
}

export function typeOfCode(code: u32): u32 {
  return code < 5 ? Type.I32 - code : code == 5 ? Type.FuncRef : Type.ExternRef;
}

@inline export function isValueType(byte: u32): bool {
  return (byte >= Type.V128 && byte <= Type.I32) || byte == Type.FuncRef || byte == Type.ExternRef;
}

/** Opcodes with a meaning of their own here. Prefixed ones are numbered FC: 0x100 +, FD: 0x200 +, FE: 0x400 +. */
export namespace Op {
  export const Unreachable: u32 = 0x00;
  export const Nop: u32 = 0x01;
  export const Block: u32 = 0x02;
  export const Loop: u32 = 0x03;
  export const If: u32 = 0x04;
  export const Else: u32 = 0x05;
  export const Try: u32 = 0x06;
  export const Catch: u32 = 0x07;
  export const Throw: u32 = 0x08;
  export const Rethrow: u32 = 0x09;
  export const End: u32 = 0x0b;
  export const Br: u32 = 0x0c;
  export const BrIf: u32 = 0x0d;
  export const BrTable: u32 = 0x0e;
  export const Return: u32 = 0x0f;
  export const Call: u32 = 0x10;
  export const CallIndirect: u32 = 0x11;
  export const ReturnCall: u32 = 0x12;
  export const ReturnCallIndirect: u32 = 0x13;
  export const Delegate: u32 = 0x18;
  export const CatchAll: u32 = 0x19;
  export const Drop: u32 = 0x1a;
  export const Select: u32 = 0x1b;
  export const SelectT: u32 = 0x1c;
  export const LocalGet: u32 = 0x20;
  export const LocalSet: u32 = 0x21;
  export const LocalTee: u32 = 0x22;
  export const GlobalGet: u32 = 0x23;
  export const GlobalSet: u32 = 0x24;
  export const TableGet: u32 = 0x25;
  export const TableSet: u32 = 0x26;
  export const MemorySize: u32 = 0x3f;
  export const MemoryGrow: u32 = 0x40;
  export const I32Const: u32 = 0x41;
  export const I64Const: u32 = 0x42;
  export const F32Const: u32 = 0x43;
  export const F64Const: u32 = 0x44;
  export const I32Eqz: u32 = 0x45;
  export const I32LtS: u32 = 0x48;
  export const I32LtU: u32 = 0x49;
  export const I32Add: u32 = 0x6a;
  export const I32Sub: u32 = 0x6b;
  export const I32Or: u32 = 0x72;
  export const RefNull: u32 = 0xd0;
  export const RefIsNull: u32 = 0xd1;
  export const RefFunc: u32 = 0xd2;
  export const MemoryInit: u32 = 0x108;
  export const DataDrop: u32 = 0x109;
  export const MemoryCopy: u32 = 0x10a;
  export const MemoryFill: u32 = 0x10b;
  export const TableInit: u32 = 0x10c;
  export const ElemDrop: u32 = 0x10d;
  export const TableCopy: u32 = 0x10e;
  export const TableGrow: u32 = 0x10f;
  export const TableSize: u32 = 0x110;
  export const TableFill: u32 = 0x111;
  export const V128Const: u32 = 0x20c;
  export const AtomicNotify: u32 = 0x400;
  export const AtomicWait32: u32 = 0x401;
  export const AtomicWait64: u32 = 0x402;
  export const AtomicFence: u32 = 0x403;
}

/** One past the largest opcode number. */
export const OPCODES: u32 = 0x450;

/** What follows an opcode. */
export const enum Immediate {
  None = 0,
  MemArg = 1,
  I32 = 2,
  I64 = 3,
  F32 = 4,
  F64 = 5,
  Bytes16 = 6,
  Lane = 7,
  MemArgLane = 8,
  /** Decoded by hand: it has a meaning of its own here. */
  Special = 9,
}

// A row: bits 0-2 operands taken, 3 known, 8-15 type pushed (0 none), 16-19 immediate, 24-31 weight.
const rows = heap.alloc(<usize>OPCODES << 2);

@inline export function rowOf(op: u32): u32 {
  return load<u32>(rows + (<usize>op << 2));
}
@inline export function isKnown(row: u32): bool {
  return (row & 8) != 0;
}
@inline export function popsOf(row: u32): u32 {
  return row & 7;
}
@inline export function pushOf(row: u32): u32 {
  return (row >> 8) & 0xff;
}
@inline export function immediateOf(row: u32): u32 {
  return (row >> 16) & 15;
}
/** Budget units; constants, locals and structure weigh nothing by themselves (see decode.ts). */
@inline export function weightOf(row: u32): u32 {
  return row >> 24;
}

function set(from: u32, to: u32, pops: u32, push: u32, immediate: u32, weight: u32): void {
  const row = pops | 8 | (push << 8) | (immediate << 16) | (weight << 24);
  for (let op = from; op <= to; op++) store<u32>(rows + (<usize>op << 2), row);
}
function plain(from: u32, to: u32, pops: u32, push: u32): void {
  set(from, to, pops, push, Immediate.None, 1);
}
function special(op: u32, weight: u32): void {
  set(op, op, 0, 0, Immediate.Special, weight);
}
function access(from: u32, to: u32, pops: u32, push: u32): void {
  set(from, to, pops, push, Immediate.MemArg, 1);
}

/** Fills the table; called once before anything is read. */
export function initOpcodes(): void {
  const I32 = Type.I32, I64 = Type.I64, F32 = Type.F32, F64 = Type.F64, V = Type.V128;
  memory.fill(rows, 0, <usize>OPCODES << 2);
  for (let op: u32 = 0x02; op <= 0x07; op++) special(op, 0);
  // An engine unwinds by looking for handlers frame by frame: a microsecond or two.
  special(Op.Throw, 255);
  special(Op.Rethrow, 255);
  special(Op.Unreachable, 0);
  special(Op.Nop, 0);
  special(Op.End, 0);
  for (let op: u32 = 0x0c; op <= 0x0f; op++) special(op, 1);
  special(Op.Call, 2);
  special(Op.CallIndirect, 4);
  special(Op.ReturnCall, 2);
  special(Op.ReturnCallIndirect, 4);
  special(Op.Delegate, 0);
  special(Op.CatchAll, 0);
  special(Op.Drop, 0);
  special(Op.Select, 1);
  special(Op.SelectT, 1);
  for (let op: u32 = 0x20; op <= 0x22; op++) special(op, 0);
  for (let op: u32 = 0x23; op <= 0x26; op++) special(op, 1);
  access(0x28, 0x28, 1, I32); access(0x29, 0x29, 1, I64);
  access(0x2a, 0x2a, 1, F32); access(0x2b, 0x2b, 1, F64);
  access(0x2c, 0x2f, 1, I32); access(0x30, 0x35, 1, I64);
  access(0x36, 0x3e, 2, 0);
  special(Op.MemorySize, 8);
  special(Op.MemoryGrow, 200);
  set(Op.I32Const, Op.I32Const, 0, I32, Immediate.I32, 0);
  set(Op.I64Const, Op.I64Const, 0, I64, Immediate.I64, 0);
  set(Op.F32Const, Op.F32Const, 0, F32, Immediate.F32, 0);
  set(Op.F64Const, Op.F64Const, 0, F64, Immediate.F64, 0);
  plain(0x45, 0x45, 1, I32); plain(0x46, 0x4f, 2, I32);
  plain(0x50, 0x50, 1, I32); plain(0x51, 0x66, 2, I32);
  plain(0x67, 0x69, 1, I32); plain(0x6a, 0x78, 2, I32);
  plain(0x79, 0x7b, 1, I64); plain(0x7c, 0x8a, 2, I64);
  plain(0x8b, 0x91, 1, F32); plain(0x92, 0x98, 2, F32);
  plain(0x99, 0x9f, 1, F64); plain(0xa0, 0xa6, 2, F64);
  plain(0xa7, 0xab, 1, I32); plain(0xac, 0xb1, 1, I64);
  plain(0xb2, 0xb6, 1, F32); plain(0xb7, 0xbb, 1, F64);
  plain(0xbc, 0xbc, 1, I32); plain(0xbd, 0xbd, 1, I64);
  plain(0xbe, 0xbe, 1, F32); plain(0xbf, 0xbf, 1, F64);
  plain(0xc0, 0xc1, 1, I32); plain(0xc2, 0xc4, 1, I64);
  set(0x6d, 0x70, 2, I32, Immediate.None, 4); set(0x7f, 0x82, 2, I64, Immediate.None, 6);
  set(0x91, 0x91, 1, F32, Immediate.None, 4); set(0x95, 0x95, 2, F32, Immediate.None, 4);
  set(0x9f, 0x9f, 1, F64, Immediate.None, 5); set(0xa3, 0xa3, 2, F64, Immediate.None, 5);
  special(Op.RefNull, 0);
  plain(Op.RefIsNull, Op.RefIsNull, 1, I32);
  special(Op.RefFunc, 2);

  plain(0x100, 0x103, 1, I32); plain(0x104, 0x107, 1, I64);
  for (let op: u32 = Op.MemoryInit; op <= Op.TableFill; op++) special(op, 4);
  special(Op.TableGrow, 200);

  const S: u32 = 0x200;
  access(S, S + 10, 1, V); access(S + 11, S + 11, 2, 0);
  set(S + 12, S + 12, 0, V, Immediate.Bytes16, 0);
  set(S + 13, S + 13, 2, V, Immediate.Bytes16, 1);
  plain(S + 14, S + 14, 2, V); plain(S + 15, S + 20, 1, V);
  lanes(S + 21, S + 22, S + 23, I32); lanes(S + 24, S + 25, S + 26, I32);
  lanes(S + 27, S + 27, S + 28, I32); lanes(S + 29, S + 29, S + 30, I64);
  lanes(S + 31, S + 31, S + 32, F32); lanes(S + 33, S + 33, S + 34, F64);
  plain(S + 35, S + 76, 2, V); plain(S + 77, S + 77, 1, V); plain(S + 78, S + 81, 2, V);
  plain(S + 82, S + 82, 3, V); plain(S + 83, S + 83, 1, I32);
  set(S + 84, S + 87, 2, V, Immediate.MemArgLane, 1);
  set(S + 88, S + 91, 2, 0, Immediate.MemArgLane, 1);
  access(S + 92, S + 93, 1, V); plain(S + 94, S + 98, 1, V);
  plain(S + 99, S + 100, 1, I32); plain(S + 101, S + 102, 2, V); plain(S + 103, S + 106, 1, V);
  plain(S + 107, S + 115, 2, V); plain(S + 116, S + 117, 1, V); plain(S + 118, S + 121, 2, V);
  plain(S + 122, S + 122, 1, V); plain(S + 123, S + 123, 2, V); plain(S + 124, S + 129, 1, V);
  plain(S + 130, S + 130, 2, V); plain(S + 131, S + 132, 1, I32); plain(S + 133, S + 134, 2, V);
  plain(S + 135, S + 138, 1, V); plain(S + 139, S + 147, 2, V); plain(S + 148, S + 148, 1, V);
  plain(S + 149, S + 153, 2, V); plain(S + 155, S + 159, 2, V);
  plain(S + 160, S + 161, 1, V); plain(S + 163, S + 164, 1, I32); plain(S + 167, S + 170, 1, V);
  plain(S + 171, S + 174, 2, V); plain(S + 177, S + 177, 2, V); plain(S + 181, S + 186, 2, V);
  plain(S + 188, S + 191, 2, V);
  plain(S + 192, S + 193, 1, V); plain(S + 195, S + 196, 1, I32); plain(S + 199, S + 202, 1, V);
  plain(S + 203, S + 206, 2, V); plain(S + 209, S + 209, 2, V); plain(S + 213, S + 223, 2, V);
  plain(S + 224, S + 225, 1, V); plain(S + 227, S + 227, 1, V); plain(S + 228, S + 235, 2, V);
  plain(S + 236, S + 237, 1, V); plain(S + 239, S + 239, 1, V); plain(S + 240, S + 247, 2, V);
  plain(S + 248, S + 255, 1, V);

  const A: u32 = 0x400;
  special(Op.AtomicNotify, 20); special(Op.AtomicWait32, 50); special(Op.AtomicWait64, 50);
  special(Op.AtomicFence, 4);
  atomic(A + 0x10, 1, false, 4); atomic(A + 0x17, 2, true, 8);
  for (let op: u32 = A + 0x1e; op < A + 0x48; op += 7) atomic(op, 2, false, 8);
  atomic(A + 0x48, 3, false, 8);
}

function lanes(extractFrom: u32, extractTo: u32, replace: u32, scalar: u32): void {
  set(extractFrom, extractTo, 1, scalar, Immediate.Lane, 1);
  set(replace, replace, 2, Type.V128, Immediate.Lane, 1);
}

/** Seven atomic accesses: i32, i64, i32 8 and 16 bits, i64 8, 16 and 32 bits. */
function atomic(op: u32, pops: u32, isStore: bool, weight: u32): void {
  for (let k: u32 = 0; k < 7; k++) {
    const wide = k == 1 || k >= 4;
    set(op + k, op + k, pops, isStore ? 0 : wide ? Type.I64 : Type.I32, Immediate.MemArg, weight);
  }
}
