// A physical CPU on a simulated clock, with vCPUs that behave as they are told.
import type { Schedule } from "../../src/sched/schedule.js";
import type { LeaveReason, Scheduler } from "../../src/sched/scheduler.js";

/** What a vCPU does when it has run for `ns`, or is asked for the first time. */
export type Step =
  /** Runs for so long; then it is asked again. */
  | { readonly runNs: number }
  /** Sleeps until then. */
  | { readonly untilNs: number }
  | "yield";

/** Asked for the next step at each end of one. `leftNs`: what is left of its slice. */
export type Behaviour = (nowNs: number, leftNs: number) => Step;

export class Vcpu {
  ranNs = 0;
  /** From waking to running, in ns. */
  readonly waits: number[] = [];
  /** When it ran: begin and end, in ns. */
  readonly runs: [number, number][] = [];
  readonly behave: Behaviour;
  /** What is left of its step. */
  leftNs = 0;
  wokenNs: number | undefined;

  constructor(behave: Behaviour) {
    this.behave = behave;
  }
}

/** Computes without end. */
export const hog = (): Vcpu => new Vcpu(() => ({ runNs: 1e18 }));

/** Gets work for `runNs` each `periodNs`, and sleeps when all that came is done. */
export function worker(runNs: number, periodNs: number, phaseNs = 0): Vcpu {
  let done = 0;
  return new Vcpu((nowNs) => {
    const come = phaseNs + done * periodNs;
    if (nowNs < come) return { untilNs: come };
    done += 1;
    return { runNs };
  });
}

export interface SimulationOptions {
  /** A running vCPU stops at the end of a quantum only. Default: 1 ms. */
  readonly quantumNs?: number;
  /** What a quantum of `ns` really takes. */
  readonly inexact?: (ns: number) => number;
}

export class Simulation {
  nowNs = 0;
  idleNs = 0;
  /** Time that nobody ran, though somebody without a cap could have. */
  wastedNs = 0;
  picks = 0;
  readonly #scheduler: Scheduler<Vcpu>;
  readonly #quantumNs: number;
  readonly #inexact: (ns: number) => number;
  readonly #sleepers = new Map<Vcpu, number>();
  readonly #uncapped = new Set<Vcpu>();
  #awake = 0;
  #sliceEndNs = 0;

  constructor(scheduler: Scheduler<Vcpu>, { quantumNs = 1e6, inexact = (ns) => ns }: SimulationOptions = {}) {
    this.#scheduler = scheduler;
    this.#quantumNs = quantumNs;
    this.#inexact = inexact;
  }

  add(vcpu: Vcpu, schedule?: Schedule): Vcpu {
    this.#scheduler.add(vcpu);
    if (schedule !== undefined) this.#scheduler.configure?.(vcpu, schedule);
    if (!schedule?.cap) this.#uncapped.add(vcpu);
    this.#sleepers.set(vcpu, this.nowNs);
    return vcpu;
  }

  /** Runs for so much simulated time. */
  run(forNs: number): this {
    const endNs = this.nowNs + forNs;
    while (this.nowNs < endNs) {
      this.#wake();
      const slice = this.#scheduler.pick(this.nowNs, 0);
      if (slice === undefined) this.#idle(endNs);
      else this.#runSlice(slice.vcpu, slice.sliceNs);
    }
    return this;
  }

