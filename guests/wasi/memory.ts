// Blocks of the kernel's own memory: powers of two, each size with a list of free ones. Never joined; a free block's first word
// links to the next.

const FIRST_CLASS: u32 = 5;
const LAST_CLASS: u32 = 20;

/** The largest block. */
export const BLOCK_BYTES_MAX: u32 = 1 << LAST_CLASS;

/** Heads of the lists, one for each class. */
const heads = memory.data(16 * 4);
let end: usize = 0;

/** A block of at least `bytes` bytes, all 0; 0 when there is no memory for it. */
export function allocate(bytes: u32): usize {
  if (bytes > BLOCK_BYTES_MAX) return 0;
  const size = sizeOf(bytes);
  const head = headOf(size);
  const free = load<u32>(head);
  if (free != 0) {
    store<u32>(head, load<u32>(free));
    memory.fill(free, 0, size);
    return free;
  }
  if (end == 0) end = (__heap_base + 31) & ~31;
  const block = end;
  if (!covers(<u64>block + size)) return 0;
  end = block + size;
  return block;
}

/** Gives back a block that was allocated for `bytes` bytes. */
export function release(block: usize, bytes: u32): void {
  const head = headOf(sizeOf(bytes));
  store<u32>(block, load<u32>(head));
  store<u32>(head, block);
}

@inline
function sizeOf(bytes: u32): u32 {
  return bytes <= 1 << FIRST_CLASS ? 1 << FIRST_CLASS : 1 << (32 - clz(bytes - 1));
}

@inline
function headOf(size: u32): usize {
  return heads + ((ctz(size) - FIRST_CLASS) << 2);
}

/** Whether memory reaches to `to` now, after growing if it must: fresh pages are 0. */
function covers(to: u64): bool {
  const pages = <u32>((to + 0xffff) >> 16);
  const present = <u32>memory.size();
  return pages <= present || memory.grow(pages - present) >= 0;
}
