// Deterministic mode: wherever arithmetic may produce a NaN, its bits are made the canonical ones.
// Wasm leaves sign and payload open, and engines differ, even between their own compilers.

import { Instr } from "../wasm/code";
import { Op, Type } from "../wasm/opcodes";
import { copyNumber, get, newLocal, out, tee } from "./operands";

export let deterministic: bool = false;
export function setDeterministic(value: bool): void {
  deterministic = value;
}

// locals for the value being tested, by kind, of the copy being written
let scalar32: u32 = 0;
let scalar64: u32 = 0;
let vector: u32 = 0;
let copyOf: u32 = 0xffffffff;

const enum Shape {
  None = 0,
  F32 = 1,
  F64 = 2,
  F32x4 = 3,
  F64x2 = 4,
}

/** What the result of `op` may be a NaN of. Sign operations (abs, neg, copysign) and pmin, pmax keep bits and are left alone. */
function shapeOf(op: u32): u32 {
  if ((op >= 0x8d && op <= 0x91) || (op >= 0x92 && op <= 0x97) || op == 0xb6) return Shape.F32;
  if ((op >= 0x9b && op <= 0x9f) || (op >= 0xa0 && op <= 0xa5) || op == 0xbb) return Shape.F64;
  if (op < 0x200) return Shape.None;
  const sub = op - 0x200;
  if ((sub >= 103 && sub <= 106) || sub == 94 || (sub >= 227 && sub <= 233)) return Shape.F32x4;
  if (sub == 116 || sub == 117 || sub == 122 || sub == 148 || sub == 95 || (sub >= 239 && sub <= 245)) {
    return Shape.F64x2;
  }
  return Shape.None;
}

/** Behind an instruction whose result is on the stack. Nothing is to be done where only arithmetic takes the result. */
export function canonicalizeNaN(item: Instr): void {
  if (!deterministic || item.d != 0) return;
  const op = item.op;
  const shape = shapeOf(op);
  if (shape == Shape.None) return;
  if (copyOf != copyNumber) {
    copyOf = copyNumber;
    scalar32 = scalar64 = vector = 0;
  }
  if (shape == Shape.F32) {
    if (!scalar32) scalar32 = newLocal(Type.F32);
    tee(scalar32);
    out.byte(Op.F32Const);
    word(0x7fc00000);
    compare(scalar32, 0x5b);
    out.byte(Op.Select);
  } else if (shape == Shape.F64) {
    if (!scalar64) scalar64 = newLocal(Type.F64);
    tee(scalar64);
    out.byte(Op.F64Const);
    word(0);
    word(0x7ff80000);
    compare(scalar64, 0x61);
    out.byte(Op.Select);
  } else {
    if (!vector) vector = newLocal(Type.V128);
    const wide = shape == Shape.F64x2;
    tee(vector);
    out.byte2(0xfd, 12);
    for (let k = 0; k < 2; k++) {
      word(wide ? 0 : 0x7fc00000);
      word(wide ? 0x7ff80000 : 0x7fc00000);
    }
    get(vector);
    get(vector);
    out.byte2(0xfd, wide ? 71 : 65);
    out.byte2(0xfd, 82);
  }
}

function compare(local: u32, equal: u32): void {
  get(local);
  get(local);
  out.byte(equal);
}

function word(bits: u32): void {
  for (let k: u32 = 0; k < 32; k += 8) out.byte((bits >> k) & 0xff);
}
