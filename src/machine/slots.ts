// The slots of the function table: where the core finds each guest's entries, and the host its memory.
import { FIRST_SLOT_ENTRY, GuestEntry, SLOT_ENTRIES } from "../abi.js";
import type { Reservation } from "./reservation.js";

const PAGE_BYTES = 65_536;
/** The table grows by so many slots at a time. */
const CHUNK_SLOTS = 64;
/** Below this a loop is faster than making views. */
const LOOP_BYTES = 48;

interface Slot {
  readonly memory: WebAssembly.Memory | undefined;
  /** Of the whole memory; made anew after growth. */
  view: Uint8Array;
  pages: number;
}

const nothing = new Uint8Array(0);

export class Slots {
  readonly #reservation: Reservation;
  #table: WebAssembly.Table | undefined;
  #coreMemory: WebAssembly.Memory | undefined;
  #coreView = nothing;
  /** By number. Number 0 is the core's own. */
  readonly #slots: (Slot | undefined)[] = [undefined];
  readonly #free: number[] = [];

  /** `reservation`: pages of all memories together; growth is charged to it here, what they begin with by whoever fills a slot. */
  constructor(reservation: Reservation) {
    this.#reservation = reservation;
  }

  /** Once, before any slot is filled. */
  connect(table: WebAssembly.Table, coreMemory: WebAssembly.Memory): void {
    this.#table = table;
    this.#coreMemory = coreMemory;
  }

  /** Puts the entries of a guest into a free slot and returns its number. Its pages, which are charged, are the slot's now. */
  fill(entries: readonly (readonly [GuestEntry, unknown])[], memory: WebAssembly.Memory | undefined): number {
    const table = this.#table!;
    const number = this.#free.pop() ?? this.#slots.length;
    const first = FIRST_SLOT_ENTRY + number * SLOT_ENTRIES;
    if (first >= table.length) table.grow(CHUNK_SLOTS * SLOT_ENTRIES);
    for (const [entry, f] of entries) table.set(first + entry, f);
    this.#slots[number] = { memory, view: nothing, pages: pagesOf(memory) };
    return number;
  }

  /** Frees a slot, with what the guest's memory had of the reservation. */
  empty(number: number): void {
    const slot = this.#slots[number];
    if (slot === undefined) return;
    const first = FIRST_SLOT_ENTRY + number * SLOT_ENTRIES;
    for (let entry = 0; entry <= GuestEntry.StackPointerSet; entry++) this.#table!.set(first + entry, null);
    this.#reservation.give(slot.pages);
    this.#slots[number] = undefined;
    this.#free.push(number);
  }

  /** `host.copy`: both ranges were checked by the core. */
  copy(number: number, guestOffset: number, coreOffset: number, length: number, toGuest: number): void {
    const guest = this.#viewOf(number);
    const core = this.coreView();
    const at = guestOffset >>> 0;
    if (toGuest !== 0) move(core, coreOffset >>> 0, guest, at, length);
    else move(guest, at, core, coreOffset >>> 0, length);
  }

  /** `host.copyProgram`: the same between two guests. */
  copyBetween(from: number, fromOffset: number, to: number, toOffset: number, length: number): void {
    move(this.#viewOf(from), fromOffset >>> 0, this.#viewOf(to), toOffset >>> 0, length);
  }

  /** `host.grow`: old pages, or -1 when the machine has none left. */
  grow(number: number, deltaPages: number): number {
    const slot = this.#slots[number];
    const delta = deltaPages >>> 0;
    if (slot?.memory === undefined || !this.#reservation.take(delta)) return -1;
    try {
      const old = slot.memory.grow(delta);
      slot.pages += delta;
      slot.view = nothing;
      return old;
    } catch {
      this.#reservation.give(delta);
      return -1;
    }
  }

  /** The core's memory as it is now. */
  coreView(): Uint8Array<ArrayBuffer> {
    // Growth detaches the buffer, and a view of a detached one has no length.
    if (this.#coreView.length === 0) this.#coreView = new Uint8Array(this.#coreMemory!.buffer);
    return this.#coreView as Uint8Array<ArrayBuffer>;
  }

  #viewOf(number: number): Uint8Array {
    const slot = this.#slots[number]!;
    if (slot.view.length === 0) slot.view = new Uint8Array(slot.memory!.buffer);
    return slot.view;
  }
}

function move(from: Uint8Array, fromAt: number, to: Uint8Array, toAt: number, length: number): void {
  if (length > LOOP_BYTES) {
    to.set(from.subarray(fromAt, fromAt + length), toAt);
    return;
  }
  for (let i = 0; i < length; i++) to[toAt + i] = from[fromAt + i]!;
}

export function pagesOf(memory: WebAssembly.Memory | undefined): number {
  return memory === undefined ? 0 : memory.buffer.byteLength / PAGE_BYTES;
}
