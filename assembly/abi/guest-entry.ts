// This file is shared by asc and tsc and must remain portable; it imports nothing.
//
// The function table, as the core and the host share it: hypercalls at their numbers, then the entries of each slot.
// See docs/core.md, section 2.

/** Where the slots begin. */
export const FIRST_SLOT_ENTRY = 256;
/** Entries of a slot. */
export const SLOT_ENTRIES = 16;

/** Slot 0, which no domain has: `drop_func` of the glue over the current frame store. */
export const DROP_FUNC_ENTRY = 256;
/** Slot 0: `clearReferences` of the glue. */
export const CLEAR_REFERENCES_ENTRY = 257;

/** Entries of a domain's slot. The core is told which are there: bit 1 << entry. */
export enum GuestEntry {
  /** `wv:init` */
  Init = 0,
  /** `hv_start`: () -> (); of a program above a kernel the threaded twin of `_start`. */
  Start = 1,
  /** `hv_upcall`: (port: i32) -> () */
  Upcall = 2,
  /** `hv_context`: (argument: i32) -> (i32) */
  Context = 3,
  /** `wv:load8` and so on, the translator's accessors. */
  Load8 = 4,
  /** See Load8. */
  Load16 = 5,
  /** See Load8. */
  Load32 = 6,
  /** See Load8. */
  Load64 = 7,
  /** See Load8. */
  Store8 = 8,
  /** See Load8. */
  Store16 = 9,
  /** See Load8. */
  Store32 = 10,
  /** See Load8. */
  Store64 = 11,
  /** The global `__stack_pointer`, by an instance of build/stack-pointer.wasm. */
  StackPointerGet = 12,
  /** See StackPointerGet. */
  StackPointerSet = 13,
}
