// The frame stores: one stack of 8-byte cells per context, of which one is current.
//
// The current store lives in the globals `base`, `sp`, `limit`, so that a push is a compare, a store and
// an add (see glue.wat, that shares them). A context that is not current keeps them in its record:
//
//   0  base       first byte of the cells
//   4  sp         byte above the topmost cell
//   8  limit      byte above the last cell that fits without reserve()
//   12 quota      bytes that the cells may take at most
//   16 funcs      topmost slot of the function reference stack, 0 when empty (see references.ts)
//   20 externs    the same for host references
//   24 held       how many references both hold
//   28 capacity   bytes of the region at base
//
// A store begins small and moves to a region of twice the size when it is full: nothing points into it.

import { Cause } from "../abi/exit";
import { allocate, regionBytes, release } from "./arena";
import { fail } from "./cause";

const RECORD_BYTES: u32 = 32;
const FIRST_CAPACITY: u32 = 1024;

export let base: usize = 0;
export let sp: usize = 0;
export let limit: usize = 0;
/** Record of the current context; 0 before the first is made. */
export let context: usize = 0;

/**
 * How many bytes more the stores of whoever runs may take together. The hypervisor sets it for the domain that it lets
 * run; without one nobody counts.
 */
export let allowance: u32 = u32.MAX_VALUE;

export let funcs: u32 = 0;
export let externs: u32 = 0;
export let held: u32 = 0;

let quota: u32 = 0;
let capacity: u32 = 0;

/** Makes an empty context whose cells may take `quotaBytes` bytes; 0 when there is no memory for it. */
export function newContext(quotaBytes: u32): usize {
  const record = allocate(RECORD_BYTES);
  if (record == 0) return 0;
  const first = min(FIRST_CAPACITY, max(quotaBytes, 8));
  const region = allocate(first);
  if (region == 0) {
    release(record, RECORD_BYTES);
    return 0;
  }
  const bytes = regionBytes(first);
  store<u32>(record, region, 0);
  store<u32>(record, region, 4);
  store<u32>(record, region + min(bytes, quotaBytes), 8);
  store<u32>(record, quotaBytes, 12);
  store<u32>(record, 0, 16);
  store<u32>(record, 0, 20);
  store<u32>(record, 0, 24);
  store<u32>(record, bytes, 28);
  return record;
}

/** Makes `record` the current context. */
export function switchContext(record: usize): void {
  if (record == context) return;
  if (context != 0) saveContext();
  context = record;
  base = load<u32>(record, 0);
  sp = load<u32>(record, 4);
  limit = load<u32>(record, 8);
  quota = load<u32>(record, 12);
  funcs = load<u32>(record, 16);
  externs = load<u32>(record, 20);
  held = load<u32>(record, 24);
  capacity = load<u32>(record, 28);
}

function saveContext(): void {
  store<u32>(context, base, 0);
  store<u32>(context, sp, 4);
  store<u32>(context, limit, 8);
  store<u32>(context, funcs, 16);
  store<u32>(context, externs, 20);
  store<u32>(context, held, 24);
  store<u32>(context, capacity, 28);
}

/** Gives back the memory of a context that is not current and holds no references. */
export function freeContext(record: usize): void {
  if (record == context) fail(Cause.Protocol);
  release(load<u32>(record, 0), load<u32>(record, 28));
  release(record, RECORD_BYTES);
}

/** Makes room for `bytes` more in the current store; ends the guest when its quota does not allow it. */
export function reserve(bytes: u32): void {
  const used = <u32>(sp - base);
  const needed = used + bytes;
  if (needed > quota) fail(Cause.FrameStoreFull);
  if (needed > capacity) {
    const more = regionBytes(needed) - capacity;
    if (more > allowance) fail(Cause.FrameStoreFull);
    const region = allocate(needed);
    if (region == 0) fail(Cause.FrameStoreFull);
    allowance -= more;
    memory.copy(region, base, used);
    release(base, capacity);
    base = region;
    capacity = regionBytes(needed);
    sp = region + used;
  }
  limit = base + min(capacity, quota);
}

/** Pushes one cell. */
export function push(cell: u64): void {
  if (sp + 8 > limit) reserve(8);
  store<u64>(sp, cell);
  sp += 8;
}

/** Takes the topmost cell. */
export function pop(): u64 {
  if (sp == base) fail(Cause.Protocol);
  sp -= 8;
  return load<u64>(sp);
}

/** Bytes of memory that the context `record` takes, which is not current. */
export function contextBytes(record: usize): u32 {
  return RECORD_BYTES + load<u32>(record, 28);
}

/** How many bytes of frames the current context holds. */
export function usedBytes(): u32 {
  return <u32>(sp - base);
}

/** Leaves the current context for none: its record can be given back then. */
export function leaveContext(): void {
  if (context == 0) return;
  saveContext();
  context = 0;
}

/** Forgets the cells of the current context; the references are given back by the glue. */
export function clearCells(): void {
  sp = base;
}

export function setReferences(funcTop: u32, externTop: u32, count: u32): void {
  funcs = funcTop;
  externs = externTop;
  held = count;
}

/** How many references a context may hold: as many as its quota has cells. */
export function referenceQuota(): u32 {
  return quota >> 3;
}
