// Locals, globals and the arithmetic that budget and stack account go through. All else yields "any".
import { lowestBudget, maxWeight } from "./limits.js";
import { lowerBound, minimum, nameOf, oneOf, plus, shifted, upperBound } from "./numbers.js";
import { Op } from "./opcodes.js";
import { factOf, isBudget, newEpoch, Sign, type State, setLow, Untested } from "./state.js";
import { any, type Value } from "./values.js";
import type { Walk } from "./walk.js";

/** Does one instruction that is neither control, call nor bulk operation; the state is reachable. */
export function operate(walk: Walk, state: State): void {
  const { ins } = walk;
  switch (ins.op) {
    case Op.LocalGet:
      walk.push(factOf(state, ins.first) ?? local(walk, ins.first));
      break;
    case Op.LocalSet:
      walk.setLocal(state, ins.first, walk.pop());
      break;
    case Op.LocalTee: {
      const value = walk.pop();
      walk.setLocal(state, ins.first, value);
      walk.push(value);
      break;
    }
    case Op.GlobalGet:
      walk.push(globalValue(walk, state));
      break;
    case Op.GlobalSet:
      setGlobal(walk, state, walk.pop());
      break;
    case Op.I32Const:
    case Op.I64Const:
      walk.push({ kind: "const", value: ins.first });
      break;
    case Op.Select:
    case Op.SelectTyped:
      walk.push(select(walk));
      break;
    case Op.I32Eqz:
      walk.push(negate(walk.pop()));
      break;
    case Op.I32WrapI64: {
      const value = walk.pop();
      walk.push(value.kind === "peek" && !value.low ? { ...value, low: true } : any);
      break;
    }
    default:
      compute(walk, state);
  }
}

function compute(walk: Walk, state: State): void {
  const { op, shape } = walk.ins;
  if (shape.pops === 2 && shape.pushes === 1 && op < 0x100) {
    const right = walk.pop();
    const left = walk.pop();
    walk.push(left.kind === "any" ? any : binary(walk, state, left, right));
    return;
  }
  for (let left = shape.pops; left > 0; left--) walk.pop();
  walk.pushUnknown(shape.pushes);
}

function local(walk: Walk, index: number): Value {
  if (index >= walk.localCount) walk.refuse("malformed", `there is no local ${index}`);
  return { kind: "local", local: index, version: walk.context.versions[index]! };
}

function globalValue(walk: Walk, state: State): Value {
  const { surface } = walk.context;
  const index = walk.ins.first;
  if (index === surface.budgetGlobal && state.budgetInGlobal) return { kind: "budget", epoch: state.epoch };
  if (index === surface.stackGlobal && state.stackInGlobal !== undefined) {
    return { kind: "stack", delta: state.stackInGlobal };
  }
  return any;
}

function setGlobal(walk: Walk, state: State, value: Value): void {
  const { surface } = walk.context;
  const index = walk.ins.first;
  if (index === surface.budgetGlobal) {
    if (!isBudget(value, state)) {
      walk.refuse("budget-flow", "what is stored in wv.budget is not the current budget");
    }
    if (value.kind === "const") setLow(state, value.value);
    state.budgetInGlobal = true;
  } else if (index === surface.stackGlobal) {
    if (value.kind === "stack") state.stackInGlobal = value.delta;
    else walk.refuse("stack-flow", "what is stored in wv.stack is not the stack account");
  }
}

function negate(value: Value): Value {
  switch (value.kind) {
    case "isNegative":
    case "isRewinding":
    case "pinned":
    case "isAtMost":
    case "growth":
      return { ...value, when: !value.when };
    default:
      return any;
  }
}

/** min(x, limit) in the form of a select is bounded. */
function select(walk: Walk): Value {
  const condition = walk.pop();
  const otherwise = walk.pop();
  const chosen = walk.pop();
  if (condition.kind !== "isAtMost") return any;
  const small = condition.when ? chosen : otherwise;
  const large = condition.when ? otherwise : chosen;
  const { of, max } = condition;
  if (small.kind !== "local" || of.kind !== "local" || !sameLocal(small, of)) return any;
  // Compared with `max` by "at most" or with max + 1 by "below": the minimum is the same.
  const isMinimum = large.kind === "const" && (large.value >>> 0 === max || large.value >>> 0 === max + 1);
  return isMinimum ? minimum(small, large.value >>> 0) : oneOf(minimum(small, max), large);
}

function sameLocal(a: { local: number; version: number }, b: { local: number; version: number }): boolean {
  return a.local === b.local && a.version === b.version;
}

function binary(walk: Walk, state: State, left: Value, right: Value): Value {
  const { op } = walk.ins;
  if (op === Op.I32Or) return either(state, left, right);
  if (op === Op.I32Sub && left.kind === "budget" && isBudget(left, state)) return charge(walk, state, right);
  if (op === Op.I32Add && left.kind === "resumed") return giveBack(state, left, right);
  if (right.kind !== "const") return any;
  const amount = right.value;
  switch (op) {
    case Op.I32Sub:
      return add(walk, state, left, -amount);
    case Op.I32Add:
      return add(walk, state, left, amount);
    case Op.I32LtS:
    case Op.I32GeS:
      return amount === 0 ? isNegative(left, op === Op.I32LtS) : any;
    case Op.I32ShrU:
      if (amount === 31) return isNegative(left, true);
      return amount > 0 && amount < 31 ? shifted(left, amount) : any;
    case Op.I32Shl:
      return amount > 0 && amount < 31 ? shifted(left, -amount) : any;
    case Op.I32And:
      return { kind: "number", min: 0, max: amount >>> 0 };
    default:
      return compare(op, left, amount);
  }
}

