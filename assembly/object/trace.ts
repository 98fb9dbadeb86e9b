// The trace: a ring of entries in core memory (abi/system.ts has their layout), written by everybody, read by the host.

import { TRACE_ENTRY_BYTES, TraceEntry } from "../abi/system";
import { allocate } from "../frame/arena";
import { Domain } from "../state/domain";
import { recent } from "./clock";

let ring: usize = 0;
let entries: u32 = 0;
let count: u32 = 0;

/** Makes room for `capacity` entries, a power of two. */
export function createTrace(capacity: u32): bool {
  ring = allocate(capacity * TRACE_ENTRY_BYTES);
  entries = ring == 0 ? 0 : capacity;
  return ring != 0;
}

/** Writes an entry, with the time that was read last: so entries are in order, and cost no reading. */
export function trace(kind: u32, domain: Domain, a: u32, b: u32): void {
  if (entries == 0) return;
  const at = ring + (count & (entries - 1)) * TRACE_ENTRY_BYTES;
  count++;
  store<u64>(at + TraceEntry.TimeNs, <u64>recent());
  store<u32>(at + TraceEntry.Kind, kind);
  store<u32>(at + TraceEntry.Domain, domain.id);
  store<u32>(at + TraceEntry.A, a);
  store<u32>(at + TraceEntry.B, b);
}

export function traceAt(): usize {
  return ring;
}

export function traceCapacity(): u32 {
  return entries;
}

/** How many entries were ever written; wraps at 2^32. */
export function traceCount(): u32 {
  return count;
}
