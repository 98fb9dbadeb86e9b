// Time and the one-shot timer.
import { evtchnNext, schedBlock, timeMonotonic, timerSet, timeWall } from "./hv";

const cell = memory.data(8, 8);

/** ns since the domain was created. */
export function monotonicNs(): u64 {
  timeMonotonic(cell);
  return load<u64>(cell);
}

/** ns since 1970-01-01 UTC. */
export function wallNs(): u64 {
  timeWall(cell);
  return load<u64>(cell);
}

/** Sleeps until a monotonic time. With upcalls masked: other ports that become pending meanwhile are forgotten. */
export function sleepUntilNs(deadlineNs: u64): void {
  while (monotonicNs() < deadlineNs) {
    timerSet(deadlineNs);
    schedBlock();
    while (evtchnNext() >= 0) {}
  }
}
