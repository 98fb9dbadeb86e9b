import type { WriteStream } from "node:tty";
import { dim, good, plainLength } from "./text.js";

const REFRESH_MS = 80;
const METER_WIDTH = 24;
const TITLE_WIDTH = 38;

/** Lines that stay and, on a terminal, a few below them that are drawn anew all the time. */
export class Screen {
  readonly #out: WriteStream;
  #drawn = 0;
  #drawnAtMs = 0;

  constructor(out: WriteStream) {
    this.#out = out;
  }

  /** One line, for ever. Parts are put on lines of their own where they do not fit. */
  print(...parts: string[]): void {
    this.#erase();
    const width = Math.max(this.#out.columns ?? 100, 60);
    let line = "";
    for (const part of parts) {
      if (line !== "" && plainLength(line) + 1 + plainLength(part) > width) {
        this.#out.write(`${line}\n`);
        line = `    ${part}`;
      } else {
        line = line === "" ? part : `${line} ${part}`;
      }
    }
    this.#out.write(`${line}\n`);
  }

  /** Draws the lines, not more often than an eye can follow; nothing where no terminal is. */
  live(lines: () => string[]): void {
    const now = performance.now();
    if (!this.#out.isTTY || now - this.#drawnAtMs < REFRESH_MS) return;
    this.#drawnAtMs = now;
    this.#erase();
    const texts = lines();
    this.#out.write(`${texts.join("\n")}\n`);
    this.#drawn = texts.length;
  }

  /** Draws the lines for the last time. */
  settle(lines: () => string[]): void {
    this.print(lines().join("\n"));
  }

  /** `part` from 0 to 1. */
  meter(title: string, part: number, text: string): string {
    const filled = Math.round(part * METER_WIDTH);
    const bar = good("━".repeat(filled)) + dim("━".repeat(METER_WIDTH - filled));
    return `  ${title.padEnd(TITLE_WIDTH)} ${bar}  ${text}`;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#out.write(`\x1b[${this.#drawn}A\x1b[J`);
    this.#drawn = 0;
  }
}
