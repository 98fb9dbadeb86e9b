// Walks a function instruction by instruction, again with fewer assumptions when one did not hold.
import { bulk } from "./bulk.js";
import { call } from "./calls.js";
import { control } from "./control.js";
import type { Convention, Report } from "./frames.js";
import { maxWalks } from "./limits.js";
import { Op } from "./opcodes.js";
import { operate } from "./operate.js";
import { type Context, Forget, Walk } from "./walk.js";

export function walkFunction(context: Context, functionIndex: number, convention: Convention): Report {
  const forgotten = new Set<string>();
  for (let left = maxWalks; ; left--) {
    const walk = new Walk(context, functionIndex, convention, forgotten);
    try {
      run(walk);
      return walk.report;
    } catch (error) {
      if (!(error instanceof Forget)) throw error;
      if (left === 0)
        walk.refuse("budget-flow", "budget or stack account change their places in too many loops");
      forgotten.add(`${error.loop}:${error.local}`);
    }
  }
}

function run(walk: Walk): void {
  const { ins } = walk;
  while (walk.frames.length > 0) {
    ins.next();
    const { state } = walk;
    if (walk.mustTrap) {
      if (ins.op !== Op.Unreachable) walk.refuse("runtime-call", "overflow: unreachable has to follow");
      walk.mustTrap = false;
    }
    if (state && !isStructure(ins.op)) walk.countWork(state, 1);
    if (control(walk)) {
      if (ins.op !== Op.Block && ins.op !== Op.Loop) walk.region.straight = false;
    } else if (state) {
      if (call(walk, state)) walk.region.straight = false;
      else if (!bulk(walk, state)) operate(walk, state);
    }
  }
}

/** Nothing is executed for these. */
function isStructure(op: number): boolean {
  return (op >= Op.Nop && op <= Op.Loop) || op === Op.Else || op === Op.Try || op === Op.End;
}
