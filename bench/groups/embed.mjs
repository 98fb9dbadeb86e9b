// What the embedding API costs, each figure beside a yardstick that was taken in the same run.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { measure } from "../lib/child.mjs";
import { jspiFlags } from "../lib/nodes.mjs";
import { root } from "../lib/paths.mjs";

/** Each gives rows without what is common to all: `(node, quick, rounds) => [{ name, value, unit, .. }]`. */
const topics = { imports, promises, calls, crowd, flood };

export async function run({ nodes, quick, only, rounds, report }) {
  const rows = [];
  for (const node of nodes) {
    for (const [topic, take] of Object.entries(topics)) {
      if (only && !only.includes(topic)) continue;
      const command = `npm run bench -- embed --only ${topic} --node ${node.major}`;
      const common = { group: "embed", topic, scheme: "wasmvisor", node: node.version };
      const fresh = (await take(node, quick, rounds)).map((row) => ({ ...common, ...row, command }));
      rows.push(...fresh);
      report(fresh);
    }
  }
  return rows;
}

const against = (unit, yardstick, base) => (name, own) => ({
  name,
  ...own,
  unit,
  yardstick,
  yardstickValue: base.value,
  ratio: own.value / base.value,
});

async function imports(node, quick, rounds = quick ? 15 : 41) {
  const taken = await measure(node, "embed.mjs", { topic: "imports", rounds });
  const row = against("ns", "the same call untranslated", taken.native);
  return [
    row("call of an import, asyncImports: false", taken.plain),
    row("call of an import that may promise", taken.awaiting),
  ];
}

async function promises(node, quick, rounds = quick ? 9 : 25) {
  const flags = jspiFlags(node) ?? [];
  const taken = await measure(node, "embed.mjs", { topic: "promises", rounds }, flags);
  const row = against("us", "await of the same promise in JavaScript", taken.javascript);
  return [
    row("import that promises, awaited", taken.suspended),
    ...(taken.jspi ? [row("the same with the engine's JSPI, untranslated", taken.jspi)] : []),
  ];
}

async function calls(node, quick, rounds = quick ? 15 : 41) {
  const taken = await measure(node, "embed.mjs", { topic: "calls", rounds });
  const row = against("us", "call of the untranslated export", taken.native);
  return [row("exports.f()", taken.direct), row("callSync()", taken.sync), row("await call()", taken.call)];
}

async function crowd(node, quick) {
  const counts = quick ? [1, 100] : [1, 100, 1000];
  const taken = await measure(node, "embed.mjs", { topic: "crowd", crowd: counts });
  const row = (name, turns) => ({
    name: `event loop's turns, ${name}`,
    ...turns,
    unit: "ms",
    yardstick: "nothing runs",
    yardstickValue: taken.nothing.value,
    yardstickP99: taken.nothing.p99,
    yardstickMax: taken.nothing.max,
  });
  return [
    ...counts.map((count) => row(`${count} spinning`, taken[`guests ${count}`])),
    row("a Worker that spins instead", taken.worker),
    row("Workers that spin, killed every 50 ms", taken.killed),
  ];
}

/** Hostile functions in great numbers: what they leave behind. */
async function flood(node, quick) {
  const sizes = quick ? ["--sequence", "500", "--at-once", "200"] : [];
  const phases = await json(node, ["--expose-gc", join(root, "test/embed/flood.mjs"), "--json", ...sizes]);
  const first = phases.first.memory;
  return ["the sequence", "at once again"].flatMap((name) => {
    const { memory, ms, count } = phases[name];
    const mib = (bytes) => bytes / 2 ** 20;
    const common = { unit: "MiB", yardstick: "after the first 110" };
    const title =
      name === "the sequence" ? `${count} hostile in sequence` : `${count} hostile at once, twice`;
    return [
      {
        ...common,
        name: `${title}: heap and outside`,
        value: mib(memory.heapUsed + memory.external),
        yardstickValue: mib(first.heapUsed + first.external),
      },
      { ...common, name: `${title}: resident`, value: mib(memory.rss), yardstickValue: mib(first.rss) },
      { name: `${title}: each`, value: ms / phases[name].own, unit: "ms" },
    ];
  });
}

function json(node, args) {
  const child = spawn(node.path, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("close", (code) =>
      code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`flood ended with ${code}`)),
    );
  });
}
