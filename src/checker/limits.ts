// The numbers of the promises. docs/checker.md says how they add up.

/** Largest weight of one charge: far below 2^31, so that no chain of charges between two tests wraps around. */
export const maxWeight = 1 << 26;

/** Instructions that one unit of weight may stand for, at most. */
export const instructionsPerWeight = 8;

/** Instructions that may stand in a charged region beyond what its weight pays for: prologue, tests, hand-over. */
export const regionAllowance = 64;

/** Cost of the longest work, calls included, that a function may do without any charge of its own. */
export const maxUncharged = 4096;

/** Bytes of one uncharged memory.copy, memory.fill or memory.init. */
export const maxBulkBytes = 4096;

/** Elements of one uncharged table.copy, table.fill or table.init. */
export const maxBulkElements = 256;

/** Bytes, or elements, of bulk work that count as one instruction. */
export const bytesPerInstruction = 16;

/** Facts about locals that are remembered at a time; more are forgotten, which can only lead to a refusal. */
export const maxFacts = 24;

/** Times that one function is walked again with fewer assumptions about its loops. */
export const maxWalks = 8;

/** Most problems that a verdict lists. */
export const maxProblems = 50;
