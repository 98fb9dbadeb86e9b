// Locals, globals and the arithmetic that budget and stack account go through. All else yields "any".
import { maxWeight } from "./limits.js";
import { Op } from "./opcodes.js";
import { factOf, isBudget, newEpoch, Sign, type State, Untested } from "./state.js";
import { any, upperBound, type Value } from "./values.js";
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
  const version = walk.versions[index] ?? walk.refuse("malformed", `there is no local ${index}`);
  return { kind: "local", local: index, version };
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
    if (value.kind !== "budget" || value.epoch !== state.epoch) {
      walk.refuse("budget-flow", "what is stored in wv.budget is not the current budget");
    }
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
  const same = small.kind === "local" && condition.of.kind === "local" && sameLocal(small, condition.of);
  const max = Math.max(upperBound(large), same ? condition.max : upperBound(small));
  return max < 0xffffffff ? { kind: "atMost", max } : any;
}

function sameLocal(a: { local: number; version: number }, b: { local: number; version: number }): boolean {
  return a.local === b.local && a.version === b.version;
}

function binary(walk: Walk, state: State, left: Value, right: Value): Value {
  const { op } = walk.ins;
  if (op === Op.I32Or) return either(state, left, right);
  if (right.kind !== "const") return op === Op.I32Sub ? subtractCount(walk, state, left, right) : any;
  const amount = right.value;
  switch (op) {
    case Op.I32Sub:
      return add(walk, state, left, -amount);
    case Op.I32Add:
      return add(walk, state, left, amount);
    case Op.I32LtS:
      return amount === 0 ? isNegative(left, true) : any;
    case Op.I32GeS:
      return amount === 0 ? isNegative(left, false) : any;
    case Op.I32ShrU:
      if (amount === 31) return isNegative(left, true);
      return amount > 0 && amount < 31 ? { kind: "atMost", max: upperBound(left) >>> amount } : any;
    case Op.I32And:
      return { kind: "atMost", max: amount >>> 0 };
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
      return amount < 0 && isBudget(value, state) ? charge(walk, state, -amount) : any;
    case "stack": {
      const delta = value.delta + amount;
      if (delta > 0 || delta < -maxWeight) return any;
      walk.report.stackCharge = Math.max(walk.report.stackCharge, -delta);
      return { kind: "stack", delta };
    }
    case "peek":
      return value.low ? { ...value, delta: (value.delta + amount) | 0 } : any;
    case "resumed":
      if (amount < 0 || amount > maxWeight || value.epoch !== state.epoch || state.refund > 0) return any;
      state.refund = amount;
      return { kind: "budget", epoch: state.epoch };
    default:
      return any;
  }
}

function charge(walk: Walk, state: State, weight: number): Value {
  if (weight > maxWeight) walk.refuse("weight", `a charge of ${weight} is more than ${maxWeight}`);
  if (state.untested === Untested.Returned) {
    walk.refuse("budget-test", "a budget that came back from a call is charged before its sign is tested");
  }
  if (state.refund > weight)
    walk.refuse("refund", `${state.refund} was given back, but only ${weight} is charged`);
  state.refund = 0;
  state.charged += weight;
  walk.report.charges++;
  if (walk.region.straight) walk.region.weight += weight;
  return renew(state);
}

/** A charge by length: it can be 0, so it breaks no circle, but it never adds to the budget. */
function subtractCount(walk: Walk, state: State, left: Value, right: Value): Value {
  if (left.kind !== "budget" || !isBudget(left, state) || upperBound(right) > 0x3fffffff) return any;
  if (state.untested !== Untested.No) {
    walk.refuse("budget-test", "a charge by length needs a tested budget, or it could wrap around");
  }
  walk.report.charges++;
  return renew(state);
}

/** The budget has a new value; copies of the old one are of no use any more. */
function renew(state: State): Value {
  state.epoch = newEpoch();
  state.sign = Sign.Unknown;
  state.untested = Untested.Charged;
  state.budgetInGlobal = false;
  return { kind: "budget", epoch: state.epoch };
}