  #idle(endNs: number): void {
    const nextNs = Math.min(this.#scheduler.nextNs ?? Number.POSITIVE_INFINITY, this.#nextWakeNs(), endNs);
    if (!(nextNs > this.nowNs)) throw new Error(`the pCPU spins at ${this.nowNs} ns`);
    this.idleNs += nextNs - this.nowNs;
    if (this.#awake > 0) this.wastedNs += nextNs - this.nowNs;
    this.nowNs = nextNs;
  }

  #runSlice(vcpu: Vcpu, sliceNs: number): void {
    this.picks += 1;
    if (!(sliceNs > 0)) throw new Error(`a slice of ${sliceNs} ns`);
    if (vcpu.wokenNs !== undefined) vcpu.waits.push(this.nowNs - vcpu.wokenNs);
    vcpu.wokenNs = undefined;
    const beginNs = this.nowNs;
    this.#sliceEndNs = this.nowNs + sliceNs;
    let reason: LeaveReason | undefined;
    while (reason === undefined) {
      if (vcpu.leftNs <= 0) {
        const step = vcpu.behave(this.nowNs, this.#sliceEndNs - this.nowNs);
        if (step === "yield") reason = "yielded";
        else if ("untilNs" in step) {
          this.#sleepers.set(vcpu, step.untilNs);
          if (this.#uncapped.has(vcpu)) this.#awake -= 1;
          reason = "asleep";
        } else vcpu.leftNs = step.runNs;
        continue;
      }
      const limitNs = Math.min(this.#sliceEndNs, this.#nextWakeNs()) - this.nowNs;
      const quantumNs = Math.max(Math.min(limitNs, this.#quantumNs), 20_000);
      const tookNs = Math.min(this.#inexact(quantumNs), vcpu.leftNs);
      vcpu.leftNs -= tookNs;
      vcpu.ranNs += tookNs;
      this.nowNs += tookNs;
      this.#wake();
      if (this.nowNs >= this.#sliceEndNs) reason = "preempted";
    }
    if (this.nowNs > beginNs) vcpu.runs.push([beginNs, this.nowNs]);
    this.#scheduler.charge(vcpu, this.nowNs - beginNs, reason);
  }

  #wake(): void {
    for (const [vcpu, atNs] of this.#sleepers) {
      if (atNs > this.nowNs) continue;
      this.#sleepers.delete(vcpu);
      if (this.#uncapped.has(vcpu)) this.#awake += 1;
      vcpu.wokenNs = atNs;
      const endNs = this.#scheduler.wake(vcpu, this.nowNs);
      if (endNs !== undefined) this.#sliceEndNs = Math.min(this.#sliceEndNs, endNs);
    }
  }

  #nextWakeNs(): number {
    let nextNs = Number.POSITIVE_INFINITY;
    for (const atNs of this.#sleepers.values()) nextNs = Math.min(nextNs, atNs);
    return nextNs;
  }
}

/** One of which an ideal machine would know all. */
export interface Wish extends Schedule {
  /** Work that comes each period, in ns; undefined: there is always some. */
  readonly work?: { readonly runNs: number; readonly periodNs: number };
}

/**
 * What part of the time each gets from an ideal machine, which divides every moment among those that have work: by weight,
 * nobody more than its cap, what one leaves to the others.
 */
export function idealShares(wishes: readonly Wish[], forNs: number): number[] {
  const had = wishes.map(() => 0);
  const left = wishes.map(({ work }) => work?.runNs ?? Number.POSITIVE_INFINITY);
  const nextNs = wishes.map(({ work }) => work?.periodNs ?? Number.POSITIVE_INFINITY);
  for (let now = 0; now < forNs; ) {
    const rates = momentShares(wishes, (i) => left[i]! > 0.5);
    const endNs = Math.min(
      forNs,
      ...nextNs,
      ...left.map((ns, i) => (rates[i]! > 0 ? now + ns / rates[i]! : forNs)),
    );
    for (const [i, { work }] of wishes.entries()) {
      const ranNs = rates[i]! * (endNs - now);
      had[i]! += ranNs;
      left[i]! -= ranNs;
      if (nextNs[i]! > endNs) continue;
      left[i]! += work!.runNs;
      nextNs[i]! += work!.periodNs;
    }
    now = endNs;
  }
  return had.map((ns) => ns / forNs);
}

/** The same if it knew only how much work comes in the long run, so that whoever is behind catches up later. */
export function patientShares(wishes: readonly Wish[]): number[] {
  return divide(
    wishes.map(({ weight, cap, work }) => ({
      weight,
      most: Math.min(cap === 0 ? 1 : cap / 100, work === undefined ? 1 : work.runNs / work.periodNs),
    })),
  );
}

function momentShares(wishes: readonly Wish[], hasWork: (i: number) => boolean): number[] {
  return divide(wishes.map(({ weight, cap }, i) => ({ weight, most: hasWork(i) ? (cap || 100) / 100 : 0 })));
}

/** By weight, nobody more than `most`; what one leaves goes to the others. */
function divide(all: readonly { readonly weight: number; readonly most: number }[]): number[] {
  const shares = all.map(({ most }) => most);
  // Those who would take more; whoever is found to take less than its part leaves some to them.
  let greedy = all.map((_, i) => i);
  for (;;) {
    const left = shares.reduce((rest, share, i) => (greedy.includes(i) ? rest : rest - share), 1);
    const per = left / greedy.reduce((sum, i) => sum + all[i]!.weight, 0);
    const still = greedy.filter((i) => all[i]!.most > per * all[i]!.weight);
    if (still.length === greedy.length) {
      for (const i of greedy) shares[i] = per * all[i]!.weight;
      return shares;
    }
    greedy = still;
  }
}

/** The most that a vCPU ran in any stretch of so many ns. */
export function mostWithin({ runs }: Vcpu, windowNs: number): number {
  let most = 0;
  let first = 0;
  let sumNs = 0;
  for (const [beginNs, endNs] of runs) {
    sumNs += endNs - beginNs;
    // The worst stretches end where a run does.
    while (runs[first]![1] <= endNs - windowNs) {
      sumNs -= runs[first]![1] - runs[first]![0];
      first += 1;
    }
    const cutNs = Math.max(endNs - windowNs - runs[first]![0], 0);
    most = Math.max(most, sumNs - cutNs);
  }
  return most;
}
