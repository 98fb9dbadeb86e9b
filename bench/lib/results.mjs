// The file of rows that a run leaves for the report.
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const keyOf = ({ group, name, scheme, node, flags = [] }) =>
  [group, name, scheme, node.split(".")[0], ...flags].join(" ");

export const readRows = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).rows : []);

/** Puts rows into the file: each replaces the one of the same group, name, scheme, Node major and flags. */
export function mergeRows(file, rows, machine) {
  const merged = new Map(readRows(file).map((row) => [keyOf(row), row]));
  for (const row of rows) if (!row.error) merged.set(keyOf(row), row);
  writeFileSync(file, `${JSON.stringify({ machine, rows: [...merged.values()] }, null, 1)}\n`);
}

/** Numbers with four significant digits: more would be noise, and would make the file's changes unreadable. */
export function rounded(value) {
  if (typeof value === "number") return Number.isInteger(value) ? value : Number(value.toPrecision(4));
  if (Array.isArray(value)) return value.map(rounded);
  if (value && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, x]) => [key, rounded(x)]));
  return value;
}
