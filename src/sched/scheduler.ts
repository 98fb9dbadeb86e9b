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
  /** A sleeping vCPU can run; of no effect for others. True: somebody who runs now should make room for it. */
  wake(vcpu: V, nowNs: number): boolean;
  /** A ready vCPU cannot run for now; one that is on a physical CPU is told by `charge`. */
  sleep(vcpu: V): void;
  /** Takes the vCPU that is to run next on the physical CPU `pcpu`; undefined: none is ready. */
  pick(nowNs: number, pcpu: number): Slice<V> | undefined;
  /** The vCPU that was picked left its physical CPU after `ranNs`. */
  charge(vcpu: V, ranNs: number, reason: LeaveReason): void;
}
