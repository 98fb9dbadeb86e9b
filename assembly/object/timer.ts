// The one-shot timer of a vCPU. The core keeps the deadline, the host watches the clock and says when to look.

import { Virq } from "../abi/event-channel";
import { TIMER_MIN_PERIOD_NS } from "../abi/scheduling";
import { NEVER, Vcpu } from "../state/vcpu";
import { now } from "./clock";
import { raise } from "./event-channel";

/** Arms the timer for `deadlineNs` of the domain's own time, but not sooner than a period after it last expired. */
export function arm(vcpu: Vcpu, deadlineNs: u64): void {
  if (<i64>deadlineNs < 0) {
    vcpu.timerDeadlineNs = NEVER;
    return;
  }
  const wanted = vcpu.domain.createdNs + <f64>deadlineNs;
  vcpu.timerDeadlineNs = max<f64>(wanted, vcpu.timerLastNs + TIMER_MIN_PERIOD_NS);
}

/** Expires the timer when it is due; true when that made the vCPU runnable. */
export function expireTimer(vcpu: Vcpu): bool {
  const time = now();
  if (time < vcpu.timerDeadlineNs) return false;
  vcpu.timerDeadlineNs = NEVER;
  vcpu.timerLastNs = time;
  return raise(vcpu, Virq.Timer);
}
