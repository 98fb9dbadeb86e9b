import type { State } from "./state.js";
import type { Value } from "./values.js";

/** How a function is called: with budget and stack as arguments, or in globals; the helpers push, pop or peek. */
export type Convention = "threaded" | "plain" | "save" | "load" | "peek";

/** A block that is open while a function is walked. */
export interface Frame {
  kind: "function" | "block" | "loop" | "if" | "else" | "try" | "catch";
  /** Height of the operand stack below the block's parameters. */
  base: number;
  params: number;
  results: number;
  /** if: the state of the other arm; try: of its catches; loop: what holds at its header. */
  entry: State | undefined;
  /** The block's parameters, for the other arm of an if. */
  entryValues: Value[];
  /** What the branches to the block's end agree on; undefined while there is none. */
  exit: State | undefined;
  exitValues: Value[];
  /** Of a loop that can be reached. */
  region: Region | undefined;
  /** Number of regions that are open around it. */
  depth: number;
}

/** The function as a whole, or one loop without the loops within. */
export interface Region {
  offset: number;
  /** Branches back to its header exist. */
  repeats: boolean;
  /** Weight charged on the straight way from its start. */
  weight: number;
  /** Nothing but straight code was seen since its start. */
  straight: boolean;
  /** Instructions of the guest's normal run on the longest way through, those of uncharged callees included. */
  cost: number;
  /** The same for the surrounding region, up to here. */
  outerWork: number;
  outerResumedWork: number;
  /** Callees whose cost was not known yet: they must be charged themselves. */
  unknown: Set<number> | undefined;
}

/** What is called when the callee is not known: a function with the threaded type, or one of its original type. */
export const unknownThreaded = -1;
export const unknownPlain = -2;

/** A call that matters to the graphs of graph.ts. */
export interface Edge {
  /** Function index, or one of the two above. */
  callee: number;
  offset: number;
  /** Nothing was charged in the caller before. */
  uncharged: boolean;
  /** The caller took nothing off the stack account. */
  unstacked: boolean;
  tail: boolean;
  /** A frame is to be rewound, and it is none of the caller's: a tail call had put another function in its place. */
  passesOn: boolean;
}

/** What a walk found out, for the checks across functions. */
/** A function is called, or a table used, in this way. */
export interface Demand {
  functionIndex: number;
  convention: Convention;
  offset: number;
  /** The budget passed is at least this, or at least what this function was entered with plus `belowEntry`. */
  lowest: number;
  belowEntry: number;
}
export interface TableDemand {
  table: number;
  kind: "threaded" | "plain";
  offset: number;
}

export interface Report {
  functionIndex: number;
  convention: Convention;
  demands: Demand[];
  tableDemands: TableDemand[];
  /** What the budget must at least be at the entry, or it could wrap around. */
  minEntry: number;
  regions: Region[];
  /** Instructions that run only after a frame was rewound, on the longest way. */
  resumedCost: number;
  edges: Edge[];
  /** Callees that are entered with a refund: each must charge as much at once. */
  refunds: { callee: number; refund: number; offset: number }[];
  /** Largest C of `s -= C`. */
  stackCharge: number;
  /** Bytes of all locals. */
  localBytes: number;
  maxHeight: number;
  loops: number;
  charges: number;
  calls: number;
}
