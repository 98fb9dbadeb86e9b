// Constant expressions of the input, in the output's numbers.

import { Buffer } from "../lib/buffer";
import { Op } from "../wasm/opcodes";
import { wrapperOf } from "./extras";
import { globalIndex } from "./output";
import { readIndex } from "./survey";

/** Writes the `length` bytes at `at` of a constant expression, its indexes renumbered. */
export function writeConstant(to: Buffer, at: usize, length: u32): void {
  const end = at + length;
  while (at < end) {
    const op = <u32>load<u8>(at);
    if (op == Op.GlobalGet || op == Op.RefFunc) {
      const index = readIndex(at + 1);
      to.byte(op);
      to.u32(op == Op.GlobalGet ? globalIndex(index) : wrapperOf(index));
      at = skipLeb(at + 1);
      continue;
    }
    let next = at + 1;
    if (op == Op.I32Const || op == Op.I64Const) next = skipLeb(next);
    else if (op == Op.F32Const) next += 4;
    else if (op == Op.F64Const) next += 8;
    else if (op == Op.RefNull) next += 1;
    else if (op == 0xfd) next = skipLeb(next) + 16;
    to.raw(at, <u32>(next - at));
    at = next;
  }
}

function skipLeb(at: usize): usize {
  while (load<u8>(at) & 0x80) at++;
  return at + 1;
}
