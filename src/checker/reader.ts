import { Refusal } from "./verdict.js";

/** Reads the primitive encodings of the binary format. Every overrun is a refusal, never a wrong value. */
export class Reader {
  constructor(
    readonly bytes: Uint8Array,
    public position: number,
    public end: number,
  ) {}

  get atEnd(): boolean {
    return this.position >= this.end;
  }

  byte(): number {
    if (this.position >= this.end) this.fail("ends too early");
    return this.bytes[this.position++]!;
  }

  skip(count: number): void {
    if (count > this.end - this.position) this.fail("ends too early");
    this.position += count;
  }

  /** Unsigned LEB128 of at most 32 bits. */
  u32(): number {
    const first = this.byte();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    let scale = 128;
    for (let i = 1; i < 5; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > 0xffffffff) this.fail("number is larger than 32 bits");
        return value;
      }
      scale *= 128;
    }
    return this.fail("number is longer than 5 bytes");
  }

  /** Signed LEB128 of at most 32 bits. */
  s32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return shift < 28 && byte & 0x40 ? value | (-1 << (shift + 7)) : value;
    }
    return this.fail("number is longer than 5 bytes");
  }

  /** Signed LEB128 of 64 bits; NaN when it is no safe integer. */
  s64(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) {
        if (byte & 0x40) value -= scale;
        return Number.isSafeInteger(value) ? value : Number.NaN;
      }
    }
    return this.fail("number is longer than 10 bytes");
  }

  /** Signed LEB128 of 33 bits: a block's type. */
  s33(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 5; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return byte & 0x40 ? value - scale : value;
    }
    return this.fail("number is longer than 5 bytes");
  }

  /** A count of things that take at least one byte each, so that it can be trusted for sizes. */
  count(): number {
    const at = this.position;
    const count = this.u32();
    if (count > this.end - this.position) throw new Refusal("malformed", at, "a count exceeds what follows");
    return count;
  }

  name(): string {
    const length = this.u32();
    const start = this.position;
    this.skip(length);
    return new TextDecoder().decode(this.bytes.subarray(start, this.position));
  }

  fail(message: string): never {
    throw new Refusal("malformed", Math.min(this.position, this.end), message);
  }
}
