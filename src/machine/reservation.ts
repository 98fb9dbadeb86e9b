/** A quantity that is given out and given back, never more than there is. */
export class Reservation {
  readonly limit: number;
  #taken = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get taken(): number {
    return this.#taken;
  }

  get left(): number {
    return this.limit - this.#taken;
  }

  /** False: that much is not left; nothing was taken. */
  take(amount: number): boolean {
    if (amount > this.left) return false;
    this.#taken += amount;
    return true;
  }

  give(amount: number): void {
    this.#taken -= amount;
  }
}
