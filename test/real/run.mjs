// Real programs from npm, unmodified, with their own glue: run natively, translated, and translated while they
// are stopped and resumed at random. Whatever they produce must be identical to the byte.
//
//   node test/real/run.mjs [NAME...] [--mode translated|random:SEED|every]... [--node PATH|MAJOR]... [--verify] [--json]
//
// Programs are fetched into .cache/real/ at pinned versions.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installPackages, nodeExecutable, root } from "../support/packages.mjs";

const programs = ["flite", "stockfish", "micropython", "clang", "duckdb", "pyodide", "esbuild", "swc"];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    mode: { type: "string", multiple: true, default: [] },
    node: { type: "string", multiple: true, default: [] },
    verify: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

const unknown = positionals.filter((name) => !programs.includes(name));
if (unknown.length) {
  console.error(`no program ${unknown.join(", ")}; there are ${programs.join(", ")}`);
  process.exit(2);
}
const modes = options.mode.length ? options.mode : ["translated", "random:1", "random:2"];
const nodes = (options.node.length ? options.node : [process.execPath]).map(nodeExecutable);

const rows = [];
for (const name of positionals.length ? positionals : programs) {
  const { packages, compares, stackBytes } = await import(`./programs/${name}.mjs`);
  const folder = installPackages(`real/${name}`, packages);
  for (const node of nodes) {
    const version = spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.trim();
    const native = runChild(node, name, folder, "native", stackBytes);
    const again = runChild(node, name, folder, "native", stackBytes);
    if (again.sha256 !== native.sha256)
      native.error ??= "two native runs differ: this program cannot be compared";
    addRow({
      name,
      node: version,
      mode: "native",
      compares,
      ...native,
      totalMs: Math.min(native.totalMs, again.totalMs),
    });
    for (const mode of modes) {
      const result = runChild(node, name, folder, mode, stackBytes);
      addRow({ name, node: version, mode, compares, identical: result.sha256 === native.sha256, ...result });
    }
  }
}
if (options.json) console.log(JSON.stringify(rows, undefined, 1));
process.exitCode = rows.every((row) => !row.error && row.identical !== false) ? 0 : 1;

function runChild(node, name, folder, mode, stackBytes) {
  // A stack account beyond the default must be backed by the engine's own limit.
  const stackKib = ((1 << 20) + (stackBytes ?? 0)) >> 10;
  const flags = stackBytes === undefined ? [] : [`--stack-size=${stackKib}`];
  const args = [...flags, join(root, "test/real/child.mjs"), name, folder, mode];
  if (options.verify) args.push("--verify");
  const { stdout, stderr, status, signal } = spawnSync(node, args, {
    cwd: root,
    encoding: "utf8",
    timeout: 900_000,
    maxBuffer: 1 << 26,
  });
  const lastLine = stdout.trimEnd().split("\n").at(-1) ?? "";
  if (status === 0 && lastLine.startsWith("{")) return JSON.parse(lastLine);
  const words = stderr.trim().split("\n");
  const error =
    words.find((line) => /^\S*(Error|Exceeded|Overflow|Trap|Full)\S*: /.test(line)) ?? words.at(-1) ?? "";
  return { error: `${signal ?? `status ${status}`}: ${error}`.slice(0, 300), details: stderr.slice(-3000) };
}

function addRow(row) {
  rows.push(row);
  if (options.json) return;
  if (rows.length === 1)
    console.log(
      line([
        "program",
        "node",
        "mode",
        "result",
        "ms",
        "stops",
        "pinned",
        "frames",
        "bytes",
        "translate",
        "growth",
      ]),
    );
  const result = row.error
    ? "FAILED"
    : row.identical === undefined
      ? `${row.bytes} B`
      : row.identical
        ? "identical"
        : "DIFFERENT";
  console.log(
    line([
      row.name,
      row.node,
      row.mode,
      result,
      row.totalMs?.toFixed(0),
      row.suspensions,
      row.units && `${((100 * row.pinnedUnits) / row.units).toFixed(0)} %`,
      row.deepestFrames,
      row.deepestBytes,
      row.translateMs === undefined ? undefined : `${row.translateMs.toFixed(0)} ms`,
      row.growth === undefined ? undefined : `${row.growth.toFixed(2)}x`,
    ]),
  );
  if (row.error) console.log(`    ${row.error}`);
}

function line(cells) {
  const widths = [12, 10, 11, 11, 8, 10, 8, 8, 9, 11, 8];
  return cells
    .map((cell, index) => String(cell ?? "").padEnd(widths[index] ?? 0))
    .join(" ")
    .trimEnd();
}
