// Where what guests write goes. A console takes bytes or says that it cannot; `drained` then tells when it can again.
import type { Writable } from "node:stream";
import type { Outcome } from "../../machine/outcome.js";
import { printable } from "../printable.js";
import type { Paint } from "../text.js";
import { LineMerger } from "./line-merger.js";

export interface OutputConsole {
  /** Takes all of the bytes, which are its own then, or none of them and returns false. */
  write(bytes: Uint8Array): boolean;
  /** The guest has ended, and has written its last. */
  end(outcome: Outcome): void;
}

/** The consoles of all guests of a run. */
export interface Consoles {
  /** `index`: the number of the domain, counted from 0. `drained` is called after a refused `write`. */
  open(name: string, index: number, drained: () => void): OutputConsole;
  /** Whether a guest waits until it can write again. */
  readonly stalled: boolean;
  /** Nobody runs: what was written so far is to be seen. */
  idle(): void;
}

/** A stream that may be full. */
export class Output {
  readonly #stream: Writable;
  readonly #waiting: (() => void)[] = [];
  #lastByte = 0x0a;
  /** Whether an escape sequence was written: the terminal may have other modes now. */
  wroteEscapes = false;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on("drain", () => {
      for (const resume of this.#waiting.splice(0)) resume();
    });
  }

  get stalled(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whether the cursor stands behind something. */
  get midLine(): boolean {
    return this.#lastByte !== 0x0a;
  }

  /** Writes whether the stream is full or not. */
  put(data: string | Uint8Array): void {
    if (data.length === 0) return;
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    this.#lastByte = bytes[bytes.length - 1]!;
    this.wroteEscapes ||= bytes.includes(0x1b);
    this.#stream.write(bytes);
  }

  /** Runs `write` when the stream has room; else false, and `drained` is called when it has. */
  offer(write: () => void, drained: () => void): boolean {
    if (this.#stream.writableNeedDrain) {
      this.#waiting.push(drained);
      return false;
    }
    write();
    return true;
  }
}

/** One guest writes to the output as it is. */
export class PlainConsole implements Consoles {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  get stalled(): boolean {
    return this.#output.stalled;
  }

  open(_name: string, _index: number, drained: () => void): OutputConsole {
    const output = this.#output;
    return { write: (bytes) => output.offer(() => output.put(bytes), drained), end() {} };
  }

  idle(): void {}
}

/** Several guests write lines with their names before them; `foreground` has the terminal. */
export class MergedConsoles implements Consoles {
  readonly #output: Output;
  readonly #merger: LineMerger;
  readonly #paint: Paint;
  readonly #width: number;
  readonly #foreground: string | undefined;
  readonly #tellsCrashes: boolean;

  /** `tellsCrashes`: at once, by a line of our own among theirs. */
  constructor(
    output: Output,
    names: readonly string[],
    foreground: string | undefined,
    paint: Paint,
    tellsCrashes = false,
  ) {
    this.#output = output;
    this.#merger = new LineMerger((data) => output.put(data));
    this.#paint = paint;
    this.#width = Math.max(...names.map((name) => name.length));
    this.#foreground = foreground;
    this.#tellsCrashes = tellsCrashes;
  }

  get stalled(): boolean {
    return this.#output.stalled;
  }

  open(name: string, index: number, drained: () => void): OutputConsole {
    const prefix = `${this.#paint.domain(index)(`${name.padEnd(this.#width)} │`)} `;
    const lines = name === this.#foreground ? this.#merger.foreground() : this.#merger.background(prefix);
    return {
      write: (bytes) => this.#output.offer(() => lines.write(bytes), drained),
      end: (outcome) => {
        lines.flush();
        if (outcome.kind !== "crash" || !this.#tellsCrashes) return;
        this.#merger.note(`${prefix}${this.#paint.bad(`✗ crashed: ${printable(outcome.record.message)}`)}`);
      },
    };
  }

  idle(): void {
    this.#merger.flush();
  }
}

/** Keeps what guests write, for a document. */
export class CapturedConsoles implements Consoles {
  readonly stalled = false;
  readonly #captures = new Map<string, Capture>();

  open(name: string): OutputConsole {
    const capture = new Capture();
    this.#captures.set(name, capture);
    return {
      write: (bytes) => {
        capture.add(bytes);
        return true;
      },
      end() {},
    };
  }

  idle(): void {}

  of(name: string): Capture {
    return this.#captures.get(name)!;
  }
}

/** What a console wrote: all of it, or its beginning when that is more than anybody reads. */
export class Capture {
  static readonly BYTES_MAX = 16 * 1024 * 1024;
  readonly #parts: Uint8Array[] = [];
  #kept = 0;
  /** Bytes that were written, also those that are not kept. */
  total = 0;

  add(bytes: Uint8Array): void {
    this.total += bytes.length;
    const part = bytes.slice(0, Capture.BYTES_MAX - this.#kept);
    if (part.length === 0) return;
    this.#parts.push(part);
    this.#kept += part.length;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}
