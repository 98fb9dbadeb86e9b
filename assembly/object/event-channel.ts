// Events: ports that become pending. There is no lost wake-up: a port stays pending until an upcall for it begins or
// the guest takes it, and sched_block looks at what is pending in the same step in which it falls asleep.

import { RunState } from "../abi/scheduling";
import { TraceKind } from "../abi/system";
import { Vcpu, Waits } from "../state/vcpu";
import { now } from "./clock";
import { enterState } from "./runstate";
import { trace } from "./trace";

/** Makes a port pending; true when that made the vCPU runnable. */
export function raise(vcpu: Vcpu, port: u32): bool {
  if (port >= 32) return false;
  vcpu.pending |= 1 << port;
  const woken = wake(vcpu, now());
  trace(TraceKind.Event, vcpu.domain, port, woken ? 1 : 0);
  return woken;
}

/** Ends a wait; true when that made the vCPU runnable. Whether it has what it waited for it finds out by itself. */
export function wake(vcpu: Vcpu, timeNs: f64): bool {
  vcpu.waits = Waits.Nothing;
  if (vcpu.runState != RunState.Blocked) return false;
  enterState(vcpu, RunState.Runnable, timeNs);
  return true;
}

/** The lowest pending port, no longer pending; -1 when none is. */
export function takePending(vcpu: Vcpu): i32 {
  const pending = vcpu.pending;
  if (pending == 0) return -1;
  vcpu.pending = pending & (pending - 1);
  return ctz(pending);
}
