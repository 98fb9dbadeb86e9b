/** A seeded generator of random numbers (mulberry32): the same seed gives the same run on every engine. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
    // Small seeds differ in few bits: pass over the first outputs, which would look alike.
    for (let i = 0; i < 4; i++) this.u32();
  }

  u32(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** An integer in [0, n). */
  below(n: number): number {
    return this.u32() % n;
  }

  /** An integer in [low, high]. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(probability: number): boolean {
    return this.u32() < probability * 0x1_0000_0000;
  }

  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new Error("nothing to pick from");
    return from[this.below(from.length)] as T;
  }

  /** One of the keys, as likely as its weight says. */
  weighted<T>(from: readonly (readonly [number, T])[]): T {
    let total = 0;
    for (const [weight] of from) total += weight;
    let at = (this.u32() / 0x1_0000_0000) * total;
    for (const [weight, value] of from) {
      at -= weight;
      if (at < 0) return value;
    }
    return (from[from.length - 1] as readonly [number, T])[1];
  }

  shuffle<T>(list: T[]): T[] {
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [list[i], list[j]] = [list[j] as T, list[i] as T];
    }
    return list;
  }
}
