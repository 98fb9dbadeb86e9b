// Regions of this module's own memory, each a power of two in size.
//
// Nothing here is static data or a collected object: everything is laid out from __heap_base, so that a
// second instance over the same (shared) memory disturbs nothing.
//
//   __heap_base  u32 x CLASSES   heads of the free lists, one per size class (0: none)
//                regions         never moved, never joined; a free region's first word links to the next

/** The smallest region is 2^FIRST_CLASS bytes. */
const FIRST_CLASS: u32 = 6;
/** The largest region is 2^LAST_CLASS bytes (64 MiB). */
const LAST_CLASS: u32 = 26;

let heapEnd: usize = 0;

/** The size in bytes of the region that `allocate` gives for `bytes`; 0 when there is none so large. */
export function regionBytes(bytes: u32): u32 {
  if (bytes > 1 << LAST_CLASS) return 0;
  return 1 << classOf(bytes);
}

/** A region of at least `bytes` bytes, its content arbitrary; 0 when memory cannot grow so far. */
export function allocate(bytes: u32): usize {
  if (bytes > 1 << LAST_CLASS) return 0;
  if (heapEnd == 0) initialize();
  const sizeClass = classOf(bytes);
  const head = headOf(sizeClass);
  const free = load<u32>(head);
  if (free != 0) {
    store<u32>(head, load<u32>(free));
    return free;
  }
  const region = heapEnd;
  const end = <u64>region + (<u64>1 << sizeClass);
  if (!covers(end)) return 0;
  heapEnd = <usize>end;
  return region;
}

/** Gives back the region at `region`, which was allocated for `bytes` bytes. */
export function release(region: usize, bytes: u32): void {
  const head = headOf(classOf(bytes));
  store<u32>(region, load<u32>(head));
  store<u32>(head, region);
}

function initialize(): void {
  const heads = (__heap_base + 7) & ~7;
  heapEnd = heads + ((LAST_CLASS + 1 - FIRST_CLASS) << 2);
  covers(heapEnd);
  memory.fill(heads, 0, heapEnd - heads);
  heapEnd = (heapEnd + 63) & ~63;
}

@inline
function classOf(bytes: u32): u32 {
  return bytes <= 1 << FIRST_CLASS ? FIRST_CLASS : 32 - clz(bytes - 1);
}

@inline
function headOf(sizeClass: u32): usize {
  return ((__heap_base + 7) & ~7) + ((sizeClass - FIRST_CLASS) << 2);
}

/** Whether memory reaches to `end` now, after growing if it must. */
function covers(end: u64): bool {
  const pages = <u32>((end + 0xffff) >> 16);
  const present = <u32>memory.size();
  return pages <= present || memory.grow(pages - present) >= 0;
}
