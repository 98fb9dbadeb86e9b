// How numbers and words look in a terminal.
import colors from "picocolors";

export const heading = (text: string): string => colors.bold(colors.cyan(text));
export const strong = (text: string): string => colors.bold(text);
export const good = (text: string): string => colors.green(text);
export const dim = (text: string): string => colors.dim(text);

/** A whole number, in groups of three digits. */
export const count = (value: number): string => value.toLocaleString("en-US");

/** A size in bytes, as people read it. */
export function bytes(value: number): string {
  return value < 10_000 ? `${count(value)} bytes` : `${count(Math.round(value / 1000))} kB`;
}

/** A duration given in milliseconds. */
export function duration(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 2 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const colorCodes = /\x1b\[[0-9;]*m/g;

/** How many columns `text` takes. */
export const plainLength = (text: string): number => text.replace(colorCodes, "").length;
