// What is known at one point of a function on every path that leads there.
import { maxFacts } from "./limits.js";
import { oneOf } from "./numbers.js";
import { any, type Share, sameValue, type Value } from "./values.js";

export enum Sign {
  Unknown,
  NonNegative,
  Negative,
}

/** What a path may be doing; a set, since paths meet. */
export const Phase = {
  /** The guest's own work, or not known yet. */
  Run: 1,
  /** peek() told of a frame to rewind, and none of its cells are taken yet. */
  Matched: 2,
  /** Cells of that frame are taken. */
  Restored: 4,
  /** Cells of a frame are pushed, and the budget that came back from a call was negative. */
  Saving: 8,
  /** Cells of a frame are pushed, and only suspend() or handoff() can make use of them. */
  Stopping: 16,
  /** suspend() was called. */
  Suspended: 32,
  /** suspend() answered that the state is rewinding, or handoff() made it so: the function enters itself anew. */
  Reenter: 64,
} as const;

/** Why the sign of the budget has to be looked at before it is used. */
export enum Untested {
  No,
  Charged,
  Returned,
}

const enteringAgain = Phase.Matched | Phase.Restored | Phase.Reenter;

export interface Fact {
  readonly local: number;
  readonly value: Value;
}

/** At most `max`; exactly the number of that name when there is one. */
export interface Refund {
  readonly max: number;
  readonly name: string | undefined;
}

export interface State {
  /** Names the current budget; values of other epochs are of no use any more. */
  epoch: number;
  sign: Sign;
  untested: Untested;
  /** Weight charged since the last test. */
  charged: number;
  /** Weight that was given back after a resume and has to be charged next. */
  refund: Refund | undefined;
  /** The last charge is at least this share of a bulk operation's length, and not used up. */
  paid: Share | undefined;
  /** The budget is at least this, or at least what it was at the function's entry plus `belowEntry`. */
  low: number;
  belowEntry: number;
  /** Instructions since the region was entered, on the longest way. */
  work: number;
  /** The same on the ways that lead here after a rewind; `work` is about the others. -Infinity: there are none. */
  resumedWork: number;
  /** How many of the enclosing regions (function, loops) were charged and tested since they were entered. */
  cut: number;
  /** The same on the ways that lead here while a frame is to be rewound; infinite when there are none. */
  matchedCut: number;
  /** The stack account was charged and tested, or a frame is rewound that passed that test. */
  stackChecked: boolean;
  phase: number;
  /** On every path here a frame of this function was matched: this code was paid for before it was suspended. */
  resumed: boolean;
  /** The budget or the stack account is spent, or a frame is rewound: this is not the guest's own work. */
  cold: boolean;
  /** wv.budget holds the current budget. */
  budgetInGlobal: boolean;
  /** wv.stack holds the stack account of the function's entry plus this; undefined: not known. */
  stackInGlobal: number | undefined;
  /** table_grow allowed this; undefined: nothing. */
  growth: { readonly table: number; readonly by: Value } | undefined;
  facts: readonly Fact[];
}

let lastEpoch = 0;

export function newEpoch(): number {
  return ++lastEpoch;
}

/** What is known where a function begins. */
export function entryState(plain: boolean, phase: number): State {
  return {
    epoch: newEpoch(),
    sign: Sign.Unknown,
    untested: Untested.No,
    charged: 0,
    refund: undefined,
    paid: undefined,
    low: Number.POSITIVE_INFINITY,
    belowEntry: 0,
    work: 0,
    resumedWork: Number.NEGATIVE_INFINITY,
    cut: 0,
    matchedCut: Number.POSITIVE_INFINITY,
    stackChecked: false,
    phase,
    resumed: false,
    cold: false,
    budgetInGlobal: plain,
    stackInGlobal: plain ? 0 : undefined,
    growth: undefined,
    facts: [],
  };
}

export function factOf(state: State, local: number): Value | undefined {
  for (const fact of state.facts) if (fact.local === local) return fact.value;
  return undefined;
}

