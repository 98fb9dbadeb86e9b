/** Something that is to happen at a time. */
export interface Alarm {
  /** When, in ns of machine time; kept by Alarms. */
  atNs: number;
  /** Its place in the heap; -1: it is not set. Kept by Alarms. */
  place: number;
  /** It is time; it is not set any more. */
  ring(nowNs: number): void;
}

/** Alarms by time: a binary heap whose members know their places, so that each change costs a logarithm. */
export class Alarms {
  readonly #heap: Alarm[] = [];

  /** When the next one is due; Infinity: none is set. */
  get nextNs(): number {
    return this.#heap[0]?.atNs ?? Number.POSITIVE_INFINITY;
  }

  /** Sets an alarm, or sets it anew; Infinity takes it away. */
  set(alarm: Alarm, atNs: number): void {
    if (alarm.place >= 0 && alarm.atNs === atNs) return;
    if (atNs === Number.POSITIVE_INFINITY) {
      this.clear(alarm);
      return;
    }
    alarm.atNs = atNs;
    if (alarm.place < 0) {
      alarm.place = this.#heap.length;
      this.#heap.push(alarm);
    }
    this.#settle(alarm);
  }

  clear(alarm: Alarm): void {
    const { place } = alarm;
    if (place < 0) return;
    alarm.place = -1;
    const last = this.#heap.pop()!;
    if (last === alarm) return;
    this.#put(last, place);
    this.#settle(last);
  }

  /** Rings all that are due. */
  ringDue(nowNs: number): void {
    for (let due = this.#heap[0]; due !== undefined && due.atNs <= nowNs; due = this.#heap[0]) {
      this.clear(due);
      due.ring(nowNs);
    }
  }

  /** Moves an alarm up or down to where it belongs. */
  #settle(alarm: Alarm): void {
    const heap = this.#heap;
    let place = alarm.place;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (heap[above]!.atNs <= alarm.atNs) break;
      this.#put(heap[above]!, place);
      place = above;
    }
    for (;;) {
      let below = 2 * place + 1;
      if (below + 1 < heap.length && heap[below + 1]!.atNs < heap[below]!.atNs) below += 1;
      if (below >= heap.length || heap[below]!.atNs >= alarm.atNs) break;
      this.#put(heap[below]!, place);
      place = below;
    }
    this.#put(alarm, place);
  }

  #put(alarm: Alarm, place: number): void {
    this.#heap[place] = alarm;
    alarm.place = place;
  }
}
