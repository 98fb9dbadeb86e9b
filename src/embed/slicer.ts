import type { Platform } from "../base/platform.js";

/** Something that is run slice by slice. */
export interface Sliceable {
  /** Runs one slice; whether there is more to run at once. Nothing of ours is below it on the native stack. */
  slice(): boolean;
}

/** The event loop gets a turn when guests have held it for this long. */
export const TURN_AFTER_MS = 1;

const slicers = new WeakMap<Platform, Slicer>();

/** The slicer of this thread. */
export function slicerOf(platform: Platform): Slicer {
  let slicer = slicers.get(platform);
  if (slicer === undefined) {
    slicer = new Slicer(platform);
    slicers.set(platform, slicer);
  }
  return slicer;
}

/**
 * Runs all that there is on this thread in turns, one slice each, and gives the event loop its turn in between: however
 * many there are, together they hold it for about a millisecond. Who has just become ready gets every other turn, so that
 * short calls are soon over though many long ones run, and the long ones go on though many short ones come.
 */
export class Slicer {
  readonly #platform: Platform;
  /** In the order of their turns. */
  readonly #fresh = new Set<Sliceable>();
  readonly #going = new Set<Sliceable>();
  readonly #kept = new Set<Sliceable>();
  #queued: Promise<unknown> = Promise.resolve();
  #running = false;
  #lastTurnMs = 0;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** `subject` has something to run. */
  add(subject: Sliceable): void {
    if (!this.#going.has(subject)) this.#fresh.add(subject);
    if (this.#running) return;
    this.#running = true;
    // Not at once: whoever asks may be a host function, with guests below it on the stack.
    queueMicrotask(() => this.#work());
  }

  /** Nothing else may know a subject whose calls wait for a promise: it must not be collected. */
  keep(subject: Sliceable): void {
    this.#kept.add(subject);
  }

  release(subject: Sliceable): void {
    this.#kept.delete(subject);
  }

  /** Does `act` when its turn comes: one after the other, the event loop in between as for slices. Gives what `act` gives. */
  inTurn<T>(act: () => T): Promise<Awaited<T>> {
    const done = this.#queued.then(async () => {
      if (this.#isDue) await this.#breathe();
      return { result: act() };
    });
    this.#queued = done.catch(() => undefined);
    return done.then(({ result }) => result) as Promise<Awaited<T>>;
  }

  async #work(): Promise<void> {
    for (let turn = 0; this.#fresh.size + this.#going.size > 0; turn++) {
      if (this.#isDue) await this.#breathe();
      const wanted = turn % 2 === 0 ? this.#fresh : this.#going;
      const from = wanted.size > 0 ? wanted : wanted === this.#fresh ? this.#going : this.#fresh;
      const [subject] = from;
      if (subject === undefined) continue;
      from.delete(subject);
      if (subject.slice()) {
        this.#fresh.delete(subject);
        this.#going.add(subject);
      }
    }
    this.#running = false;
  }

  get #isDue(): boolean {
    return performance.now() - this.#lastTurnMs >= TURN_AFTER_MS;
  }

  async #breathe(): Promise<void> {
    await this.#platform.nextTurn();
    this.#lastTurnMs = performance.now();
  }
}
