import type { Schedule } from "./schedule.js";

/** Why a vCPU left its physical CPU. */
export type LeaveReason =
  /** It could run on: its slice is over, or somebody else is to run first. */
  | "preempted"
  /** It gave the rest of its slice away, and can run again. */
  | "yielded"
  /** It sleeps until `wake`. */
  | "asleep";

/** A turn on a physical CPU. */
export interface Slice<V> {
  readonly vcpu: V;
  /** How long it may stay, in ns of machine time. */
  readonly sliceNs: number;
}

/**
 * Who runs when, for how long: a policy without a clock, Workers or I/O. Times are nanoseconds of machine time; they are
 * told, never asked. A vCPU is asleep, ready, or on a physical CPU. Several physical CPUs may ask one scheduler in turn:
 * whoever was picked is nobody else's until `charge`.
 */
export interface Scheduler<V = unknown> {
  /** A new vCPU, asleep. */
  add(vcpu: V): void;
  /** Forgets a vCPU, wherever it is; it is not charged any more. */
  remove(vcpu: V): void;
  /** What `vcpu` may have from now on. */
  configure?(vcpu: V, schedule: Schedule): void;
  /**
   * A sleeping vCPU can run; of no effect for others. Gives the time at which somebody who runs now should have made room
   * for it; undefined: it waits for its turn.
   */
  wake(vcpu: V, nowNs: number): number | undefined;
  /** A ready vCPU cannot run for now; one that is on a physical CPU is told by `charge`. */
  sleep(vcpu: V): void;
  /** Takes the vCPU that is to run next on the physical CPU `pcpu`; undefined: none is ready. */
  pick(nowNs: number, pcpu: number): Slice<V> | undefined;
  /** When somebody becomes ready without being woken: `pick` is asked again by then. Undefined or Infinity: nobody does. */
  readonly nextNs?: number;
  /** The vCPU that was picked left its physical CPU after `ranNs`. */
  charge(vcpu: V, ranNs: number, reason: LeaveReason): void;
}
