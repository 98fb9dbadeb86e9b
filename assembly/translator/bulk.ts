// Bulk operations: in pieces, each charged before it is done, resumable in between.

import { Buffer } from "../lib/buffer";
import { Vector } from "../lib/vector";
import { tableAt } from "../wasm/module";
import { Op, Type } from "../wasm/opcodes";
import { addExtra, extraBody, extraIndex, internType, Runtime, runtime } from "./output";
import { putCall, putConstant, putGet, putIfNegative, putSet } from "./put";
import { loadHelper, peekHelper, saveHelper } from "./spill";

/** gids of bulk helpers begin here; the maps say which operation each one is. */
export const FIRST_BULK_GID: u32 = 0x40000000;
const CHUNK_BYTES: u32 = 65536;
const CHUNK_ELEMENTS: u32 = 256;

/** Triples (operation, first index, second index), by helper. */
export const bulkKeys = new Vector(16);
const bulkIndexes = new Vector(16);
const threeCodes = new Vector(4);

/** Threaded `(destination, source or value, length)`. */
export function bulkHelper(op: u32, a: u32, b: u32): u32 {
  for (let k: u32 = 0; k < bulkIndexes.length; k++) {
    if (bulkKeys.get(3 * k) == op && bulkKeys.get(3 * k + 1) == a && bulkKeys.get(3 * k + 2) == b) {
      return bulkIndexes.get(k);
    }
  }
  const gid = FIRST_BULK_GID + bulkIndexes.length;
  const ofTable = op >= Op.TableInit;
  const second = op == Op.TableFill ? tableAt(a).type : Type.I32;
  const bytes = new Buffer(8);
  bytes.byte2(Type.I32, second);
  bytes.byte2(Type.I32, Type.I32);
  bytes.byte2(Type.I32, Type.I32);
  const extra = addExtra(internType(bytes.ptr, 5, bytes.ptr + 5, 1));
  const index = extraIndex(extra);
  bulkKeys.push(op);
  bulkKeys.push(a);
  bulkKeys.push(b);
  bulkIndexes.push(index);
  const body = extraBody(extra);
  const D: u32 = 0, X: u32 = 1, N: u32 = 2, S: u32 = 3, B: u32 = 4, PIECE: u32 = 5;
  const moves = second == Type.I32 && op != Op.MemoryFill;
  body.byte2(1, 1);
  body.byte(Type.I32);
  // the frame: the three operands, i32 ones first
  threeCodes.clear();
  threeCodes.push(0);
  threeCodes.push(0);
  threeCodes.push(second == Type.I32 ? 0 : second == Type.FuncRef ? 5 : 6);

  putIfNegative(body, B);
  putCall(body, peekHelper());
  putConstant(body, gid);
  body.byte2(0x47, Op.If);
  body.byte2(0x40, Op.Unreachable);
  body.byte(Op.End);
  putCall(body, loadHelper(threeCodes));
  if (second == Type.I32) {
    putSet(body, N);
    putSet(body, X);
    putSet(body, D);
  } else {
    putSet(body, X);
    putSet(body, N);
    putSet(body, D);
  }
  putCall(body, runtime(Runtime.Resume));
  pieceCost(body, N, ofTable);
  body.byte(Op.I32Add);
  putSet(body, B);
  body.byte(Op.Else);
  // the whole range is checked before anything is written: by the operation itself, with length 0 at the end
  const ofMemory = !ofTable;
  beyond(body, D, N, ofMemory);
  if (moves) {
    beyond(body, X, N, op == Op.MemoryCopy);
    body.byte(Op.I32Or);
  }
  body.byte2(Op.If, 0x40);
  // a range that no memory or table has: the operation traps
  putConstant(body, -1);
  if (second == Type.I32) putConstant(body, -1);
  else body.byte2(Op.RefNull, second);
  putConstant(body, 2);
  operation(body, op, a, b);
  body.byte(Op.End);
  if (ofMemory) touchEnd(body, D, N);
  if (op == Op.MemoryCopy) touchEnd(body, X, N);
  sum(body, D, N);
  if (moves) sum(body, X, N);
  else putGet(body, X);
  putConstant(body, 0);
  operation(body, op, a, b);
  body.byte(Op.End);

  body.byte2(Op.Loop, 0x40);
  putGet(body, B);
  pieceCost(body, N, ofTable);
  body.byte2(Op.I32Sub, Op.LocalTee);
  body.u32(B);
  putConstant(body, 0);
  body.byte2(Op.I32LtS, Op.If);
  body.byte(0x40);
  putGet(body, D);
  if (second == Type.I32) putGet(body, X);
  putGet(body, N);
  if (second != Type.I32) putGet(body, X);
  putConstant(body, gid);
  putCall(body, saveHelper(threeCodes));
  putGet(body, B);
  putCall(body, runtime(Runtime.Suspend));
  body.byte2(Op.If, 0x40);
  putConstant(body, 0);
  if (second == Type.I32) putConstant(body, 0);
  else body.byte2(Op.RefNull, second);
  putConstant(body, 0);
  putGet(body, S);
  putConstant(body, -1);
  body.byte(Op.ReturnCall);
  body.u32(index);
  body.byte(Op.End);
  putGet(body, B);
  body.byte2(Op.Return, Op.End);
  piece(body, N, ofTable);
  putSet(body, PIECE);
  const copies = op == Op.MemoryCopy || op == Op.TableCopy;
  if (copies) {
    // a destination above its source is copied from the end, as the whole would be
    putGet(body, D);
    putGet(body, X);
    body.byte2(0x4b, Op.If); // i32.gt_u
    body.byte(0x40);
    sum(body, D, N);
    putGet(body, PIECE);
    body.byte(Op.I32Sub);
    sum(body, X, N);
    putGet(body, PIECE);
    body.byte(Op.I32Sub);
    putGet(body, PIECE);
    operation(body, op, a, b);
    body.byte(Op.Else);
  }
  putGet(body, D);
  putGet(body, X);
  putGet(body, PIECE);
  operation(body, op, a, b);
  advance(body, D, PIECE);
  if (moves) advance(body, X, PIECE);
  if (copies) body.byte(Op.End);
  putGet(body, N);
  putGet(body, PIECE);
  body.byte2(Op.I32Sub, Op.LocalTee);
  body.u32(N);
  body.byte2(Op.BrIf, 0);
  body.byte(Op.End);
  putGet(body, B);
  body.byte(Op.End);
  return index;
}

