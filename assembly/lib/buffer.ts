// A growable byte buffer, the one place where output bytes are written.
// Memory comes from the stub allocator and is never given back: one instance serves one translation.

/** Bytes under construction. `reserve` once, then the unchecked writers. */
export class Buffer {
  ptr: usize;
  length: u32 = 0;
  capacity: u32;

  constructor(capacity: u32 = 64) {
    this.capacity = capacity;
    this.ptr = heap.alloc(capacity);
  }

  @inline reserve(more: u32): void {
    if (this.length + more > this.capacity) this.grow(more);
  }

  private grow(more: u32): void {
    const wanted = this.length + more;
    let capacity = this.capacity * 2;
    if (capacity < wanted) capacity = wanted + (wanted >> 2);
    const fresh = heap.alloc(capacity);
    memory.copy(fresh, this.ptr, this.length);
    heap.free(this.ptr);
    this.ptr = fresh;
    this.capacity = capacity;
  }

  @inline clear(): void {
    this.length = 0;
  }

  @inline byte(value: u32): void {
    this.reserve(1);
    store<u8>(this.ptr + this.length, <u8>value);
    this.length++;
  }

  @inline byte2(first: u32, second: u32): void {
    this.reserve(2);
    const at = this.ptr + this.length;
    store<u8>(at, <u8>first);
    store<u8>(at, <u8>second, 1);
    this.length += 2;
  }

  /** Unsigned LEB128. */
  u32(value: u32): void {
    this.reserve(5);
    let at = this.ptr + this.length;
    const start = at;
    while (value >= 0x80) {
      store<u8>(at++, <u8>(value | 0x80));
      value >>= 7;
    }
    store<u8>(at++, <u8>value);
    this.length += <u32>(at - start);
  }

  /** Signed LEB128 of up to 64 bits. */
  s64(value: i64): void {
    this.reserve(10);
    let at = this.ptr + this.length;
    const start = at;
    for (;;) {
      const low = <u8>(value & 0x7f);
      value >>= 7;
      if ((value == 0 && !(low & 0x40)) || (value == -1 && (low & 0x40) != 0)) {
        store<u8>(at++, low);
        break;
      }
      store<u8>(at++, low | 0x80);
    }
    this.length += <u32>(at - start);
  }

  @inline s32(value: i32): void {
    this.s64(<i64>value);
  }

  raw(from: usize, length: u32): void {
    this.reserve(length);
    memory.copy(this.ptr + this.length, from, length);
    this.length += length;
  }

  @inline append(other: Buffer): void {
    this.raw(other.ptr, other.length);
  }

  /** Length-prefixed bytes. */
  vector(from: usize, length: u32): void {
    this.u32(length);
    this.raw(from, length);
  }

  /** The characters of an ASCII literal. */
  ascii(text: string): void {
    const length = <u32>text.length;
    this.reserve(length);
    for (let i: u32 = 0; i < length; i++) {
      store<u8>(this.ptr + this.length + i, <u8>text.charCodeAt(i));
    }
    this.length += length;
  }

  /** A Wasm name: length-prefixed ASCII. */
  name(text: string): void {
    this.u32(<u32>text.length);
    this.ascii(text);
  }

  /** Decimal digits of an unsigned number. */
  decimal(value: u32): void {
    let divisor: u32 = 1000000000;
    while (divisor > 1 && value < divisor) divisor /= 10;
    while (divisor != 0) {
      this.byte(48 + ((value / divisor) % 10));
      divisor /= 10;
    }
  }
}
