// The numbers of the promises. docs/checker.md says how they add up.

/** Largest weight of one charge, and furthest that a budget may be below zero when it goes to another function. */
export const maxWeight = 2 ** 30;

/** No chain of charges between two tests may take the budget below this: it would wrap around. */
export const lowestBudget = -(2 ** 31);

/** What a budget that goes into a call is at least; -1 says that a frame is being rewound. */
export const lowestPassed = -1;

/** Instructions that one unit of weight may stand for, at most. */
export const instructionsPerWeight = 8;

/** Instructions that may stand in a charged region beyond what its weight pays for: prologue, tests, hand-over. */
export const regionAllowance = 64;

/** Cost of the longest work, calls included, that a function may do without any charge of its own. */
export const maxUncharged = 4096;

/** Bytes of one memory.copy, memory.fill or memory.init. */
export const maxBulkBytes = 65536;

/** Elements of one table.copy, table.fill or table.init. */
export const maxBulkElements = 256;

/** Bytes, or elements, of bulk work that one unit of weight may stand for, at most. */
export const bytesPerWeight = 16;

/** Facts about locals that are remembered at a time; more are forgotten, which can only lead to a refusal. */
export const maxFacts = 24;

/** Times that one function is walked again with fewer assumptions about its loops. */
export const maxWalks = 8;

/** What engines take at most. */
export const maxLocals = 50_000;
export const maxParams = 1000;

/** Most problems that a verdict lists. */
export const maxProblems = 50;
