// Growable and fixed arrays of u32 in raw memory: no bounds checks, no collector.

/** A stack or list of u32. The caller keeps indices below `length`. */
export class Vector {
  ptr: usize;
  length: u32 = 0;
  capacity: u32;

  constructor(capacity: u32 = 16) {
    this.capacity = capacity;
    this.ptr = heap.alloc(<usize>capacity << 2);
  }

  private grow(wanted: u32): void {
    let capacity = this.capacity << 1;
    if (capacity < wanted) capacity = wanted;
    const fresh = heap.alloc(<usize>capacity << 2);
    memory.copy(fresh, this.ptr, <usize>this.length << 2);
    heap.free(this.ptr);
    this.ptr = fresh;
    this.capacity = capacity;
  }

  @inline push(value: u32): void {
    if (this.length == this.capacity) this.grow(this.length + 1);
    store<u32>(this.ptr + (<usize>this.length << 2), value);
    this.length++;
  }

  @inline pop(): u32 {
    this.length--;
    return load<u32>(this.ptr + (<usize>this.length << 2));
  }

  @inline top(): u32 {
    return load<u32>(this.ptr + (<usize>(this.length - 1) << 2));
  }

  @inline get(index: u32): u32 {
    return load<u32>(this.ptr + (<usize>index << 2));
  }

  @inline set(index: u32, value: u32): void {
    store<u32>(this.ptr + (<usize>index << 2), value);
  }

  @inline add(index: u32, value: u32): void {
    const at = this.ptr + (<usize>index << 2);
    store<u32>(at, load<u32>(at) + value);
  }

  /** Makes the length `length`, new places holding `value`. */
  fill(length: u32, value: u32): void {
    if (length > this.capacity) this.grow(length);
    for (let i: u32 = this.length; i < length; i++) this.set(i, value);
    this.length = length;
  }

  @inline clear(): void {
    this.length = 0;
  }
}

/** `length` zeroed words. */
export function zeroedWords(length: u32): usize {
  const bytes = <usize>length << 2;
  const at = heap.alloc(bytes == 0 ? 4 : bytes);
  memory.fill(at, 0, bytes);
  return at;
}

/** `length` zeroed bytes. */
export function zeroedBytes(length: u32): usize {
  const at = heap.alloc(length == 0 ? 1 : length);
  memory.fill(at, 0, length);
  return at;
}
