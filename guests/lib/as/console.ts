// Lines of output. The pieces of a line are gathered here, so that nothing is allocated and a line is written in one piece.
import { consoleWrite } from "./hv";

const LINE_BYTES = 256;
const line = memory.data(LINE_BYTES);
let length: u32 = 0;

/** Appends a text to the line. What does not fit is cut. */
export function text(value: string): void {
  for (let i = 0; i < value.length; ) {
    const point = <u32>value.codePointAt(i);
    i += point > 0xffff ? 2 : 1;
    if (point < 0x80) {
      byte(point);
    } else if (point < 0x800) {
      byte(0xc0 | (point >> 6));
      byte(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
      byte(0xe0 | (point >> 12));
      byte(0x80 | ((point >> 6) & 0x3f));
      byte(0x80 | (point & 0x3f));
    } else {
      byte(0xf0 | (point >> 18));
      byte(0x80 | ((point >> 12) & 0x3f));
      byte(0x80 | ((point >> 6) & 0x3f));
      byte(0x80 | (point & 0x3f));
    }
  }
}

/** Appends a number in decimal, filled up to `width` with `fill`. */
export function decimal(value: u64, width: u32 = 0, fill: u32 = 0x20): void {
  number(value, 10, width, fill);
}

/** Appends a number in hexadecimal, filled up to `width` with zeros. */
export function hexadecimal(value: u64, width: u32 = 0): void {
  number(value, 16, width, 0x30);
}

/** Appends a signed number in decimal. */
export function signed(value: i64): void {
  if (value < 0) byte(0x2d);
  decimal(value < 0 ? 0 - <u64>value : <u64>value);
}

/** Appends ns as seconds with three digits behind the point. */
export function seconds(ns: u64, width: u32 = 0): void {
  decimal(ns / 1_000_000_000, width > 4 ? width - 4 : 0);
  byte(0x2e);
  decimal((ns / 1_000_000) % 1000, 3, 0x30);
}

/** Writes the line with a newline behind it, and begins the next. */
export function endLine(): void {
  if (length == LINE_BYTES) length--;
  byte(0x0a);
  flush();
}

/** Writes what is there of the line. Waits while the console is full. */
export function flush(): void {
  for (let at: u32 = 0; at < length; ) {
    const taken = consoleWrite(line + at, length - at);
    if (taken < 0) break;
    at += <u32>taken;
  }
  length = 0;
}

/** A line of one text. */
export function print(value: string): void {
  text(value);
  endLine();
}

function byte(value: u32): void {
  if (length == LINE_BYTES) return;
  store<u8>(line + length, <u8>value);
  length++;
}

function number(value: u64, base: u64, width: u32, fill: u32): void {
  let place: u64 = 1;
  let digits: u32 = 1;
  while (value / place >= base) {
    place *= base;
    digits++;
  }
  for (; digits < width; width--) byte(fill);
  for (; place > 0; place /= base) {
    const digit = <u32>((value / place) % base);
    byte(digit < 10 ? 0x30 + digit : 0x57 + digit);
  }
}
