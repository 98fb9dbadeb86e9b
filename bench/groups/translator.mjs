// Speed of translated code: ten kernels and two whole programs, as ratios to the untouched module.

import { measure } from "../lib/child.mjs";
import { geomean } from "../lib/interleave.mjs";
import { schemes } from "../schemes/index.mjs";

export const kernels = [
  "fib",
  "sieve",
  "sha256",
  "matmul",
  "qsort",
  "nbody",
  "interp",
  "oo",
  "markdown",
  "alloc",
];
const others = ["oo-open"]; // measured alike, but not in the mean: oo with its table exported
const programs = ["sqlite", "lua"];
/** V8 11 gives huge functions a weaker register allocator, unless told not to. */
const hugeFunctions = "--no-turbo-use-mid-tier-regalloc-for-huge-functions";

const yardstick = "untouched module, same process";

export async function run({ nodes, quick, only, scheme: chosen, rounds, report }) {
  const asked = Object.keys(schemes).filter((name) => name !== "native" && (chosen?.includes(name) ?? true));
  const rows = [];
  for (const node of nodes) {
    const ownRows = [];
    for (const kernel of quick ? ["fib", "sieve", "interp", "oo", "alloc"] : [...kernels, ...others]) {
      if (only && !only.includes(kernel)) continue;
      const list = quick ? asked.filter((name) => name === "wasmvisor") : asked;
      const options = { kernel, schemes: list, rounds: rounds ?? (quick ? 15 : 31) };
      if (quick) options.warmMs = 150;
      ownRows.push(...toRows(node, kernel, await measure(node, "kernel.mjs", options)));
      report(ownRows.filter((row) => row.name === kernel));
    }
    const inMean = (row, scheme) => row.scheme === scheme && !row.error && kernels.includes(row.name);
    for (const scheme of asked) {
      const ratios = ownRows.filter((row) => inMean(row, scheme));
      if (ratios.length < 2) continue;
      const name = `geometric mean of ${ratios.length} kernels`;
      const spread = [0, 1].map((end) => geomean(ratios.map((row) => row.spread[end])));
      const mean = {
        ratio: geomean(ratios.map((row) => row.ratio)),
        spread,
        best: geomean(ratios.map((row) => row.best)),
      };
      ownRows.push({ ...common(node), name, scheme, ...mean });
      report([ownRows.at(-1)]);
    }
    for (const program of quick ? [] : programs) {
      if (only && !only.includes(program)) continue;
      for (const flags of node.major === 20 ? [[], [hugeFunctions]] : [[]]) {
        const list = asked.filter((name) => schemes[name].program);
        const result = await measure(
          node,
          "program.mjs",
          { program, schemes: list, rounds: rounds ?? 31 },
          flags,
        );
        const fresh = toRows(node, program, result).map((row) => (flags.length ? { ...row, flags } : row));
        ownRows.push(...fresh);
        report(fresh);
      }
    }
    rows.push(...ownRows);
  }
  return rows;
}

const common = (node) => ({
  group: "translator",
  node: node.version,
  yardstick,
  command: `npm run bench -- translator --node ${node.major}`,
});

function toRows(node, name, results) {
  const [base, ...rest] = results;
  const command = `npm run bench -- translator --only ${name} --node ${node.major}`;
  return rest.map(({ name: scheme, error, ratio, spread, best, ms }) => {
    const about = { ...common(node), name, scheme, command };
    return error ? { ...about, error } : { ...about, ratio, spread, best, ms, yardstickMs: base.ms };
  });
}
