const LARGEST_QUANTUM = 2 ** 30;
const SMALLEST_QUANTUM = 1000;
/** By how much less than half a slice may make the next ones longer. */
const MOST_BY_SHORT = 1.25;

/**
 * How many units make a slice of a given length in time. Units are exact, not even: what code of one unit takes
 * differs from guest to guest and from phase to phase, so it is learned as the guest runs. Slicing changes neither
 * results nor what is spent.
 */
export class Pace {
  readonly #targetMs: number;
  readonly #largest: number;
  #quantum: number;

  /** `quantum`: for the first slice, in units. `largest`: for any. */
  constructor(targetMs: number, quantum: number, largest = LARGEST_QUANTUM) {
    this.#targetMs = targetMs;
    this.#quantum = quantum;
    this.#largest = largest;
  }

  /** Units for the next slice. */
  get quantum(): number {
    return this.#quantum;
  }

  /** Units for a slice that may be shorter. */
  unitsFor(ms: number): number {
    if (ms >= this.#targetMs) return this.#quantum;
    return Math.max(Math.round((this.#quantum * ms) / this.#targetMs), SMALLEST_QUANTUM);
  }

  /**
   * A slice of `units` took so long. It may have waited for the compiler, so one step goes only so far, further down than up;
   * and clocks are coarse, so what was short teaches little but that it was too long.
   */
  took(ms: number, units = this.#quantum): void {
    const wholeMs = (ms * this.#quantum) / units;
    const most = 2 * units < this.#quantum ? MOST_BY_SHORT : 2;
    const factor = Math.min(Math.max(this.#targetMs / Math.max(wholeMs, 0.001), 1 / 16), most);
    this.#quantum = Math.min(Math.max(Math.round(this.#quantum * factor), SMALLEST_QUANTUM), this.#largest);
  }
}
