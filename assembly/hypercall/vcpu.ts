import { Errno } from "../abi/errno";
import { CLOCK_UNITS } from "../abi/hypercall";
import { RunState, Runstate, RUNSTATE_BYTES } from "../abi/scheduling";
import { now, wallNow } from "../object/clock";
import { copyToGuest, inMemory, storeU64 } from "../object/guest";
import { timeIn } from "../object/runstate";
import { arm } from "../object/timer";
import { charge } from "../object/unwinding";
import { current, granted, scratch } from "../state/machine";

export function vcpuId(): i32 {
  return current.index;
}

export function vcpuRunstate(offset: u32): i32 {
  const vcpu = current;
  if (!inMemory(vcpu.domain, offset, RUNSTATE_BYTES)) return -Errno.Fault;
  charge(CLOCK_UNITS);
  const time = now();
  store<u32>(scratch + Runstate.State, RunState.Running);
  store<u32>(scratch + Runstate.Quanta, vcpu.slices);
  store<u64>(scratch + Runstate.RunningNs, <u64>timeIn(vcpu, RunState.Running, time));
  store<u64>(scratch + Runstate.RunnableNs, <u64>timeIn(vcpu, RunState.Runnable, time));
  store<u64>(scratch + Runstate.BlockedNs, <u64>timeIn(vcpu, RunState.Blocked, time));
  store<u64>(scratch + Runstate.OfflineNs, <u64>timeIn(vcpu, RunState.Offline, time));
  store<u64>(scratch + Runstate.SpentUnits, <u64>(vcpu.spentUnits - <f64>granted));
  copyToGuest(vcpu.domain, offset, scratch, RUNSTATE_BYTES);
  return 0;
}

export function timerSet(deadlineNs: u64): i32 {
  arm(current, deadlineNs);
  return 0;
}

export function timeMonotonic(offset: u32): i32 {
  const domain = current.domain;
  if (!inMemory(domain, offset, 8)) return -Errno.Fault;
  charge(CLOCK_UNITS);
  storeU64(domain, offset, <u64>(now() - domain.createdNs));
  return 0;
}

export function timeWall(offset: u32): i32 {
  const domain = current.domain;
  if (!inMemory(domain, offset, 8)) return -Errno.Fault;
  charge(CLOCK_UNITS);
  storeU64(domain, offset, <u64>wallNow());
  return 0;
}
