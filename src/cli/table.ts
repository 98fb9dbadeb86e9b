import Table from "cli-table3";
import { type Paint, plainLength } from "./text.js";

/** A column: the ones with the highest `rank` are left out first where a terminal is too narrow for all. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  readonly rank?: number;
}

const GAP = 2;
const noBorders = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
  ...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
  ...{ left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "" },
  middle: " ".repeat(GAP),
};

/** Rows below their titles, without borders; no line has spaces at its end. `width`: columns of the terminal. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: Paint,
  width = Number.POSITIVE_INFINITY,
): string {
  let shown = columns.map((_, index) => index);
  for (;;) {
    const text = draw(
      shown.map((index) => columns[index]!),
      rows.map((row) => shown.map((index) => row[index]!)),
      paint,
    );
    const rank = Math.max(...shown.map((index) => columns[index]!.rank ?? 0));
    if (rank === 0 || widthOf(text) <= width) return text;
    const last = shown.findLast((index) => columns[index]!.rank === rank)!;
    shown = shown.filter((index) => index !== last);
  }
}

function draw(columns: readonly Column[], rows: readonly string[][], paint: Paint): string {
  const table = new Table({
    chars: noBorders,
    head: columns.map(({ title }) => paint.dim(title)),
    colAligns: columns.map(({ align }) => align ?? "left"),
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  table.push(...rows);
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

function widthOf(text: string): number {
  return Math.max(...text.split("\n").map(plainLength));
}
