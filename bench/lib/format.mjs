// A row as one line for people.

const number = (x) => (x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x.toFixed(2));
const range = (spread) => (spread ? ` (${spread.map(number).join(" .. ")})` : "");

export function formatRow(row) {
  const parts = [row.node.padEnd(9), row.name.padEnd(36), row.scheme.padEnd(11)];
  if (row.error) parts.push(`FAILED: ${row.error}`);
  if (row.value !== undefined) {
    parts.push(`${number(row.value)} ${row.unit}${range(row.valueSpread)}`);
    for (const name of ["p99", "max"])
      if (row[name] !== undefined) parts.push(`${name} ${number(row[name])}`);
    if (row.yardstickValue !== undefined) parts.push(`beside ${number(row.yardstickValue)} ${row.unit}`);
    if (row.ratio === undefined && row.yardstick) parts.push(row.yardstick);
  }
  if (row.us !== undefined) parts.push(`${number(row.us)} us`);
  if (row.mbPerS !== undefined) parts.push(`${row.mbPerS.toFixed(row.mbPerS < 1 ? 3 : 1)} MB/s`);
  if (row.growth !== undefined) parts.push(`size x ${row.growth.toFixed(2)}`);
  if (row.ratio !== undefined) {
    parts.push(`${number(row.ratio)}x${range(row.spread)} ${row.yardstick}`);
  }
  if (row.flags) parts.push(row.flags.join(" "));
  if (row.note) parts.push(row.note);
  return parts.join("  ");
}
