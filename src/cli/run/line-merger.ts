// The consoles of several guests become one text: whole lines with the name of their domain before them, none with
// another inside. On a terminal one guest may have the foreground: what it writes appears at once and as it is, and the
// lines of the others are put above the line that it has begun.

import { printable } from "../printable.js";

/** A line that grows longer is broken. */
const LINE_BYTES_MAX = 8192;
const NEWLINE = 0x0a;

export interface LineSource {
  write(bytes: Uint8Array): void;
  /** Ends a line that is begun. */
  flush(): void;
}

export class LineMerger {
  readonly #write: (data: string | Uint8Array) => void;
  readonly #sources: LineSource[] = [];
  /** What the foreground has written since the last end of a line. */
  #begun: Uint8Array[] = [];

  constructor(write: (data: string | Uint8Array) => void) {
    this.#write = write;
  }

  /** A guest whose lines have `prefix` before them. */
  background(prefix: string): LineSource {
    const pending = new PendingLine((line) => this.#putLine(prefix, line));
    this.#sources.push(pending);
    return pending;
  }

  /** The guest that has the terminal; there is one at most. */
  foreground(): LineSource {
    return {
      write: (bytes) => {
        const end = bytes.lastIndexOf(NEWLINE);
        if (end >= 0) this.#begun = [];
        if (end + 1 < bytes.length) this.#begun.push(bytes.slice(end + 1));
        this.#write(bytes);
      },
      flush: () => {
        if (this.#begun.length > 0) this.#write("\n");
        this.#begun = [];
      },
    };
  }

  /** Ends all lines that guests in the background have begun. */
  flush(): void {
    for (const source of this.#sources) source.flush();
  }

  /** A line of ours. */
  note(line: string): void {
    this.#put(`${line}\n`);
  }

  #putLine(prefix: string, line: Uint8Array): void {
    this.#put(`${prefix}${printable(new TextDecoder().decode(line))}\n`);
  }

  #put(text: string): void {
    if (this.#begun.length === 0) {
      this.#write(text);
      return;
    }
    this.#write(`\r\x1b[J${text}`);
    for (const part of this.#begun) this.#write(part);
  }
}

/** Bytes until their line is whole. */
class PendingLine implements LineSource {
  readonly #put: (line: Uint8Array) => void;
  #buffer = new Uint8Array(128);
  #length = 0;

  constructor(put: (line: Uint8Array) => void) {
    this.#put = put;
  }

  write(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const newline = bytes.indexOf(NEWLINE, at);
      const end = Math.min(newline < 0 ? bytes.length : newline, at + LINE_BYTES_MAX - this.#length);
      this.#reserve(this.#length + end - at);
      this.#buffer.set(bytes.subarray(at, end), this.#length);
      this.#length += end - at;
      at = end;
      if (end === newline) {
        at += 1;
        this.#take(this.#length);
      } else if (this.#length === LINE_BYTES_MAX) {
        this.#take(wholeCharacters(this.#buffer));
      }
    }
  }

  flush(): void {
    if (this.#length > 0) this.#take(this.#length);
  }

  #reserve(length: number): void {
    if (length <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.min(Math.max(length, 2 * this.#buffer.length), LINE_BYTES_MAX));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }

  #take(length: number): void {
    const end = length > 0 && this.#buffer[length - 1] === 0x0d ? length - 1 : length;
    this.#put(this.#buffer.subarray(0, end));
    this.#buffer.copyWithin(0, length, this.#length);
    this.#length -= length;
  }
}

/** How many bytes of UTF-8 text remain when a character that is cut at its end is left out. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= 3; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const needs = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return needs > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
