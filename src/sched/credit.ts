import { Heap, type HeapMember } from "../base/heap.js";
import { DEFAULT_SCHEDULE, type Schedule, scheduleFault } from "./schedule.js";
import type { LeaveReason, Scheduler, Slice } from "./scheduler.js";

export interface CreditOptions {
  /** Length of a slice in ns. Default: 10 ms. */
  readonly sliceNs?: number;
  /** Nobody has to make room sooner than this after its slice began, in ns. Default: 1 ms, or `sliceNs` when that is less. */
  readonly rateLimitNs?: number;
}

/**
 * A vCPU. `age` is the virtual time it has reached: what it ran, in ns, over its weight. The machine's virtual time is the
 * mean of the ages of all that can run, by weight; so an age below it is owed time, one above it is ahead.
 */
interface Place<V> extends HeapMember {
  readonly vcpu: V;
  weight: number;
  age: number;
  /** Where it is; each of the queues is a state by itself. */
  at: "asleep" | "running" | Heap<Place<V>>;
  /** For how long it still counts as woken, in ns that it runs. */
  freshNs: number;
  /** What queues are ordered by: a virtual time, or for those out of credit a time in ns; then by who came first. */
  key: number;
  order: number;
  // The cap: a bucket of credit.
  /** Credit in ns for each ns that passes; 1: no cap. */
  rate: number;
  credit: number;
  /** The time of `credit`. */
  creditAtNs: number;
  /** When its slice began, and how long that is to be. */
  pickedAtNs: number;
  sliceNs: number;
}

/** The most credit that is saved up under a cap; over any time at all, a cap is exceeded by so much. */
const MOST_CREDIT_NS = 1_750_000;
/** Who has run out of credit runs again with so much. */
const FRESH_CREDIT_NS = 500_000;

/**
 * Time in proportion to weights, up to caps. Fair queueing by virtual time: next is whoever is owed most; those who were woken
 * come before all others for a moment, unless that puts them ahead of their share by more than that moment. Each operation
 * takes logarithmic time in the number of those that are ready; those that sleep cost nothing.
 * Why so: docs/adr/0035-credit-scheduler.md.
 */
export class Credit<V> implements Scheduler<V> {
  readonly sliceNs: number;
  readonly rateLimitNs: number;
  readonly #places = new Map<V, Place<V>>();
  /** Ready: by age. */
  readonly #ready = new Heap<Place<V>>(byKey);
  /** Ready, since they were woken or have credit again: by the virtual time from which on they come first. */
  readonly #woken = new Heap<Place<V>>(byKey);
  /** Out of credit: by the time at which they have some. They do not count as able to run. */
  readonly #spent = new Heap<Place<V>>(byKey);
  readonly #running = new Set<Place<V>>();
  #orders = 0;
  /** Of all that can run: the sum of their weights, and their mean age as far as they have been charged. */
  #weight = 0;
  #age = 0;
  /** The latest time we were told. */
  #nowNs = 0;

  constructor(options: CreditOptions = {}) {
    this.sliceNs = options.sliceNs ?? 10_000_000;
    this.rateLimitNs = options.rateLimitNs ?? Math.min(1_000_000, this.sliceNs);
    if (!(this.sliceNs > 0)) throw new RangeError(`sliceNs is ${this.sliceNs}: it must be above 0`);
    if (!(this.rateLimitNs > 0 && this.rateLimitNs <= this.sliceNs)) {
      throw new RangeError(`rateLimitNs is ${this.rateLimitNs}: it must be above 0, at most ${this.sliceNs}`);
    }
  }

  get nextNs(): number {
    return this.#spent.first?.key ?? Number.POSITIVE_INFINITY;
  }

