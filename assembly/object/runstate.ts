// Accounts of a vCPU's time: each change of its RunState adds the time since the last one to where it was.

import { RunState } from "../abi/scheduling";
import { Vcpu } from "../state/vcpu";

/** Enters `next` at machine time `timeNs`. */
export function enterState(vcpu: Vcpu, next: RunState, timeNs: f64): void {
  const passed = max<f64>(timeNs - vcpu.sinceNs, 0);
  switch (vcpu.runState) {
    case RunState.Running: {
      vcpu.runningNs += passed;
      break;
    }
    case RunState.Runnable: {
      vcpu.runnableNs += passed;
      break;
    }
    case RunState.Blocked: {
      vcpu.blockedNs += passed;
      break;
    }
    default:
      vcpu.offlineNs += passed;
  }
  vcpu.runState = next;
  vcpu.sinceNs = timeNs;
}

/** ns in `wanted` until machine time `timeNs`. */
export function timeIn(vcpu: Vcpu, wanted: RunState, timeNs: f64): f64 {
  const before =
    wanted == RunState.Running
      ? vcpu.runningNs
      : wanted == RunState.Runnable
        ? vcpu.runnableNs
        : wanted == RunState.Blocked
          ? vcpu.blockedNs
          : vcpu.offlineNs;
  return vcpu.runState == wanted ? before + max<f64>(timeNs - vcpu.sinceNs, 0) : before;
}
