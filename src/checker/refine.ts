// What a branch that was taken, or was not, tells of the state.
import { minimum } from "./numbers.js";
import { cutOf, factOf, Phase, remember, Sign, type State, setCut, setLow, Untested } from "./state.js";
import type { Value } from "./values.js";
import { Refusal } from "./verdict.js";

/** Whether a branch on this condition tells anything. */
export function teaches(condition: Value): boolean {
  switch (condition.kind) {
    case "isNegative":
    case "isRewinding":
    case "pinned":
    case "isAtMost":
    case "growth":
      return true;
    default:
      return false;
  }
}

/** The state where `condition` turned out nonzero (`taken`) or zero. `depth`: number of open regions. */
export function refine(state: State, condition: Value, taken: boolean, depth: number, offset: number): State {
  const next = { ...state };
  switch (condition.kind) {
    case "isNegative":
      learnSign(next, condition.of, condition.when === taken, depth, offset);
      break;
    case "isRewinding":
      if (condition.epoch === next.epoch && condition.when === taken) matchFrame(next);
      break;
    case "pinned":
      // Pinned: the host saw it, and decides how often that may happen.
      if (next.phase === Phase.Suspended && condition.when === taken) {
        next.phase = Phase.Reenter;
        setCut(next, depth);
      }
      break;
    case "isAtMost":
      if (condition.when === taken && condition.of.kind === "local") {
        const { local } = condition.of;
        if (factOf(next, local) === undefined) remember(next, local, minimum(condition.of, condition.max));
      }
      break;
    case "growth":
      if (condition.when === taken) next.growth = { table: condition.table, by: condition.by };
      break;
  }
  return next;
}

/** The state at a br_table's label other than the default one: the index is in range. */
export function refineSwitch(state: State, index: Value, labels: number): State {
  const next = { ...state };
  // The index is peek's lower half plus delta, below `labels`: then peek was not -1, as -1 + delta is not below.
  if (index.kind === "peek" && index.low && index.epoch === state.epoch) {
    if ((index.delta - 1) >>> 0 >= labels) matchFrame(next);
  }
  return next;
}

function learnSign(state: State, of: Value, negative: boolean, depth: number, offset: number): void {
  const isBudget = (of.kind === "budget" || of.kind === "either") && of.epoch === state.epoch;
  if (isBudget) {
    if (negative) state.sign = of.kind === "budget" ? Sign.Negative : Sign.Unknown;
    else passTest(state, depth, offset);
    state.cold = negative;
    state.untested = Untested.No;
    state.charged = 0;
  }
  const isStack = of.kind === "stack" || of.kind === "either";
  if (isStack && !negative && of.delta < 0) state.stackChecked = true;
}

/** The budget is not negative after it was charged: every circle through here ends one day. */
function passTest(state: State, depth: number, offset: number): void {
  if (state.refund) {
    throw new Refusal(
      "refund",
      offset,
      "the weight added after resume() is not charged again before the test",
    );
  }
  state.sign = Sign.NonNegative;
  setLow(state, 0);
  // While a frame is rewound the budget is negative: what held on those ways here does not matter any more.
  if (state.phase === (Phase.Run | Phase.Matched)) {
    state.phase = Phase.Run;
    state.matchedCut = Number.POSITIVE_INFINITY;
  }
  if (state.charged > 0) setCut(state, depth);
}

function matchFrame(state: State): void {
  if ((state.phase & ~(Phase.Run | Phase.Matched | Phase.Restored)) !== 0) return;
  state.phase = Phase.Matched;
  state.matchedCut = cutOf(state);
  state.cut = Number.POSITIVE_INFINITY;
  state.resumed = true;
  state.cold = true;
  state.resumedWork = 0;
  state.work = Number.NEGATIVE_INFINITY;
  state.stackChecked = true;
}