  add(vcpu: V): void {
    this.#places.set(vcpu, {
      ...{ vcpu, at: "asleep", place: -1, key: 0, order: 0 },
      ...{ weight: DEFAULT_SCHEDULE.weight, age: 0, freshNs: 0 },
      ...{ rate: 1, credit: MOST_CREDIT_NS, creditAtNs: this.#nowNs, pickedAtNs: 0, sliceNs: 0 },
    });
  }

  remove(vcpu: V): void {
    const place = this.#places.get(vcpu);
    if (place === undefined) return;
    this.#retire(place);
    this.#places.delete(vcpu);
  }

  /** Throws a RangeError. */
  configure(vcpu: V, schedule: Schedule): void {
    const fault = scheduleFault(schedule);
    if (fault !== undefined) throw new RangeError(fault);
    const { weight, cap } = schedule;
    const place = this.#places.get(vcpu);
    if (place === undefined) return;
    const { at } = place;
    const counts = at === "running" || at === this.#ready || at === this.#woken;
    // What it is owed, or ahead by, stays the same in ns. Their mean is what it was, then.
    place.age = this.#age + ((place.age - this.#age) * place.weight) / weight;
    if (counts) this.#weight += weight - place.weight;
    place.weight = weight;
    this.#refill(place);
    place.rate = cap === 0 ? 1 : cap / 100;
    if (typeof at === "string") return;
    this.#retire(place);
    this.#enqueue(place, at === this.#ready ? this.#ready : this.#woken);
  }

  wake(vcpu: V, nowNs: number): number | undefined {
    this.#nowNs = nowNs;
    const place = this.#places.get(vcpu);
    if (place?.at !== "asleep") return undefined;
    const age = this.#ageNow();
    place.freshNs = this.sliceNs;
    // Time not used is not saved up, and time used ahead is not forgotten.
    place.age = Math.max(place.age, age);
    const queue = this.#enqueue(place, this.#woken);
    const [current] = this.#running;
    if (current === undefined) return undefined;
    const limitNs = current.pickedAtNs + this.rateLimitNs;
    if (queue === this.#spent) return Math.max(place.key, limitNs);
    return Math.max(nowNs + Math.max(place.key - age, 0) * this.#weight, limitNs);
  }

  sleep(vcpu: V): void {
    const place = this.#places.get(vcpu);
    if (place !== undefined && typeof place.at !== "string") this.#retire(place);
  }

  pick(nowNs: number): Slice<V> | undefined {
    this.#nowNs = nowNs;
    this.#release();
    const woken = this.#woken.first;
    const ready = this.#ready.first;
    const age = this.#ageNow();
    const first = woken !== undefined && (woken.key <= age || ready === undefined);
    const place = first ? woken : ready;
    if (place === undefined) return undefined;
    (first ? this.#woken : this.#ready).remove(place);
    place.at = "running";
    this.#running.add(place);
    place.pickedAtNs = nowNs;
    place.sliceNs = first ? this.rateLimitNs : this.#undisturbedNs(age);
    if (place.rate < 1) {
      this.#refill(place);
      place.sliceNs = Math.min(place.sliceNs, Math.max(place.credit, 1000) / (1 - place.rate));
    }
    return { vcpu: place.vcpu, sliceNs: place.sliceNs };
  }

  charge(vcpu: V, ranNs: number, reason: LeaveReason): void {
    const place = this.#places.get(vcpu);
    if (place?.at !== "running") return;
    this.#nowNs = Math.max(this.#nowNs, place.pickedAtNs + ranNs);
    place.age += ranNs / place.weight;
    this.#age += ranNs / this.#weight;
    place.freshNs -= ranNs;
    if (place.rate < 1) place.credit -= ranNs;
    this.#retire(place);
    if (reason === "asleep") return;
    if (reason === "yielded") {
      // Behind whoever is next.
      place.age = Math.max(place.age, this.#ready.first?.age ?? 0);
      place.freshNs = 0;
    }
    // Under a cap, short turns at the right time are worth more than long ones: credit that is not used in time is lost.
    this.#enqueue(place, place.freshNs > 0 || place.rate < 1 ? this.#woken : this.#ready);
  }

  /** A slice, or until somebody who was woken, or is out of credit, may come first. */
  #undisturbedNs(age: number): number {
    const woken = this.#woken.first;
    const wokenNs = woken === undefined ? Number.POSITIVE_INFINITY : (woken.key - age) * this.#weight;
    return Math.max(Math.min(this.sliceNs, wokenNs, this.nextNs - this.#nowNs), this.rateLimitNs);
  }

  /** The mean age, with what those that run have run by now. */
  #ageNow(): number {
    let ranNs = 0;
    for (const { pickedAtNs, sliceNs } of this.#running) {
      ranNs += Math.min(Math.max(this.#nowNs - pickedAtNs, 0), sliceNs);
    }
    return ranNs === 0 ? this.#age : this.#age + ranNs / this.#weight;
  }

  /** Those that have credit again are ready. */
  #release(): void {
    for (let place = this.#spent.first; place !== undefined; place = this.#spent.first) {
      if (place.key > this.#nowNs) return;
      this.#spent.remove(place);
      place.at = "asleep";
      // It wanted to run all the time, so it is owed time; but no more than it can get back in a moment.
      place.age = Math.max(place.age, this.#ageNow() - this.sliceNs / place.weight);
      this.#refill(place);
      place.credit = Math.max(place.credit, FRESH_CREDIT_NS);
      this.#enqueue(place, this.#woken);
    }
  }

  /** From nowhere to `queue`, or to those out of credit. */
  #enqueue(place: Place<V>, queue: Heap<Place<V>>): Heap<Place<V>> {
    let to = queue;
    place.key = queue === this.#woken ? place.age - this.rateLimitNs / place.weight : place.age;
    if (place.rate < 1) {
      this.#refill(place);
      const missingNs = FRESH_CREDIT_NS - place.credit;
      if (missingNs > 0) {
        to = this.#spent;
        place.key = Math.ceil(this.#nowNs + missingNs / place.rate);
      }
    }
    if (to !== this.#spent) {
      this.#weight += place.weight;
      this.#age += (place.weight * (place.age - this.#age)) / this.#weight;
    }
    this.#orders += 1;
    place.order = this.#orders;
    place.at = to;
    to.add(place);
    return to;
  }

  /** From wherever it is to nowhere. */
  #retire(place: Place<V>): void {
    const { at } = place;
    if (at === "asleep") return;
    if (at === "running") this.#running.delete(place);
    else at.remove(place);
    place.at = "asleep";
    if (at === this.#spent) return;
    this.#weight -= place.weight;
    if (this.#weight === 0) this.#age = place.age;
    else this.#age += (place.weight * (this.#age - place.age)) / this.#weight;
  }

  #refill(place: Place<V>): void {
    const passedNs = this.#nowNs - place.creditAtNs;
    if (passedNs <= 0) return;
    place.credit = Math.min(place.credit + passedNs * place.rate, MOST_CREDIT_NS);
    place.creditAtNs = this.#nowNs;
  }
}

function byKey(a: { key: number; order: number }, b: { key: number; order: number }): boolean {
  return a.key < b.key || (a.key === b.key && a.order < b.order);
}
