import type { WriteStream } from "node:tty";
import { type Paint, paintFor, plainLength } from "../text.js";

const REFRESH_MS = 80;
const METER_WIDTH = 24;
/** What stands beside a meter and its title. */
const TEXT_WIDTH = 40;

/** Lines that stay and, on a terminal, a few below them that are drawn anew all the time. */
export class Screen {
  readonly #out: WriteStream;
  readonly #paint: Paint;
  readonly #titleWidth: number;
  #drawn = 0;
  #drawnAtMs = 0;

  /** `titleWidth`: columns of the titles of meters. */
  constructor(out: WriteStream, titleWidth: number) {
    this.#out = out;
    this.#titleWidth = titleWidth;
    this.#paint = paintFor(out);
  }

  /** Text that stays. Where it is too long for the terminal it is broken between words, and what follows is indented. */
  print(text = ""): void {
    this.#erase();
    const indent = text.match(/^ */)![0];
    let line = indent;
    for (const word of text.trimStart().split(" ")) {
      if (plainLength(line) + plainLength(word) >= this.#columns && line.trim() !== "") {
        this.#out.write(`${line.trimEnd()}\n`);
        line = `${indent}  `;
      }
      line += `${word} `;
    }
    this.#out.write(`${line.trimEnd()}\n`);
  }

  /** A line that stays, as it is. */
  line(text: string): void {
    this.#erase();
    this.#out.write(`${text.trimEnd()}\n`);
  }

  /** Takes away what is drawn anew all the time. */
  clear(): void {
    this.#erase();
  }

  get #columns(): number {
    return Math.max(this.#out.columns ?? 100, 40);
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
    this.#erase();
    this.#out.write(`${lines().join("\n")}\n`);
  }

  /** `part` from 0 to 1. */
  meter(title: string, part: number, text: string): string {
    const width = Math.min(Math.max(this.#columns - this.#titleWidth - TEXT_WIDTH, 0), METER_WIDTH);
    const filled = Math.round(part * width);
    const bar = this.#paint.good("━".repeat(filled)) + this.#paint.dim("━".repeat(width - filled));
    return `  ${title}${" ".repeat(Math.max(0, this.#titleWidth - plainLength(title)))} ${bar}  ${text}`;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#out.write(`\x1b[${this.#drawn}A\x1b[J`);
    this.#drawn = 0;
  }
}