function sum(to: Buffer, x: u32, y: u32): void {
  putGet(to, x);
  putGet(to, y);
  to.byte(Op.I32Add);
}
function advance(to: Buffer, x: u32, by: u32): void {
  sum(to, x, by);
  putSet(to, x);
}
/** Whether x + length is above 2^32; in a memory it may be 2^32 itself. */
function beyond(to: Buffer, x: u32, length: u32, ofMemory: bool): void {
  sum(to, x, length);
  putGet(to, x);
  to.byte(Op.I32LtU);
  if (!ofMemory) return;
  sum(to, x, length);
  putConstant(to, 0);
  to.byte2(0x47, 0x71);
}
/** A range that ends with the last byte of 4 GiB has an end no operand can name: that byte is read instead. */
function touchEnd(to: Buffer, x: u32, length: u32): void {
  sum(to, x, length);
  to.byte(Op.I32Eqz);
  putGet(to, x);
  putConstant(to, 0);
  to.byte2(0x47, 0x71);
  to.byte2(Op.If, 0x40);
  putConstant(to, -1);
  to.byte2(0x2d, 0);
  to.byte2(0, Op.Drop);
  to.byte(Op.End);
}
/** min(length, the largest piece) */
function piece(to: Buffer, length: u32, ofTable: bool): void {
  const most = ofTable ? CHUNK_ELEMENTS : CHUNK_BYTES;
  putGet(to, length);
  putConstant(to, most);
  putGet(to, length);
  putConstant(to, most);
  to.byte2(Op.I32LtU, Op.Select);
}
function pieceCost(to: Buffer, length: u32, ofTable: bool): void {
  piece(to, length, ofTable);
  putConstant(to, ofTable ? 2 : 3);
  to.byte(ofTable ? 0x74 : 0x76);
  putConstant(to, 2);
  to.byte(Op.I32Add);
}
function operation(to: Buffer, op: u32, a: u32, b: u32): void {
  to.byte2(0xfc, op - 0x100);
  if (op == Op.MemoryCopy) to.byte2(0, 0);
  else if (op == Op.MemoryFill) to.byte(0);
  else {
    to.u32(a);
    if (op != Op.TableFill) to.u32(op == Op.MemoryInit ? 0 : b);
  }
}
