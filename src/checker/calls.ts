// Calls: how the budget and the stack account go over and come back, and where the runtime may be called.
import { saveCells, takeCells } from "./cells.js";
import { Effect } from "./effects.js";
import { type Convention, unknownPlain, unknownThreaded } from "./frames.js";
import { lowestBudget, lowestPassed, maxWeight } from "./limits.js";
import type { FunctionType } from "./module.js";
import { Op } from "./opcodes.js";
import { needEntry } from "./operate.js";
import { checkPeek, runtimeCall } from "./runtime-calls.js";
import { cutOf, isBudget, newEpoch, Phase, Sign, type State, setLow, Untested } from "./state.js";
import { isThreadedType } from "./surface.js";
import type { Value } from "./values.js";
import type { Walk } from "./walk.js";

/** Does one call; false: it is none. */
export function call(walk: Walk, state: State): boolean {
  const { ins } = walk;
  switch (ins.op) {
    case Op.Call:
    case Op.ReturnCall:
      direct(walk, state, ins.op === Op.ReturnCall);
      return true;
    case Op.CallIndirect:
    case Op.ReturnCallIndirect:
      indirect(walk, state, ins.op === Op.ReturnCallIndirect);
      return true;
    default:
      return false;
  }
}

function direct(walk: Walk, state: State, tail: boolean): void {
  const { module, surface, overview } = walk.context;
  const callee = walk.ins.first;
  const { type } = module.functions[callee]!;
  const role = surface.roles[callee];
  const args = walk.popMany(type.params.length);
  walk.report.calls++;
  if (role === "raw") walk.refuse("runtime-call", "a function of wv:raw is for references, not for calls");
  if (role !== undefined && role !== "user" && role !== "wait32" && role !== "wait64") {
    if (tail) walk.refuse("runtime-call", `${role} may not be tail-called`);
    runtimeCall(walk, state, role, args, type);
    return;
  }
  const { effects } = overview.effects[callee]!;
  if (role === undefined && !(effects & Effect.Budget) && !passesBudget(type, args, state)) {
    helper(walk, state, callee, effects, type, tail);
    return;
  }
  const target = role === undefined ? callee : unknownThreaded;
  if (role !== undefined || passesBudget(type, args, state)) {
    const { sign, low, belowEntry } = state;
    const passed = args[args.length - 1]!;
    threaded(walk, state, target, args, tail);
    if (role === undefined) {
      const isConst = passed.kind === "const";
      walk.demand(callee, "threaded", isConst ? passed.value : low, isConst ? undefined : belowEntry);
    }
    // It needs no budget, so it gives back the one it was given.
    if (role === undefined && effects === 0)
      Object.assign(state, { untested: Untested.No, sign, low, belowEntry });
  } else {
    plain(walk, state, target, tail);
    walk.demand(callee, "plain", lowestPassed);
  }
  finish(walk, state, type, tail);
}

function indirect(walk: Walk, state: State, tail: boolean): void {
  const { module } = walk.context;
  const { first, second, offset } = walk.ins;
  const type = module.types[first] ?? walk.refuse("malformed", `there is no type ${first}`);
  if (!module.tables[second]) walk.refuse("malformed", `there is no table ${second}`);
  walk.pop();
  const args = walk.popMany(type.params.length);
  walk.report.calls++;
  if (passesBudget(type, args, state)) {
    walk.report.tableDemands.push({ table: second, kind: "threaded", offset });
    threaded(walk, state, unknownThreaded, args, tail);
  } else {
    walk.report.tableDemands.push({ table: second, kind: "plain", offset });
    plain(walk, state, unknownPlain, tail);
  }
  finish(walk, state, type, tail);
}

function passesBudget(type: FunctionType, args: Value[], state: State): boolean {
  const n = args.length;
  return isThreadedType(type) && args[n - 2]!.kind === "stack" && isBudget(args[n - 1]!, state);
}

/** A function that needs no budget, or one that only pushes, only pops, or only peeks. */
function helper(
  walk: Walk,
  state: State,
  callee: number,
  effects: number,
  type: FunctionType,
  tail: boolean,
): void {
  const kind =
    helperKinds.get(effects) ?? walk.refuse("runtime-call", "calls a helper that does several things");
  if (kind === "save") saveCells(walk, state);
  if (kind === "load") takeCells(walk, state);
  if (kind === "peek") checkPeek(walk, state);
  walk.demand(callee, kind, lowestPassed);
  noteEdge(walk, state, callee, tail, false);
  if (tail) walk.refuse("budget-flow", "tail-calls a function that does not return the budget");
  if (kind === "peek") walk.push({ kind: "peek", epoch: state.epoch, low: true, delta: 0 });
  else walk.pushUnknown(type.results.length);
}

