// How much native stack the thread has, found out by using it up. Engines do not tell.

/** Values that each frame of the probe keeps across its call: as many bytes, times 8, are surely taken. */
const VALUES = 256;
const FRAME_BYTES = 8 * VALUES;
/** No thread is tried further: a process may promise more (`--stack-size`) than its system gives. */
const MOST_BYTES = 4 * 1024 * 1024;
/** For what no account counts: hypercalls and their handlers, the host's functions, what lies below. */
const RESERVED_BYTES = 64 * 1024;

let known: number | undefined;

/**
 * The largest stack account, in bytes, that ends before the native stack of this thread does; 4 MiB less a reserve at
 * most. The first call takes some milliseconds, and finds less when much is on the stack already.
 */
export function largestStackAccount(): number {
  known ??= measure();
  return known;
}

function measure(): number {
  const { down, depth } = new WebAssembly.Instance(new WebAssembly.Module(probe())).exports as {
    readonly down: () => void;
    readonly depth: WebAssembly.Global<"i32">;
  };
  const most = MOST_BYTES / FRAME_BYTES;
  depth.value = most;
  try {
    down();
  } catch {
    // The engine's own overflow: a RangeError, an InternalError, ..
  }
  return Math.max(0, (most - depth.value) * FRAME_BYTES - RESERVED_BYTES);
}

/**
 * (func $down (export "down")
 *   (if (i32.eqz (global.get $depth)) (then (return)))
 *   (global.set $depth (i32.sub (global.get $depth) (i32.const 1)))
 *   (global.get 0) .. (global.get 255)     ;; a callee could change them, so they must be kept until it is back
 *   (call_indirect (i32.const 0))          ;; $down, which no compiler knows: it would put it inline
 *   (global.set 255) .. (global.set 0))
 */
function probe(): Uint8Array<ArrayBuffer> {
  const numbers = Array.from({ length: VALUES }, (_, i) => i);
  const depth = leb(VALUES);
  const body = [
    ...[0x00, 0x23, ...depth, 0x45, 0x04, 0x40, 0x0f, 0x0b],
    ...[0x23, ...depth, 0x41, 0x01, 0x6b, 0x24, ...depth],
    ...numbers.flatMap((i) => [0x23, ...leb(i)]),
    ...[0x41, 0x00, 0x11, 0x00, 0x00],
    ...numbers.reverse().flatMap((i) => [0x24, ...leb(i)]),
    0x0b,
  ];
  const globals = [...numbers.flatMap(() => [0x7e, 0x01, 0x42, 0x00, 0x0b]), 0x7f, 0x01, 0x41, 0x00, 0x0b];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [0x01, 0x60, 0x00, 0x00]),
    ...section(3, [0x01, 0x00]),
    ...section(4, [0x01, 0x70, 0x00, 0x01]),
    ...section(6, [...leb(VALUES + 1), ...globals]),
    ...section(7, [
      0x03,
      ...name("table"),
      0x01,
      0x00,
      ...name("down"),
      0x00,
      0x00,
      ...name("depth"),
      0x03,
      ...depth,
    ]),
    ...section(9, [0x01, 0x00, 0x41, 0x00, 0x0b, 0x01, 0x00]),
    ...section(10, [0x01, ...leb(body.length), ...body]),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...leb(content.length), ...content];
}

function name(text: string): number[] {
  return [text.length, ...new TextEncoder().encode(text)];
}

/** Unsigned LEB128. */
function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}