/** Facts worth remembering; the others are "any". */
export function remember(state: State, local: number, value: Value): void {
  const worth = value.kind !== "any" && value.kind !== "local" && value.kind !== "const";
  const known = factOf(state, local);
  if (known === undefined && !worth) return;
  const others = known === undefined ? state.facts : state.facts.filter((fact) => fact.local !== local);
  const live = others.length < maxFacts ? others : others.filter((fact) => !isStale(fact.value, state));
  state.facts = worth && live.length < maxFacts ? [...live, { local, value }] : live;
}

/** An old budget: worth nothing. */
function isStale(value: Value, state: State): boolean {
  return value.kind === "budget" && value.epoch !== state.epoch;
}

/** A negative constant serves as the budget where a frame is being rewound. */
export function isRewindDummy(value: Value, state: State): boolean {
  return value.kind === "const" && value.value < 0 && (state.phase & ~enteringAgain) === 0;
}

export function isBudget(value: Value, state: State): boolean {
  return (value.kind === "budget" && value.epoch === state.epoch) || isRewindDummy(value, state);
}

/** The value that stands for a in state `sa` and for b in state `sb`; `epoch` names the budget from here on. */
export function joinValues(a: Value, sa: State, b: Value, sb: State, epoch: number): Value {
  if (a.kind === "budget" || b.kind === "budget") {
    return isBudget(a, sa) && isBudget(b, sb) ? { kind: "budget", epoch } : any;
  }
  if (sameValue(a, b)) return a;
  return oneOf(a, b);
}

/** Leaves in `a` what holds on both ways; `epoch` names the budget from here on. */
export function joinInto(a: State, b: State, epoch: number): void {
  a.facts = joinFacts(a, b, epoch);
  a.epoch = epoch;
  if (a.sign !== b.sign) a.sign = Sign.Unknown;
  a.untested = Math.max(a.untested, b.untested);
  a.charged = Math.min(a.charged, b.charged);
  a.refund = joinRefunds(a.refund, b.refund);
  if (a.paid !== b.paid) a.paid = undefined;
  a.low = Math.min(a.low, b.low);
  a.belowEntry = Math.min(a.belowEntry, b.belowEntry);
  a.work = Math.max(a.work, b.work);
  a.resumedWork = Math.max(a.resumedWork, b.resumedWork);
  a.cut = Math.min(a.cut, b.cut);
  a.matchedCut = Math.min(a.matchedCut, b.matchedCut);
  a.stackChecked &&= b.stackChecked;
  a.phase |= b.phase;
  a.resumed &&= b.resumed;
  a.cold &&= b.cold;
  a.budgetInGlobal &&= b.budgetInGlobal;
  if (a.stackInGlobal !== b.stackInGlobal) a.stackInGlobal = undefined;
  if (a.growth !== b.growth) a.growth = undefined;
}

function joinRefunds(a: Refund | undefined, b: Refund | undefined): Refund | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.name === b.name ? a : { max: Math.max(a.max, b.max), name: undefined };
}

function joinFacts(a: State, b: State, epoch: number): readonly Fact[] {
  if (a.facts === b.facts && a.epoch === b.epoch) return a.facts;
  const facts: Fact[] = [];
  for (const fact of a.facts) {
    const other = factOf(b, fact.local);
    if (other === undefined) continue;
    const value = joinValues(fact.value, a, other, b, epoch);
    if (value.kind !== "any") facts.push({ local: fact.local, value });
  }
  return facts;
}

/** The budget is at least `low`, wherever it came from. */
export function setLow(state: State, low: number): void {
  state.low = low;
  state.belowEntry = Number.POSITIVE_INFINITY;
}

export function setCut(state: State, depth: number): void {
  state.cut = depth;
  state.matchedCut = Number.POSITIVE_INFINITY;
}

/** How many regions were charged and tested, whatever way led here. */
export function cutOf(state: State): number {
  return Math.min(state.cut, state.matchedCut);
}
