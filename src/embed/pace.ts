const LARGEST_QUANTUM = 2 ** 30;

/**
 * How many units make a slice of a given length in time. Units are exact, not even: what code of one unit takes
 * differs from guest to guest and from phase to phase, so it is learned as the guest runs. Slicing changes neither
 * results nor what is spent.
 */
export class Pace {
  readonly #targetMs: number;
  #quantum: number;

  /** `quantum`: for the first slice, in units. */
  constructor(targetMs: number, quantum: number) {
    this.#targetMs = targetMs;
    this.#quantum = quantum;
  }

  /** Units for the next slice. */
  get quantum(): number {
    return this.#quantum;
  }

  /** A slice of `quantum` units took so long. It may have waited for the compiler, so one step goes only so far. */
  took(ms: number): void {
    const factor = Math.min(Math.max(this.#targetMs / Math.max(ms, 0.001), 0.5), 2);
    this.#quantum = Math.min(Math.max(Math.round(this.#quantum * factor), 1000), LARGEST_QUANTUM);
  }
}
