// Compiled programs keep a second stack in their memory, with its top in a global. Calls that exist at the same time
// share it, so they nest as native calls would: the one that began last is over first.
import { WasmvisorError } from "../base/errors.js";

/** A call as its nest sees it. */
export interface Nested {
  /** Somebody runs it: it goes on by itself when it can. Otherwise it is held until it is resumed or dropped. */
  readonly enqueued: boolean;
  drop(): void;
}

/** Values of the stack pointers. */
type Tops = ReadonlyMap<WebAssembly.Global, number>;

interface Place {
  readonly call: WeakRef<Nested>;
  readonly entered: Tops;
  /** What is to hold once the call is over: `entered`, or what a call below it that is over by now had found. */
  below: Tops;
  /** When it last stopped. */
  stopped: Tops;
}

/** The calls of instances that share such a stack, the oldest first. Weak: held calls may be forgotten. */
export class Nest {
  readonly #places: Place[] = [];
  /** All that ever were in it. */
  readonly #inside = new WeakSet<Nested>();
  readonly #pointers: WebAssembly.Global[] = [];
  #ordered = false;
  #joined: Nest | undefined;

  /** Adds an instance. `ordered`: it may keep such a stack. `pointer`: the global with its top, where that is known. */
  add(ordered: boolean, pointer: WebAssembly.Global | undefined): void {
    const nest = this.#root();
    nest.#ordered ||= ordered;
    if (pointer !== undefined) nest.#pointers.push(pointer);
  }

  /** From now on both are one. */
  join(other: Nest): void {
    const [nest, joined] = [this.#root(), other.#root()];
    if (nest === joined) return;
    joined.#joined = nest;
    nest.#places.push(...joined.#places);
    for (const { call } of joined.#places) {
      const live = call.deref();
      if (live !== undefined) nest.#inside.add(live);
    }
    nest.#pointers.push(...joined.#pointers);
    nest.#ordered ||= joined.#ordered;
  }

  /** Whether `call` may go on: no call above it is being run. */
  mayRun(call: Nested): boolean {
    const nest = this.#root();
    if (!nest.#ordered || !nest.#inside.has(call)) return true;
    for (let index = nest.#places.length - 1; index >= 0; index--) {
      const other = nest.#places[index]!.call.deref();
      if (other === call) break;
      if (other?.enqueued) return false;
    }
    return true;
  }

  /** Before `call` runs. Held calls above it are dropped: what they keep in memory is about to be overwritten. */
  enter(call: Nested): void {
    const nest = this.#root();
    if (!nest.#ordered) return;
    nest.#forgetCollected();
    if (!nest.#inside.has(call)) {
      nest.#inside.add(call);
      const entered = nest.#tops();
      nest.#places.push({ call: new WeakRef(call), entered, below: entered, stopped: entered });
      return;
    }
    const index = nest.#indexOf(call);
    const above = nest.#places.slice(index + 1).flatMap((place) => place.call.deref() ?? []);
    if (above.some(({ enqueued }) => enqueued)) {
      throw new WasmvisorError("A later call of the same instance is not over: this one goes on after it");
    }
    for (const held of above.toReversed()) held.drop();
  }

  /** After `call` has run and is not over. */
  stop(call: Nested): void {
    const nest = this.#root();
    const place = nest.#places[nest.#indexOf(call)];
    if (place !== undefined) place.stopped = nest.#tops();
  }

  /**
   * `call` is over. What it put on the stack is taken off, where its own code did not: after a trap, and when it was
   * dropped; then only if nobody has moved the stack pointer since it stopped.
   */
  leave(call: Nested, how: "done" | "failed" | "dropped"): void {
    const nest = this.#root();
    const index = nest.#indexOf(call);
    if (index >= 0) nest.#remove(index, how);
  }

  #root(): Nest {
    let nest: Nest = this;
    while (nest.#joined !== undefined) nest = nest.#joined;
    return nest;
  }

  #indexOf(call: Nested): number {
    return this.#places.findLastIndex((place) => place.call.deref() === call);
  }

  #forgetCollected(): void {
    for (let index = this.#places.length - 1; index >= 0; index--) {
      if (this.#places[index]!.call.deref() === undefined) this.#remove(index, "dropped");
    }
  }

  #remove(index: number, how: "done" | "failed" | "dropped"): void {
    const [place] = this.#places.splice(index, 1) as [Place];
    const above = this.#places[index];
    if (above !== undefined) {
      above.below = place.below;
      return;
    }
    const expected = how === "done" ? place.entered : place.stopped;
    for (const [pointer, top] of place.below) {
      if (how === "failed" || pointer.value === expected.get(pointer)) pointer.value = top;
    }
  }

  #tops(): Tops {
    return new Map(this.#pointers.map((pointer) => [pointer, pointer.value as number]));
  }
}
