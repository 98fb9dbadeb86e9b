// Frames: when their cells may be pushed and popped.
import { Phase, Sign, type State, setCut, Untested } from "./state.js";
import type { Walk } from "./walk.js";

/** Cells of a frame are pushed. */
export function saveCells(walk: Walk, state: State): void {
  // Matched: a loop's header may still be on the way to a loop within, where peek decides.
  if (state.phase & ~(Phase.Run | Phase.Matched | Phase.Saving | Phase.Stopping)) {
    walk.refuse("runtime-call", "saves a frame while another is restored or was given up");
  }
  if (state.untested === Untested.Returned)
    walk.refuse("budget-test", "saves a frame before the budget is tested");
  const unwinding = state.sign === Sign.Negative && (state.phase & Phase.Stopping) === 0;
  state.phase = unwinding ? Phase.Saving : Phase.Stopping;
}

/** Cells of a frame are popped: this can be done once for each time that they were pushed. */
export function takeCells(walk: Walk, state: State): void {
  if (state.phase & ~(Phase.Matched | Phase.Restored)) {
    walk.refuse("runtime-call", "takes cells although it is not sure that a frame is there to be rewound");
  }
  state.phase = Phase.Restored;
  setCut(state, walk.regions.length);
}
