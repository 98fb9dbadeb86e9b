// Values of options: quantities with units, as people write them.
import { InvalidArgumentError } from "commander";

const PAGE_BYTES = 65_536;
/** A memory of 32-bit addresses has at most so many pages. */
const PAGES_MAX = 65_536;

const durationUnits = { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000 };
const memoryUnits = { "": PAGE_BYTES, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };
const countUnits = { "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** `500ms`, `2s`, `1.5min`: milliseconds. */
export function parseDuration(text: string): number {
  return quantity(text, durationUnits, "500ms, 2s or 5min");
}

/** `16MiB` or a number of pages: pages of 64 KiB, rounded up. */
export function parseMemory(text: string): number {
  const example = "16MiB, 640KiB, or 256 for as many pages of 64 KiB";
  const pages = Math.ceil(quantity(text, memoryUnits, example) / PAGE_BYTES);
  if (pages > PAGES_MAX) throw new InvalidArgumentError(`A memory has at most 4GiB.`);
  return pages;
}

/** `2500`, `10k`, `1.5M`, `2G`: a whole number above 0. */
export function parseCount(text: string): number {
  return whole(quantity(text, countUnits, "50000, 10k, 1.5M or 2G"));
}

/** What a quantum may be given in. */
export type Quantum = { readonly ms: number } | { readonly units: number };

/** `0.5ms` or `100k`: a time, or units of budget. */
export function parseQuantum(text: string): Quantum {
  if (/s$/.test(text)) return { ms: parseDuration(text) };
  return { units: whole(quantity(text, countUnits, "1ms, or units of budget: 100k")) };
}

/** A whole number from 0 on that a double holds exactly. */
export function parseSeed(text: string): number {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw new InvalidArgumentError("Write a whole number, such as 42.");
  }
  return Number(text);
}

function quantity(text: string, units: Readonly<Record<string, number>>, example: string): number {
  const [, digits, unit] = text.match(/^(\d+(?:\.\d+)?)([a-zA-Z]*)$/) ?? [];
  const factor = unit === undefined ? undefined : units[unit];
  if (digits === undefined || factor === undefined) throw new InvalidArgumentError(`Write ${example}.`);
  const value = Number(digits) * factor;
  if (value > 0 && value <= Number.MAX_SAFE_INTEGER) return value;
  throw new InvalidArgumentError(`It is ${value > 0 ? "too large" : "0"}; write for example ${example}.`);
}

function whole(value: number): number {
  const rounded = Math.round(value);
  if (Math.abs(value - rounded) < 1e-6 * Math.max(value, 1) && rounded > 0) return rounded;
  throw new InvalidArgumentError("Write a whole number.");
}
