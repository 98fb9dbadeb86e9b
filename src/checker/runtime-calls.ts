// Calls of the runtime's functions: each only where the pattern has it (docs/translator.md, section 6).
import { saveCells, takeCells } from "./cells.js";
import { lowestPassed, maxWeight } from "./limits.js";
import type { FunctionType } from "./module.js";
import { needEntry } from "./operate.js";
import { isBudget, newEpoch, Phase, Sign, type State, setCut, setLow, Untested } from "./state.js";
import type { Value } from "./values.js";
import type { Walk } from "./walk.js";

export function runtimeCall(walk: Walk, state: State, role: string, args: Value[], type: FunctionType): void {
  const refuse = (message: string): never => walk.refuse("runtime-call", `${role}: ${message}`);
  switch (role) {
    case "peek":
      checkPeek(walk, state);
      walk.push({ kind: "peek", epoch: state.epoch, low: false, delta: 0 });
      return;
    case "resume":
      if (state.phase & ~(Phase.Matched | Phase.Restored))
        refuse("it is not sure that a frame is being rewound");
      resume(state, walk.regions.length);
      walk.push({ kind: "resumed", epoch: state.epoch });
      return;
    case "handoff":
      if (state.phase & ~(Phase.Saving | Phase.Stopping)) refuse("no frame was saved for it");
      if (!isBudget(args[0]!, state))
        walk.refuse("budget-flow", "what is handed over is not the current budget");
      if (state.charged === 0 || state.untested !== Untested.Charged) {
        refuse("the loop's weight is not charged before it is entered");
      }
      needEntry(walk, state, -maxWeight);
      if (state.low < -maxWeight) refuse("the budget may be too far below zero");
      state.epoch = newEpoch();
      state.untested = Untested.No;
      setLow(state, lowestPassed);
      state.phase = Phase.Reenter;
      return;
    case "suspend":
      if (state.phase & ~(Phase.Saving | Phase.Stopping)) refuse("no frame was saved for it");
      if (state.sign === Sign.NonNegative) refuse("the budget is not spent");
      if (!isBudget(args[0]!, state))
        walk.refuse("budget-flow", "what suspend is told is not the current budget");
      state.phase = Phase.Suspended;
      walk.push({ kind: "pinned", when: true });
      return;
    case "overflow":
      walk.mustTrap = true;
      return;
    case "table_grow": {
      const [table, by] = args as [Value, Value];
      if (table.kind === "const") walk.push({ kind: "growth", table: table.value, by, when: true });
      else walk.refuse("growth", "table_grow is asked for a table that is not constant");
      return;
    }
    case "rethrow":
      if (!state.budgetInGlobal || state.sign === Sign.Negative) refuse("the budget must be in wv.budget");
      return;
  }
  if (role.startsWith("push")) saveCells(walk, state);
  if (role.startsWith("pop")) takeCells(walk, state);
  walk.pushUnknown(type.results.length);
}

/** Looking whether a frame is to be rewound has no place where the guest runs. */
export function checkPeek(walk: Walk, state: State): void {
  if (state.sign === Sign.NonNegative && !state.resumed) {
    walk.refuse("runtime-call", "peek: called in the guest's normal run");
  }
}

/** A new grant of the host's, or what handoff() was told: once for each frame that is innermost. */
function resume(state: State, depth: number): void {
  state.epoch = newEpoch();
  state.sign = Sign.Unknown;
  state.untested = Untested.Charged;
  state.charged = 0;
  state.refund = undefined;
  setCut(state, depth);
  setLow(state, -maxWeight);
  state.phase = Phase.Run;
  state.cold = false;
  state.budgetInGlobal = false;
  state.growth = undefined;
}
