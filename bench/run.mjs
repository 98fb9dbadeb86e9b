// The benchmarks: `npm run bench -- [GROUP...] [--quick] [--json] [--node MAJOR|PATH]... [--only NAME]...
//                                  [--scheme NAME]... [--rounds N] [--out FILE]`
//
//   translator    ten kernels, SQLite and Lua: ratio to the untouched module, beside metering alone and Asyncify
//   unwind        one whole unwind and rewind by depth, beside Asyncify and JSPI
//   translation   MB/s of translate() and growth of real modules, beside wasm-opt --asyncify
//   nan           the cost of deterministic NaNs
//   machine       hypercalls, upcalls, switches, timers, boot, memory, many idle domains, a full load
//   fairness      what guests count beside each other, over what weights and caps say; the answer of one that sleeps
//   embed         imports, awaited imports, calls, the event loop under many guests, what hostile functions leave behind
//   snapshot      save and restore by size and content of the memory, beside structuredClone
//
// All groups when none is named. --json prints rows to standard output; progress goes to standard error.
// --out FILE merges them into a file, from which bench/report.mjs writes docs/benchmarks.md.
// --quick takes well under a minute, fetches nothing and measures a few rows on the Node that runs it.
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { formatRow } from "./lib/format.mjs";
import { resolveNode } from "./lib/nodes.mjs";
import { mergeRows, rounded } from "./lib/results.mjs";

const groups = ["translator", "unwind", "translation", "nan", "machine", "fairness", "embed", "snapshot"];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean" },
    quick: { type: "boolean" },
    node: { type: "string", multiple: true },
    only: { type: "string", multiple: true },
    scheme: { type: "string", multiple: true },
    rounds: { type: "string" },
    out: { type: "string" },
    help: { type: "boolean" },
  },
});
const unknown = positionals.filter((name) => !groups.includes(name));
if (unknown.length > 0 || options.help) {
  console.error(
    `usage: npm run bench -- [${groups.join("|")}]... [--quick] [--json] [--out FILE] [--node MAJOR|PATH]... [--only NAME]... [--scheme NAME]... [--rounds N]`,
  );
  if (unknown.length > 0) console.error(`bench: no such group: ${unknown.join(", ")}`);
  process.exit(unknown.length > 0 ? 2 : 0);
}

const nodes = (options.node ?? (options.quick ? [process.execPath] : ["20", "26"])).map(resolveNode);
const report = (rows) => {
  for (const row of rows) console.error(formatRow(row));
};
const rows = [];
for (const name of positionals.length > 0 ? positionals : groups) {
  const { run } = await import(`./groups/${name}.mjs`);
  const rounds = options.rounds === undefined ? undefined : Number(options.rounds);
  rows.push(
    ...(await run({
      nodes,
      quick: Boolean(options.quick),
      only: options.only,
      scheme: options.scheme,
      rounds,
      report,
    })),
  );
}
if (options.out)
  mergeRows(options.out, rounded(rows), `${cpus()[0]?.model ?? "unknown"}, ${availableParallelism()} cores`);
if (options.json) process.stdout.write(`${JSON.stringify(rounded(rows), null, 1)}\n`);
if (rows.some((row) => row.error)) process.exitCode = 1;
