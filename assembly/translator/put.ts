// Instructions written into any buffer: for functions that are not copies of original ones.

import { Buffer } from "../lib/buffer";
import { Op } from "../wasm/opcodes";

@inline export function putGet(to: Buffer, local: u32): void {
  to.byte(Op.LocalGet);
  to.u32(local);
}
@inline export function putSet(to: Buffer, local: u32): void {
  to.byte(Op.LocalSet);
  to.u32(local);
}
@inline export function putCall(to: Buffer, f: u32): void {
  to.byte(Op.Call);
  to.u32(f);
}
@inline export function putConstant(to: Buffer, value: i32): void {
  to.byte(Op.I32Const);
  to.s32(value);
}
@inline export function putGlobal(to: Buffer, op: u32, index: u32): void {
  to.byte(op);
  to.u32(index);
}
/** `(if (i32.lt_s (local) 0)`, to be ended. */
export function putIfNegative(to: Buffer, local: u32): void {
  putGet(to, local);
  putConstant(to, 0);
  to.byte2(Op.I32LtS, Op.If);
  to.byte(0x40);
}
