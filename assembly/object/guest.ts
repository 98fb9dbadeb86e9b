// The one way from the core to a guest: its entries in the function table, and the host's copy. Ranges are checked
// by whoever calls (`inMemory`), before anything is done: nothing here may trap but the guest's own code.

import { CLEAR_REFERENCES_ENTRY, DROP_FUNC_ENTRY, FIRST_SLOT_ENTRY, GuestEntry, SLOT_ENTRIES } from "../abi/guest-entry";
import { COPY_UNITS } from "../abi/hypercall";
import { Domain } from "../state/domain";
import { hostCopy, hostCopyProgram } from "./host";
import { charge } from "./unwinding";

@inline
function entry(domain: Domain, which: GuestEntry): u32 {
  return FIRST_SLOT_ENTRY + domain.slot * SLOT_ENTRIES + which;
}

@inline
export function hasEntry(domain: Domain, which: GuestEntry): bool {
  return (domain.entries & (1 << which)) != 0;
}

/** Whether a range lies in the memory of a domain. */
@inline
export function inMemory(domain: Domain, offset: u32, length: u32): bool {
  return <u64>offset + length <= <u64>domain.pages << 16;
}

/** Whether a range lies in the memory of a domain's program. */
@inline
export function inProgram(domain: Domain, offset: u32, length: u32): bool {
  return <u64>offset + length <= <u64>domain.programPages << 16;
}

/** The table entry of the threaded twin of the program's `_start`. */
@inline
export function programStart(domain: Domain): u32 {
  return FIRST_SLOT_ENTRY + domain.programSlot * SLOT_ENTRIES + GuestEntry.Start;
}

@inline
export function storeU32(domain: Domain, offset: u32, value: u32): void {
  call_indirect<void>(entry(domain, GuestEntry.Store32), offset, value);
}

@inline
export function storeU64(domain: Domain, offset: u32, value: u64): void {
  call_indirect<void>(entry(domain, GuestEntry.Store64), offset, value);
}

/** Copies from core memory to the guest's, at the caller's cost. */
export function copyToGuest(domain: Domain, offset: u32, core: usize, length: u32): void {
  if (length == 0) return;
  charge(COPY_UNITS + (length >> 3));
  hostCopy(domain.slot, offset, core, length, 1);
}

/** Copies from the guest's memory to the core's. */
export function copyFromGuest(domain: Domain, offset: u32, core: usize, length: u32): void {
  if (length == 0) return;
  charge(COPY_UNITS + (length >> 3));
  hostCopy(domain.slot, offset, core, length, 0);
}

/** Copies between the memories of the program above a guest and of the guest. */
export function copyProgram(domain: Domain, programOffset: u32, offset: u32, length: u32, toProgram: i32): void {
  if (length == 0) return;
  charge(COPY_UNITS + (length >> 3));
  hostCopyProgram(domain.programSlot, programOffset, domain.slot, offset, length, toProgram);
}

/** The guest's stack-pointer global; 0 when it has none. */
export function getStackPointer(domain: Domain): u32 {
  if (!hasEntry(domain, GuestEntry.StackPointerGet)) return 0;
  return call_indirect<u32>(entry(domain, GuestEntry.StackPointerGet));
}

export function setStackPointer(domain: Domain, value: u32): void {
  if (hasEntry(domain, GuestEntry.StackPointerSet)) call_indirect<void>(entry(domain, GuestEntry.StackPointerSet), value);
}

// The entry points. They return when the activation ended or is unwound: the budget tells which.

/** `wv:init` or `hv_start`; nothing when it has none. */
export function callPlain(domain: Domain, which: GuestEntry): void {
  if (hasEntry(domain, which)) call_indirect<void>(entry(domain, which));
}

/** `wv:init` of the program; nothing when it has none. */
export function callProgramInit(domain: Domain): void {
  if ((domain.programEntries & (1 << GuestEntry.Init)) == 0) return;
  call_indirect<void>(FIRST_SLOT_ENTRY + domain.programSlot * SLOT_ENTRIES + GuestEntry.Init);
}

export function callUpcall(domain: Domain, port: u32): void {
  call_indirect<void>(entry(domain, GuestEntry.Upcall), port);
}

export function callContext(domain: Domain, argument: u32): u32 {
  return call_indirect<u32>(entry(domain, GuestEntry.Context), argument);
}

/** Takes away what the entry point pushed for itself when it unwound: the core knows which one to call. */
export function dropFunc(): void {
  call_indirect<void>(DROP_FUNC_ENTRY);
}

/** Gives back all references of the current frame store. */
export function clearReferences(): void {
  call_indirect<void>(CLEAR_REFERENCES_ENTRY);
}
