// Writes docs/benchmarks.md from measured rows: `node bench/report.mjs [bench/results.json]`.
// What the figures mean is in bench/notes.md, written by hand; it is put at the end.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kernels } from "./groups/translator.mjs";
import { modules } from "./lib/modules.mjs";
import { benchDir, root } from "./lib/paths.mjs";

const file = process.argv[2] ?? join(benchDir, "results.json");
const { machine, rows } = JSON.parse(readFileSync(file, "utf8"));

const titles = {
  wasmvisor: "wasmvisor",
  sliced: "wasmvisor, stopped about every ms",
  metering: "metering alone",
  asyncify: "Asyncify",
  prototype: "prototype",
  jspi: "JSPI",
};
const major = (row) => Number(row.node.slice(1).split(".")[0]);
const inGroup = (group) => rows.filter((row) => row.group === group);
const distinct = (list) => [...new Set(list)];
const figure = (x) => (x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x.toFixed(2));
const withSpread = (x, spread) =>
  spread ? `${figure(x)} <small>${figure(spread[0])} to ${figure(spread[1])}</small>` : figure(x);
const table = (head, body) =>
  [head, head.map((_, i) => (i === 0 ? "---" : "---:")), ...body]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");

function translatorSection() {
  const group = inGroup("translator");
  const order = ["wasmvisor", "sliced", "prototype", "metering", "asyncify"];
  return distinct(group.map(major))
    .map((node) => {
      const own = group.filter((row) => major(row) === node);
      const schemes = order.filter((scheme) => own.some((row) => row.scheme === scheme));
      const lines = distinct(own.map((row) => [row.name, ...(row.flags ?? [])].join(" ")));
      const rank = (line) => (kernels.includes(line) ? 0 : line.startsWith("geometric") ? 1 : 2);
      lines.sort((a, b) => rank(a) - rank(b));
      const cell = (line, scheme) => {
        const row = own.find(
          (row) => row.scheme === scheme && [row.name, ...(row.flags ?? [])].join(" ") === line,
        );
        return row ? withSpread(row.ratio, row.spread) : "";
      };
      const body = lines.map((line) => [label(line), ...schemes.map((scheme) => cell(line, scheme))]);
      return `### ${own[0].node}\n\n${table(["", ...schemes.map((scheme) => titles[scheme])], body)}`;
    })
    .join("\n\n");
}

function label(line) {
  if (line.startsWith("geometric")) return `**${line}**`;
  const [name, ...flags] = line.split(" ");
  const plain = { sqlite: "SQLite", lua: "Lua", "oo-open": "oo, table exported" }[name] ?? name;
  return flags.length ? `${plain}, \`${flags.join(" ")}\`` : plain;
}

function unwindSection() {
  const group = inGroup("unwind");
  const depths = distinct(group.map((row) => row.depth));
  const body = distinct(group.map((row) => `${row.node}\n${row.scheme}`)).map((key) => {
    const [node, scheme] = key.split("\n");
    const cells = depths.map((depth) => {
      const row = group.find((row) => row.node === node && row.scheme === scheme && row.depth === depth);
      return row ? withSpread(row.us, row.usSpread) : "";
    });
    return [`${node} ${titles[scheme]}`, ...cells];
  });
  return table(["microseconds, depth", ...depths], body);
}

function translationSection() {
  const group = inGroup("translation").filter((row) => modules[row.name]);
  const mib = (bytes) => figure(bytes / 1e6);
  const body = group.map((row) => [
    `${modules[row.name].title}`,
    `${mib(row.bytes)} (${mib(row.codeBytes)})`,
    `${row.scheme} ${row.scheme === "wasmvisor" ? row.node : ""}`,
    row.ms < 10000 ? `${figure(row.ms)} ms` : `${figure(row.ms / 1000)} s`,
    row.mbPerSOfCode < 1 ? row.mbPerSOfCode.toFixed(3) : figure(row.mbPerSOfCode),
    `${figure(row.growth)}`,
  ]);
  return table(["module", "MB (of code)", "by", "time", "MB of code per s", "size out / in"], body);
}

function nanSection() {
  const body = inGroup("nan").map((row) => [label(row.name), row.node, withSpread(row.ratio, row.spread)]);
  return table(["", "Node", "ratio"], body);
}