const helperKinds = new Map<number, Convention>([
  [0, "plain"],
  [Effect.Push, "save"],
  [Effect.Pop, "load"],
  [Effect.Peek, "peek"],
]);

function threaded(walk: Walk, state: State, callee: number, args: Value[], tail: boolean): void {
  const stack = args[args.length - 2]!;
  const budget = args[args.length - 1]!;
  if (!isBudget(budget, state))
    walk.refuse("budget-flow", "what is passed as the budget is not the current one");
  checkBudgetBefore(walk, state, tail);
  if (state.refund) {
    if (callee < 0) walk.refuse("refund", "weight given back goes to a function that is not known");
    walk.report.refunds.push({ callee, refund: state.refund.max, offset: walk.ins.offset });
  }
  if (stack.kind === "stack") noteEdge(walk, state, callee, tail, stack.delta < 0 && state.stackChecked);
  else walk.refuse("stack-flow", "what is passed as the stack account is not it");
  if (budget.kind === "const") setLow(state, budget.value);
  checkLowest(walk, state, callee, tail);
  afterCall(state);
}

function checkLowest(walk: Walk, state: State, callee: number, tail: boolean): void {
  const bound = tail && callee >= 0 ? -maxWeight : lowestPassed;
  needEntry(walk, state, bound);
  if (state.low < bound) walk.refuse("budget-flow", "passes a budget that may be too far below zero");
}

/** A call with budget and stack account in the globals: open tables. */
function plain(walk: Walk, state: State, callee: number, tail: boolean): void {
  if (!state.budgetInGlobal) walk.refuse("budget-flow", "calls without the current budget in wv.budget");
  const stack =
    state.stackInGlobal ?? walk.refuse("stack-flow", "calls without the stack account in wv.stack");
  checkBudgetBefore(walk, state, tail);
  if (state.refund) walk.refuse("refund", "weight given back goes to a function that is not known");
  noteEdge(walk, state, callee, tail, stack < 0 && state.stackChecked);
  checkLowest(walk, state, unknownPlain, tail);
  afterCall(state);
  state.budgetInGlobal = true;
}

function checkBudgetBefore(walk: Walk, state: State, tail: boolean): void {
  if (state.untested !== Untested.No && !state.refund) {
    walk.refuse("budget-test", "calls with a budget whose sign nobody tested");
  }
  const allowed = Phase.Run | Phase.Restored | (tail ? Phase.Matched | Phase.Reenter : 0);
  if (state.phase & ~allowed) {
    walk.refuse("runtime-call", "calls while a frame is being saved, or one is to be rewound first");
  }
  if (!tail && state.sign === Sign.Negative && state.phase === Phase.Run) {
    walk.refuse("budget-test", "goes on with a call although the budget is negative");
  }
}

function noteEdge(walk: Walk, state: State, callee: number, tail: boolean, stacked: boolean): void {
  const { report } = walk;
  if (!state.cold && callee >= 0) walk.countCallee(state, callee);
  const uncharged = cutOf(state) === 0;
  const passesOn = tail && state.phase === Phase.Matched;
  if (uncharged || !stacked) {
    report.edges.push({ callee, offset: walk.ins.offset, uncharged, unstacked: !stacked, tail, passesOn });
  }
}

function afterCall(state: State): void {
  state.epoch = newEpoch();
  state.sign = Sign.Unknown;
  state.untested = Untested.Returned;
  state.charged = 0;
  setLow(state, lowestBudget);
  state.phase = Phase.Run;
  state.cold = false;
  state.budgetInGlobal = false;
  state.stackInGlobal = undefined;
  state.growth = undefined;
}

/** Results of a call, or the end of the path after a tail call. */
function finish(walk: Walk, state: State, type: FunctionType, tail: boolean): void {
  if (tail) {
    const wanted = walk.convention === "threaded";
    if (wanted === state.budgetInGlobal)
      walk.refuse("budget-flow", "tail-calls a function that returns the budget elsewhere");
    walk.state = undefined;
    return;
  }
  const threadedCall = !state.budgetInGlobal;
  walk.pushUnknown(type.results.length - (threadedCall ? 1 : 0));
  if (threadedCall) walk.push({ kind: "budget", epoch: state.epoch });
}
