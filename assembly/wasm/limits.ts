// What engines refuse, and what we refuse before an engine has to suffer from it.

export const MAX_TYPES: u32 = 1000000;
export const MAX_FUNCTIONS: u32 = 1000000;
export const MAX_IMPORTS: u32 = 100000;
export const MAX_EXPORTS: u32 = 100000;
export const MAX_GLOBALS: u32 = 1000000;
export const MAX_DATA_SEGMENTS: u32 = 100000;
export const MAX_ELEMENT_SEGMENTS: u32 = 1000000;
export const MAX_TABLES: u32 = 100;
export const MAX_TAGS: u32 = 10000;
export const MAX_PARAMS: u32 = 998; // two more are added to a threaded function
export const MAX_RESULTS: u32 = 999; // and one result
export const MAX_LOCALS: u32 = 50000;
export const MAX_NESTED_TRIES: u32 = 500;
export const MAX_BODY_BYTES: u32 = 7654321;

/** Limits a host may lower or raise: docs/translator.md, `setLimit`. */
export const enum Limit {
  /** Sum of the declared minima of own tables, in elements. */
  TableElements = 0,
  /** Declared minimum of the own memory, in 64 KiB pages. */
  MemoryPages = 1,
  /** Locals times control points of one function: what engines' compile time grows with. */
  LocalsTimesPoints = 2,
  /** Nesting depth of blocks in one function. */
  Nesting = 3,
}

export let maxTableElements: u32 = 10000000;
export let maxMemoryPages: u32 = 65536;
export let maxLocalsTimesPoints: u32 = 1 << 26;
export let maxNesting: u32 = 50000;

export function changeLimit(which: u32, value: u32): void {
  if (which == Limit.TableElements) maxTableElements = value;
  else if (which == Limit.MemoryPages) maxMemoryPages = value;
  else if (which == Limit.LocalsTimesPoints) maxLocalsTimesPoints = value;
  else if (which == Limit.Nesting) maxNesting = value;
}
