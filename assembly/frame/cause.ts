// Why the runtime made a guest trap; kept until the host has read it.

import { Cause } from "../abi/exit";

export let cause: Cause = Cause.None;

/** Ends the guest with a recorded reason. */
export function fail(reason: Cause): void {
  cause = reason;
  unreachable();
}

/** Reads the recorded reason and forgets it. */
export function takeCause(): Cause {
  const taken = cause;
  cause = Cause.None;
  return taken;
}

/** Records a reason; whoever calls traps on its own. */
export function recordCause(reason: Cause): void {
  cause = reason;
}
