import type { State } from "./state.js";
import type { Value } from "./values.js";

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
  /** Instructions of the guest's normal run. */
  cost: number;
  /** Functions called there, with repetitions. */
  callees: number[];
}

/** Stands for whatever a table, an import or another module can call. */
export const outside = -1;

/** A call that matters to the graphs of graph.ts. */
export interface Edge {
  /** Function index, or `outside`. */
  callee: number;
  offset: number;
  /** Nothing was charged in the caller before. */
  uncharged: boolean;
  /** The caller took nothing off the stack account. */
  unstacked: boolean;
  tail: boolean;
}

/** What a walk found out, for the checks across functions. */
export interface Report {
  functionIndex: number;
  threaded: boolean;
  regions: Region[];
  /** Instructions that run only after a frame was rewound. */
  resumedCost: number;
  resumedCallees: number[];
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