/** Comparisons with a constant. */
function compare(op: number, left: Value, amount: number): Value {
  switch (op) {
    case Op.I32Eq:
    case Op.I32Ne:
      // peek's lower half plus delta is `amount`: then peek was not -1, unless -1 + delta is `amount` too.
      if (left.kind !== "peek" || !left.low || (left.delta - 1 - amount) >>> 0 === 0) return any;
      return { kind: "isRewinding", epoch: left.epoch, when: op === Op.I32Eq };
    case Op.I32LtU:
    case Op.I32LeU:
    case Op.I32GtU:
    case Op.I32GeU: {
      const max = (amount >>> 0) - (op === Op.I32LtU || op === Op.I32GeU ? 1 : 0);
      const when = op === Op.I32LtU || op === Op.I32LeU;
      if (left.kind === "local") return { kind: "isAtMost", of: left, max, when };
      if (left.kind !== "peek" || !left.low || (left.delta - 1) >>> 0 <= max) return any;
      return { kind: "isRewinding", epoch: left.epoch, when };
    }
    case Op.I64Eq:
    case Op.I64Ne:
      if (left.kind !== "peek" || left.low || Number.isNaN(amount)) return any;
      if (amount === -1) return { kind: "isRewinding", epoch: left.epoch, when: op === Op.I64Ne };
      return op === Op.I64Eq ? { kind: "isRewinding", epoch: left.epoch, when: true } : any;
    case Op.I64LtS:
    case Op.I64GeS:
      if (left.kind !== "peek" || left.low || amount !== 0) return any;
      return { kind: "isRewinding", epoch: left.epoch, when: op === Op.I64GeS };
    default:
      return any;
  }
}

function isNegative(of: Value, when: boolean): Value {
  if (of.kind === "peek" && of.low && of.delta === 0) {
    return { kind: "isRewinding", epoch: of.epoch, when: !when };
  }
  const worth = of.kind === "budget" || of.kind === "stack" || of.kind === "either";
  return worth ? { kind: "isNegative", of, when } : any;
}

function either(state: State, left: Value, right: Value): Value {
  const budget = left.kind === "budget" ? left : right;
  const stack = left.kind === "budget" ? right : left;
  if (budget.kind !== "budget" || stack.kind !== "stack" || budget.epoch !== state.epoch) return any;
  return { kind: "either", epoch: budget.epoch, delta: stack.delta };
}

function add(walk: Walk, state: State, value: Value, amount: number): Value {
  switch (value.kind) {
    case "budget":
      return amount < 0 && isBudget(value, state)
        ? charge(walk, state, { kind: "const", value: -amount })
        : any;
    case "stack": {
      const delta = value.delta + amount;
      if (delta > 0 || delta < -maxWeight) return any;
      walk.report.stackCharge = Math.max(walk.report.stackCharge, -delta);
      return { kind: "stack", delta };
    }
    case "peek":
      return value.low ? { ...value, delta: (value.delta + amount) | 0 } : any;
    case "number":
      return plus(value, amount);
    default:
      return any;
  }
}

/** Adds, to what resume() answered, the weight of the point where the function goes on: it is charged there again. */
function giveBack(state: State, budget: { epoch: number }, amount: Value): Value {
  const max = upperBound(amount);
  if (max > maxWeight || budget.epoch !== state.epoch || state.refund) return any;
  state.refund = { max, name: nameOf(amount) };
  setLow(state, state.low + lowerBound(amount));
  return { kind: "budget", epoch: state.epoch };
}

/** A weight is taken off the budget: a constant, or a number between bounds. */
function charge(walk: Walk, state: State, amount: Value): Value {
  const weight = lowerBound(amount);
  const most = upperBound(amount);
  if (most > maxWeight) walk.refuse("weight", `a charge must be known to be between 0 and ${maxWeight}`);
  if (state.untested === Untested.Returned) {
    walk.refuse("budget-test", "a budget that came back from a call is charged before its sign is tested");
  }
  const { refund } = state;
  if (refund && weight < refund.max && (refund.name === undefined || refund.name !== nameOf(amount))) {
    walk.refuse(
      "refund",
      `up to ${refund.max} was given back, but perhaps no more than ${weight} is charged`,
    );
  }
  state.refund = undefined;
  state.charged += weight;
  lower(walk, state, most);
  walk.report.charges++;
  if (walk.region.straight) walk.region.weight += weight;
  state.paid = amount.kind === "number" ? amount.share : undefined;
  return renew(state);
}

/** Notes how low the budget may be at the entry, if it has to be at least `bound` here. */
export function needEntry(walk: Walk, state: State, bound: number): void {
  walk.report.minEntry = Math.max(walk.report.minEntry, bound - state.belowEntry);
}

function lower(walk: Walk, state: State, by: number): void {
  state.low -= by;
  state.belowEntry -= by;
  needEntry(walk, state, lowestBudget);
  if (state.low < lowestBudget)
    walk.refuse("weight", "so much is charged without a test that the budget may wrap around");
}

/** The budget has a new value; copies of the old one are of no use any more. */
function renew(state: State): Value {
  state.epoch = newEpoch();
  state.sign = Sign.Unknown;
  state.untested = Untested.Charged;
  state.budgetInGlobal = false;
  return { kind: "budget", epoch: state.epoch };
}
