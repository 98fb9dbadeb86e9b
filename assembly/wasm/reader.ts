// A cursor over the input that never leaves it. After a failure it stands at its end, and every read gives 0.

import { Failure, fail, failed, failureText } from "../lib/failure";

export let cursor: usize = 0;
let limit: usize = 0;
let origin: usize = 0;

/** Reads the input that starts at `start` (for offsets), from `from` to `to`. */
export function openReader(start: usize, from: usize, to: usize): void {
  origin = start;
  cursor = from;
  limit = to;
}

@inline export function atEnd(): bool {
  return cursor >= limit;
}
@inline export function remaining(): u32 {
  return <u32>(limit - cursor);
}
@inline export function offsetOf(at: usize): u32 {
  return <u32>(at - origin);
}
@inline export function offset(): u32 {
  return <u32>(cursor - origin);
}
@inline export function seek(to: usize): void {
  cursor = to;
}
/** Narrows or widens the readable range; the caller keeps it inside the input. */
@inline export function setLimit(to: usize): void {
  limit = to;
}
@inline export function readerLimit(): usize {
  return limit;
}

export function malformed(text: string): void {
  fail(Failure.Malformed, offset(), text);
  cursor = limit;
}
export function unsupported(text: string): void {
  fail(Failure.Unsupported, offset(), text);
  cursor = limit;
}
/** Ends all reading; the failure is already told. */
export function stop(): void {
  cursor = limit;
}

@inline export function readByte(): u32 {
  if (cursor >= limit) {
    malformed("unexpected end");
    return 0;
  }
  return load<u8>(cursor++);
}

@inline export function readU32(): u32 {
  if (cursor < limit) {
    const first = <u32>load<u8>(cursor);
    if (first < 0x80) {
      cursor++;
      return first;
    }
  }
  return readU32Slow();
}

function readU32Slow(): u32 {
  let result: u32 = 0;
  let shift: u32 = 0;
  while (!failed()) {
    const byte = readByte();
    if (shift == 28 && byte > 0x0f) {
      malformed(byte & 0x80 ? "integer representation too long" : "integer too large");
      return 0;
    }
    result |= (byte & 0x7f) << shift;
    if (!(byte & 0x80)) return result;
    shift += 7;
  }
  return 0;
}

/** Signed LEB128 of `bits` (32, 33 or 64). */
export function readSigned(bits: u32): i64 {
  let result: i64 = 0;
  let shift: u32 = 0;
  const groups = (bits + 6) / 7;
  for (let k: u32 = 1; !failed(); k++) {
    const byte = readByte();
    result |= <i64>(byte & 0x7f) << shift;
    shift += 7;
    if (!(byte & 0x80)) {
      if (k == groups) {
        // the bits beyond the width must repeat the sign
        const used = bits - (groups - 1) * 7;
        const top = <i32>(<i8>(<u8>(byte << 1))) >> 1;
        const sign = top >> (used - 1);
        if (sign != 0 && sign != -1) malformed("integer too large");
      }
      if (shift < 64 && (byte & 0x40)) result |= -1 << shift;
      return result;
    }
    if (k == groups) {
      malformed("integer representation too long");
      return 0;
    }
  }
  return 0;
}

@inline export function skip(length: u32): void {
  if (length > remaining()) {
    malformed("unexpected end");
    return;
  }
  cursor += length;
}

/** A count whose items take at least one byte each: refuses one that the input cannot hold. */
export function readCount(cap: u32, what: string): u32 {
  const at = offset();
  const count = readU32();
  if (failed()) return 0;
  if (count > remaining()) {
    malformed("length out of bounds");
    return 0;
  }
  if (count > cap) {
    fail(Failure.Limit, at, "too many ");
    failureText.ascii(what);
    stop();
    return 0;
  }
  return count;
}
