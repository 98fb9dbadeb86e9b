// The memory of the program. All that it says of addresses is checked here, before anything is done.

import { programPages, programRead, programWrite } from "../lib/as/hv";
import { Wasi } from "./abi";

/** Bytes of the program's memory, as far as is known: it never shrinks. */
let knownBytes: u64 = 0;

/** Whether a range lies in the program's memory. */
export function inProgram(offset: u32, length: u32): bool {
  const end = <u64>offset + length;
  if (end <= knownBytes) return true;
  knownBytes = <u64>max(programPages(), 0) << 16;
  return end <= knownBytes;
}

/** Copies `length` bytes from the program to `to`. */
export function fetch(offset: u32, to: usize, length: u32): Wasi {
  return programRead(offset, to, length) < 0 ? Wasi.Fault : Wasi.Success;
}

/** Copies `length` bytes at `from` to the program. */
export function deliver(offset: u32, from: usize, length: u32): Wasi {
  return programWrite(offset, from, length) < 0 ? Wasi.Fault : Wasi.Success;
}

/** For what goes in and out; no call holds anything here while it waits. */
const cell = memory.data(8, 8);

export function deliverU32(offset: u32, value: u32): Wasi {
  store<u32>(cell, value);
  return deliver(offset, cell, 4);
}

export function deliverU64(offset: u32, value: u64): Wasi {
  store<u64>(cell, value);
  return deliver(offset, cell, 8);
}
