// The vectors of a read or a write: where in the program's memory the bytes go or come from.

import { IOVEC_BYTES, Wasi } from "./abi";
import { fetch, inProgram } from "./program";

/** Vectors of one call at most. */
const VECTORS_MAX: u32 = 1024;

const vectors = memory.data(8192, 8);

/** How many there are. */
export let vectorCount: u32 = 0;

/** Reads the vectors of a call, whose result goes to `result`; all ranges are checked. */
export function readVectors(at: u32, count: u32, result: u32): Wasi {
  if (count > VECTORS_MAX) return Wasi.Inval;
  if (!inProgram(result, 4)) return Wasi.Fault;
  const error = fetch(at, vectors, count * IOVEC_BYTES);
  if (error != 0) return error;
  vectorCount = count;
  let total: u64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    if (!inProgram(vectorAt(i), vectorLength(i))) return Wasi.Fault;
    total += vectorLength(i);
  }
  return total > u32.MAX_VALUE ? Wasi.Inval : Wasi.Success;
}

export function vectorAt(index: u32): u32 {
  return load<u32>(vectors + index * IOVEC_BYTES);
}

export function vectorLength(index: u32): u32 {
  return load<u32>(vectors + index * IOVEC_BYTES, 4);
}
