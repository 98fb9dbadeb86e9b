// Opcodes and what follows them.

import { failed } from "../lib/failure";
import { memories } from "./module";
import { Immediate, immediateOf, Op } from "./opcodes";
import { cursor, malformed, readByte, readCount, readSigned, readU32, seek, skip, unsupported } from "./reader";
import { readHeapType, readValueType } from "./types";

export function readOpcode(): u32 {
  const byte = readByte();
  if (byte < 0xfc) return byte;
  const at = cursor - 1;
  const sub = readU32();
  if (failed()) return 0;
  if (byte == 0xfc && sub < 18) return 0x100 + sub;
  if (byte == 0xfd && sub < 256) return 0x200 + sub;
  if (byte == 0xfe && sub < 0x4f) return 0x400 + sub;
  seek(at);
  if (byte == 0xfd && sub >= 0x100 && sub <= 0x12f) unsupported("relaxed SIMD");
  else if (byte == 0xfc && sub >= 19 && sub <= 22) unsupported("wide arithmetic");
  else if (byte == 0xfe && sub >= 0x4f && sub <= 0x79) unsupported("shared-everything threads");
  else malformed("illegal opcode");
  return 0;
}

export function refuseOpcode(op: u32, at: usize): void {
  seek(at);
  if (op == 0x14 || op == 0x15 || (op >= 0xd4 && op <= 0xd6)) unsupported("typed function references (call_ref and its kin)");
  else if (op == 0x1f || op == 0x0a) unsupported("exnref (try_table and throw_ref of the newer exception handling)");
  else if (op == 0xfb || op == 0xd3) unsupported("garbage collection (gc instructions)");
  else if (op >= 0xe0 && op <= 0xe6) unsupported("stack switching");
  else malformed("illegal opcode");
}

/** Skips the immediates of an instruction in dead code. */
export function skipImmediates(op: u32, row: u32, at: usize): void {
  const immediate = immediateOf(row);
  if (immediate != Immediate.Special) {
    skipSimple(immediate);
    return;
  }
  switch (op) {
    case Op.Block: case Op.Loop: case Op.If: case Op.Try:
      readSigned(33);
      break;
    case Op.Catch: case Op.Throw: case Op.Rethrow: case Op.Br: case Op.BrIf: case Op.Call: case Op.ReturnCall:
    case Op.Delegate: case Op.LocalGet: case Op.LocalSet: case Op.LocalTee: case Op.GlobalGet: case Op.GlobalSet:
    case Op.TableGet: case Op.TableSet: case Op.MemorySize: case Op.MemoryGrow: case Op.RefFunc: case Op.DataDrop:
    case Op.ElemDrop: case Op.TableGrow: case Op.TableSize: case Op.TableFill: case Op.MemoryFill: case Op.AtomicFence:
      readU32();
      break;
    case Op.CallIndirect: case Op.ReturnCallIndirect: case Op.MemoryInit: case Op.MemoryCopy: case Op.TableInit:
    case Op.TableCopy:
      readU32();
      readU32();
      break;
    case Op.AtomicNotify: case Op.AtomicWait32: case Op.AtomicWait64:
      skipSimple(Immediate.MemArg);
      break;
    case Op.BrTable: {
      const count = readCount(MAX_TARGETS, "br_table targets");
      for (let i: u32 = 0; i <= count && !failed(); i++) readU32();
      break;
    }
    case Op.SelectT: {
      const count = readU32();
      if (count != 1 && !failed()) malformed("invalid result arity");
      readValueType();
      break;
    }
    case Op.RefNull:
      readHeapType();
      break;
    default:
      break;
  }
}

export const MAX_TARGETS: u32 = 7654321;

export function skipSimple(immediate: u32): void {
  switch (immediate) {
    case Immediate.None: return;
    case Immediate.MemArg: readMemArg(); return;
    case Immediate.I32: readSigned(32); return;
    case Immediate.I64: readSigned(64); return;
    case Immediate.F32: skip(4); return;
    case Immediate.F64: skip(8); return;
    case Immediate.Bytes16: skip(16); return;
    case Immediate.Lane: skip(1); return;
    case Immediate.MemArgLane: readMemArg(); skip(1); return;
    default: return;
  }
}

export let memArgOffset: u32 = 0;
export function readMemArg(): void {
  const align = readU32();
  if (align >= 64 && align < 128 && !failed()) {
    unsupported("multiple memories");
    return;
  }
  if (align >= 32 && !failed()) malformed("malformed memop flags");
  if (memories == 0 && !failed()) malformed("unknown memory 0");
  memArgOffset = readU32();
}
