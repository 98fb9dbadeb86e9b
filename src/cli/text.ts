// How numbers and words look in a terminal, and in a pipe.
import colors from "picocolors";

type Format = (text: string) => string;

/** Colours of one stream. */
export interface Paint {
  readonly heading: Format;
  readonly strong: Format;
  readonly good: Format;
  readonly bad: Format;
  readonly warn: Format;
  readonly dim: Format;
  /** The colour of the domain with this number, counted from 0; they repeat. */
  readonly domain: (index: number) => Format;
}

interface Stream {
  readonly isTTY?: boolean | undefined;
}

/** Whether colours are wanted there: where a terminal is, unless NO_COLOR is set; everywhere when FORCE_COLOR is. */
export function hasColors({ isTTY }: Stream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== "0";
  return isTTY === true && TERM !== "dumb";
}

export function paintFor(stream: Stream): Paint {
  const c = colors.createColors(hasColors(stream));
  const ofDomains = [c.cyan, c.yellow, c.green, c.magenta, c.blue, c.cyanBright, c.yellowBright];
  return {
    heading: (text) => c.bold(c.cyan(text)),
    strong: c.bold,
    good: c.green,
    bad: (text) => c.bold(c.red(text)),
    warn: c.yellow,
    dim: c.dim,
    domain: (index) => ofDomains[index % ofDomains.length]!,
  };
}

/** A whole number, in groups of three digits. */
export const count = (value: number): string => value.toLocaleString("en-US");

/** `1 frame`, `2 frames`. */
export const some = (value: number, word: string): string =>
  `${count(value)} ${word}${value === 1 ? "" : "s"}`;

/** A count that may be large: `950`, `12.3k`, `4.56M`. */
export function brief(value: number): string {
  const steps: readonly (readonly [number, string])[] = [
    [1e12, "T"],
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ];
  for (const [size, letter] of steps) {
    if (value >= size * 0.9995) return `${(value / size).toPrecision(3)}${letter}`;
  }
  return String(value);
}

/** A size in bytes, as people read it. */
export function bytes(value: number): string {
  return value < 10_000 ? some(value, "byte") : `${count(Math.round(value / 1000))} kB`;
}

/** A duration given in milliseconds. */
export function duration(ms: number): string {
  if (ms >= 60_000) return `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1000)} s`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  return `${ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0)} ms`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const colorCodes = /\x1b\[[0-9;]*m/g;

/** How many columns `text` takes. */
export const plainLength = (text: string): number => text.replace(colorCodes, "").length;
