import type { LeaveReason, Scheduler, Slice } from "./scheduler.js";

interface Place<V> {
  readonly vcpu: V;
  /** Neighbours in the ring of those that are ready; undefined: not in it. */
  next: Place<V> | undefined;
  previous: Place<V> | undefined;
  running: boolean;
}

export interface RoundRobinOptions {
  /** Length of a slice in ns. Default: 10 ms. */
  readonly sliceNs?: number;
}

/** Everybody in turn, all slices alike; whoever wakes goes to the end. Each operation takes constant time. */
export class RoundRobin<V> implements Scheduler<V> {
  readonly sliceNs: number;
  readonly #places = new Map<V, Place<V>>();
  /** Who is next; the one before it is last. */
  #head: Place<V> | undefined;

  constructor(options: RoundRobinOptions = {}) {
    this.sliceNs = options.sliceNs ?? 10_000_000;
    if (!(this.sliceNs > 0)) throw new RangeError(`sliceNs is ${this.sliceNs}: it must be above 0`);
  }

  add(vcpu: V): void {
    this.#places.set(vcpu, { vcpu, next: undefined, previous: undefined, running: false });
  }

  remove(vcpu: V): void {
    this.sleep(vcpu);
    this.#places.delete(vcpu);
  }

  wake(vcpu: V): undefined {
    const place = this.#places.get(vcpu);
    if (place !== undefined && !place.running && place.next === undefined) this.#append(place);
  }

  sleep(vcpu: V): void {
    const place = this.#places.get(vcpu);
    if (place?.next !== undefined) this.#unlink(place);
  }

  pick(): Slice<V> | undefined {
    const place = this.#head;
    if (place === undefined) return undefined;
    this.#unlink(place);
    place.running = true;
    return { vcpu: place.vcpu, sliceNs: this.sliceNs };
  }

  charge(vcpu: V, _ranNs: number, reason: LeaveReason): void {
    const place = this.#places.get(vcpu);
    if (place === undefined) return;
    place.running = false;
    if (reason !== "asleep") this.#append(place);
  }

  #append(place: Place<V>): void {
    const head = this.#head;
    if (head === undefined) {
      place.next = place.previous = place;
      this.#head = place;
      return;
    }
    const last = head.previous!;
    place.next = head;
    place.previous = last;
    last.next = head.previous = place;
  }

  #unlink(place: Place<V>): void {
    const next = place.next!;
    if (next === place) {
      this.#head = undefined;
    } else {
      next.previous = place.previous;
      place.previous!.next = next;
      if (this.#head === place) this.#head = next;
    }
    place.next = place.previous = undefined;
  }
}
