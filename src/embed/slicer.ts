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
 * many there are, together they hold it for about a millisecond.
 */
export class Slicer {
  readonly #platform: Platform;
  /** In the order of their turns. */
  readonly #ready = new Set<Sliceable>();
  readonly #kept = new Set<Sliceable>();
  #running = false;
  #lastTurnMs = 0;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** `subject` has something to run. */
  add(subject: Sliceable): void {
    this.#ready.add(subject);
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

  async #work(): Promise<void> {
    for (;;) {
      const [subject] = this.#ready;
      if (subject === undefined) break;
      if (performance.now() - this.#lastTurnMs >= TURN_AFTER_MS) {
        await this.#platform.nextTurn();
        this.#lastTurnMs = performance.now();
      }
      this.#ready.delete(subject);
      if (subject.slice()) this.#ready.add(subject);
    }
    this.#running = false;
  }
}
