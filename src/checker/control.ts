// Control instructions: blocks, branches, exceptions, return.
import { Op } from "./opcodes.js";
import { refine, refineSwitch, teaches } from "./refine.js";
import { isBudget, newEpoch, Phase, Sign, type State, Untested } from "./state.js";
import { any } from "./values.js";
import type { Walk } from "./walk.js";

const emptyBlock = -64;

/** Does one control instruction; false: it is none. */
export function control(walk: Walk): boolean {
  const { ins } = walk;
  switch (ins.op) {
    case Op.Block:
      openBlock(walk, "block");
      return true;
    case Op.Loop: {
      const [params, results] = blockArity(walk);
      walk.openLoop(params, results);
      return true;
    }
    case Op.If:
      openIf(walk);
      return true;
    case Op.Else:
      elseArm(walk);
      return true;
    case Op.Try:
      openTry(walk);
      return true;
    case Op.Catch:
    case Op.CatchAll:
      catchArm(walk);
      return true;
    case Op.Delegate: {
      const frame = walk.frames[walk.frames.length - 1]!;
      if (frame.kind !== "try") walk.refuse("malformed", "delegate outside of try");
      walk.fallThrough(frame);
      walk.closeFrame(frame);
      return true;
    }
    case Op.End:
      end(walk);
      return true;
    case Op.Br:
      branch(walk);
      walk.state = undefined;
      return true;
    case Op.BrIf:
      branchIf(walk);
      return true;
    case Op.BrTable:
      branchTable(walk);
      return true;
    case Op.Return:
      leave(walk);
      return true;
    case Op.Throw:
    case Op.Rethrow:
      raise(walk);
      return true;
    case Op.Unreachable:
      walk.state = undefined;
      return true;
    default:
      return false;
  }
}

function blockArity(walk: Walk): [number, number] {
  const type = walk.ins.blockType;
  if (type < 0) return [0, type === emptyBlock ? 0 : 1];
  const found = walk.context.module.types[type] ?? walk.refuse("malformed", `there is no type ${type}`);
  return [found.params.length, found.results.length];
}

function openBlock(walk: Walk, kind: "block" | "if" | "try"): ReturnType<Walk["openFrame"]> {
  const [params, results] = blockArity(walk);
  const frame = walk.openFrame(kind, params, results);
  if (walk.state && params > 0) frame.entryValues = walk.stack.slice(frame.base);
  return frame;
}

function openIf(walk: Walk): void {
  const { state } = walk;
  if (!state) {
    openBlock(walk, "if");
    return;
  }
  const condition = walk.pop();
  const frame = openBlock(walk, "if");
  frame.entry = refine(state, condition, false, walk.regions.length, walk.ins.offset);
  walk.state = refine(state, condition, true, walk.regions.length, walk.ins.offset);
}

function elseArm(walk: Walk): void {
  const frame = walk.frames[walk.frames.length - 1]!;
  if (frame.kind !== "if") walk.refuse("malformed", "else outside of if");
  walk.fallThrough(frame);
  frame.kind = "else";
  restart(walk, frame.base, frame.entry);
  if (walk.state) for (const value of frame.entryValues) walk.push(value);
}

function restart(walk: Walk, height: number, state: State | undefined): void {
  walk.stack.length = Math.min(walk.stack.length, height);
  walk.state = state;
}

function openTry(walk: Walk): void {
  const frame = openBlock(walk, "try");
  const { state } = walk;
  if (!state) return;
  // A thrown exception left the budget in the global. Only the stack account survives of the facts, and only
  // what was charged before the try block is sure to be charged.
  frame.entry = {
    ...state,
    ...{
      epoch: newEpoch(),
      sign: Sign.NonNegative,
      untested: Untested.No,
      charged: 0,
      refund: undefined,
      paid: undefined,
      // Nothing is called, and so nothing thrown, before the cells of a frame to be rewound are taken.
      cut: Math.min(state.cut, walk.regions.length),
      matchedCut: Number.POSITIVE_INFINITY,
      low: 0,
      belowEntry: Number.POSITIVE_INFINITY,
    },
    ...{ phase: Phase.Run, budgetInGlobal: true, stackInGlobal: undefined, growth: undefined },
    facts: state.facts.filter((fact) => fact.value.kind === "stack"),
  };
}