function besideSection(name) {
  const group = inGroup(name).filter((row) => row.topic !== "switches");
  return distinct(group.map(major))
    .map((node) => {
      const own = group.filter((row) => major(row) === node);
      const body = own.map((row) => [
        row.name,
        `${grouped(row.value)}${row.valueSpread ? ` <small>${row.valueSpread.map(grouped).join(" to ")}</small>` : ""} ${row.unit}`,
        tail(row.p99, row.max),
        row.yardstickValue === undefined ? "" : `${grouped(row.yardstickValue)} ${row.unit}`,
        tail(row.yardstickP99, row.yardstickMax),
        row.ratio === undefined ? "" : row.ratio < 0.1 ? `1 / ${figure(1 / row.ratio)}` : figure(row.ratio),
        row.yardstick ?? "",
      ]);
      const head = ["", "here", "p99, max", "yardstick", "p99, max", "ratio", "the yardstick is"];
      return `### ${own[0].node}\n\n${table(head, body)}`;
    })
    .join("\n\n");
}

const tail = (p99, max) =>
  [p99, max]
    .map((x) => (x === undefined ? "" : grouped(x)))
    .filter(Boolean)
    .join(", ");
/** Thousands apart. */
const grouped = (x) => (x >= 10_000 ? Math.round(x).toLocaleString("en-US") : figure(x));

function switchSection() {
  const group = inGroup("machine").filter((row) => row.topic === "switches");
  const depths = distinct(group.map((row) => row.depth));
  const body = distinct(group.map((row) => `${row.node}\n${row.scheme}`)).map((key) => {
    const [node, scheme] = key.split("\n");
    const cells = depths.map((depth) => {
      const row = group.find((row) => row.node === node && row.scheme === scheme && row.depth === depth);
      return row
        ? withSpread(
            row.value / 1000,
            row.valueSpread.map((ns) => ns / 1000),
          )
        : "";
    });
    return [`${node} ${titles[scheme]}`, ...cells];
  });
  return table(["microseconds, depth", ...depths], body);
}

const text = `<!-- Written by bench/report.mjs from bench/results.json and bench/notes.md: edit those. -->

# Benchmarks

Measured on: ${machine}. Each figure is the median; the small figures are the 10th and the 90th percentile.

Run them all, or a part (each row of \`--json\` names the command that repeats it):

\`\`\`
npm run bench -- --out bench/results.json && node bench/report.mjs
npm run bench -- translator --node 26 --only fib --only sqlite
npm run bench -- --quick
\`\`\`

## Speed of translated code

Time of the translated module over the time of the untouched one: both in one process, run in turns, the ratio taken
within each round. A budget is given that does not run out, except where the column says otherwise.

${translatorSection()}

## One whole unwind and rewind

A recursion with seven live values a frame stops at its bottom and goes on, thousands of times. Asyncify keeps frames in the
guest's own memory; JSPI keeps the native stack, which is not data and cannot be saved; its figure has a turn of the
microtask queue in it.

${unwindSection()}

## Translation

Warm: the translator has been run before in the same process. \`wasm-opt\` is the one that npm's \`binaryen\` ships.

${translationSection()}

## Deterministic NaNs

Time with canonical NaNs over the time of the same translated module without.

${nanSection()}

## Machines

What a machine costs, beside a yardstick in the same run, where there is one in turns with it. \`domain\` is a guest with all that it owns; the
shell is asked for a line while ten others spin, in slices of 10 ms.

${besideSection("machine")}

## Switches between two stacks

Two recursions with seven live values a frame switch to each other at their bottoms: here two contexts of one guest, by hypercall.
Asyncify's stacks lie in the guest's own memory, and its host calls the other one in; JSPI keeps native stacks.

${switchSection()}

## Embedding

Calls of exports and imports, and the event loop: milliseconds between turns of a 1 ms timer, as somebody meets them who comes at a random moment
while guests loop for a second (the median, \`p99, max\` beside it). Hostile functions: loops, recursion, growth, floods of promises, traps, promises that
never settle, each in an instance of its own; some are dropped, some forgotten.

${besideSection("embed")}

## Snapshots

\`domain.save()\` and \`machine.restore()\` of a domain whose memory has so many MiB in use, beside \`structuredClone\` of the same bytes, which neither finds empty
pages, nor packs, nor checks. The domain stands still for the copy alone.

${besideSection("snapshot")}

${readFileSync(join(benchDir, "notes.md"), "utf8").trim()}
`;
writeFileSync(join(root, "docs/benchmarks.md"), text);
console.log("docs/benchmarks.md written");
