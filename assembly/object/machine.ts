// What is done once.

import { allocate } from "../frame/arena";
import { deterministic, scratch, SCRATCH_BYTES, seed, wallNs } from "../state/machine";
import { createTrace } from "./trace";

/** Sets what holds for the life of the machine; false when there is no memory for it, or a number makes no sense. */
export function configure(isDeterministic: bool, traceEntries: u32, wallClockNs: f64, seedNumber: f64): bool {
  if (scratch != 0) return false;
  if (traceEntries == 0 || (traceEntries & (traceEntries - 1)) != 0 || traceEntries > 1 << 20) return false;
  scratch = allocate(SCRATCH_BYTES);
  if (scratch == 0 || !createTrace(traceEntries)) return false;
  deterministic = isDeterministic;
  wallNs = wallClockNs;
  seed = <u64>seedNumber;
  return true;
}