function catchArm(walk: Walk): void {
  const frame = walk.frames[walk.frames.length - 1]!;
  if (frame.kind !== "try" && frame.kind !== "catch") walk.refuse("malformed", "catch outside of try");
  walk.fallThrough(frame);
  walk.enterCatch(frame);
  restart(walk, frame.base, frame.entry && { ...frame.entry, epoch: newEpoch() });
  if (walk.state && walk.ins.op === Op.Catch) {
    const tag =
      walk.context.module.tags[walk.ins.first] ??
      walk.refuse("malformed", `there is no tag ${walk.ins.first}`);
    walk.pushUnknown(tag.params.length);
  }
}

function end(walk: Walk): void {
  const frame = walk.frames[walk.frames.length - 1]!;
  if (frame.kind === "function") {
    if (walk.state) leave(walk);
    walk.frames.pop();
    return;
  }
  walk.fallThrough(frame);
  if (frame.kind === "if" && frame.entry) walk.branchTo(frame, frame.entry, frame.entryValues);
  walk.closeFrame(frame);
}

function branch(walk: Walk): void {
  const { state } = walk;
  if (!state) return;
  const frame = walk.frameOf(walk.ins.first);
  if (frame.kind === "function") leave(walk);
  else walk.branchTo(frame, state, walk.operandsFor(frame));
}

function branchIf(walk: Walk): void {
  const { state } = walk;
  if (!state) return;
  const condition = walk.pop();
  if (!teaches(condition)) {
    branch(walk);
    walk.state = state;
    return;
  }
  walk.state = refine(state, condition, true, walk.regions.length, walk.ins.offset);
  branch(walk);
  walk.state = refine(state, condition, false, walk.regions.length, walk.ins.offset);
}

function branchTable(walk: Walk): void {
  const { state, ins } = walk;
  if (!state) return;
  const index = walk.pop();
  const matched = refineSwitch(state, index, ins.labels.length - 1);
  const last = ins.labels.length - 1;
  const seen = new Set<number>();
  ins.labels.forEach((label, i) => {
    if (i < last && seen.has(label)) return;
    seen.add(label);
    const frame = walk.frameOf(label);
    walk.state = { ...(i === last ? state : matched) };
    if (frame.kind === "function") leave(walk);
    else walk.branchTo(frame, walk.state, walk.operandsFor(frame));
  });
  walk.state = undefined;
}

/** The function returns: the budget goes back to the caller, and nothing is left half done. */
function leave(walk: Walk): void {
  const { state } = walk;
  if (!state) return;
  const results = walk.type.results.length;
  if (walk.stack.length < results) walk.refuse("malformed", "a result is missing");
  if (walk.convention === "threaded") {
    const budget = walk.stack[walk.stack.length - 1] ?? any;
    if (!isBudget(budget, state))
      walk.refuse("budget-flow", "what is returned as the budget is not the current one");
  } else if (walk.convention === "plain" && !state.budgetInGlobal) {
    walk.refuse("budget-flow", "returns without the current budget in wv.budget");
  } else if (walk.convention === "peek") leavePeek(walk);
  if (walk.convention === "threaded" || walk.convention === "plain") {
    const allowed = Phase.Run | Phase.Saving | Phase.Suspended;
    if (state.phase & ~allowed)
      walk.refuse("runtime-call", "returns while a frame is half saved or half restored");
    if (state.sign === Sign.Negative && state.phase === Phase.Run) {
      walk.refuse("budget-test", "returns a negative budget without having saved its frame");
    }
  }
  if (state.untested !== Untested.No) walk.refuse("budget-test", "returns a budget whose sign nobody tested");
  if (state.refund) walk.refuse("refund", "returns with weight given back that was never charged again");
  walk.state = undefined;
}

/** A helper that answers -1, or the lower half of what peek() told. */
function leavePeek(walk: Walk): void {
  const value = walk.stack[walk.stack.length - 1] ?? any;
  const faithful =
    value.kind === "peek" ? value.low && value.delta === 0 : value.kind === "const" && value.value === -1;
  if (!faithful) walk.refuse("runtime-call", "a helper that calls peek answers something else");
}

function raise(walk: Walk): void {
  const { state, ins } = walk;
  if (!state) return;
  if (ins.op === Op.Throw) {
    const tag =
      walk.context.module.tags[ins.first] ?? walk.refuse("malformed", `there is no tag ${ins.first}`);
    walk.popMany(tag.params.length);
  }
  if (!state.budgetInGlobal) walk.refuse("budget-flow", "throws without the current budget in wv.budget");
  if (state.phase !== Phase.Run || state.sign === Sign.Negative || state.untested !== Untested.No) {
    walk.refuse("budget-test", "throws while the budget may be negative");
  }
  walk.state = undefined;
}
