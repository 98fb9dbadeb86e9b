// How a hypercall asks its caller to unwind, and what its entry (generated, docs/core.md, section 3) then does.

import { budget, state, UNWINDING } from "../frame/state";
import { carried, retry, unwind, Unwind } from "../state/machine";

/** The hypercall is done; the guest goes on behind it later, with the handler's result. */
export function unwindWith(reason: Unwind): void {
  begin(reason);
  retry = false;
}

/** The hypercall could not be done yet: it is tried again when the guest goes on. Returns what the handler returns. */
export function tryAgainAfter(reason: Unwind): i32 {
  begin(reason);
  retry = true;
  return 0;
}

/** Charges the caller. When that is more than it has left it is suspended behind the hypercall. */
@inline
export function charge(units: u32): void {
  budget -= <i32>units;
}

/** For guests: a spent safepoint has saved its frame. It unwinds always: nothing on the native stack cannot be saved. */
export function suspend(_b: i32): i32 {
  state = UNWINDING;
  return 0;
}

/** For the entries: the budget is negative after a handler. 1: the hypercall is to be done again. */
export function unwindHypercall(): i32 {
  state = UNWINDING;
  return unwind != Unwind.None && retry ? 1 : 0;
}

function begin(reason: Unwind): void {
  unwind = reason;
  carried = budget;
  budget = -1;
}
