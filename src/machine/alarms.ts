import { Heap, type HeapMember } from "../base/heap.js";

/** Something that is to happen at a time. */
export interface Alarm extends HeapMember {
  /** When, in ns of machine time; kept by Alarms. */
  atNs: number;
  /** It is time; it is not set any more. */
  ring(nowNs: number): void;
}

/** Alarms by time. */
export class Alarms {
  readonly #heap = new Heap<Alarm>((a, b) => a.atNs < b.atNs);

  /** When the next one is due; Infinity: none is set. */
  get nextNs(): number {
    return this.#heap.first?.atNs ?? Number.POSITIVE_INFINITY;
  }

  /** Sets an alarm, or sets it anew; Infinity takes it away. */
  set(alarm: Alarm, atNs: number): void {
    if (alarm.place >= 0 && alarm.atNs === atNs) return;
    if (atNs === Number.POSITIVE_INFINITY) {
      this.clear(alarm);
      return;
    }
    alarm.atNs = atNs;
    if (alarm.place < 0) this.#heap.add(alarm);
    else this.#heap.moved(alarm);
  }

  clear(alarm: Alarm): void {
    if (alarm.place >= 0) this.#heap.remove(alarm);
  }

  /** Rings all that are due. */
  ringDue(nowNs: number): void {
    for (let due = this.#heap.first; due !== undefined && due.atNs <= nowNs; due = this.#heap.first) {
      this.clear(due);
      due.ring(nowNs);
    }
  }
}
