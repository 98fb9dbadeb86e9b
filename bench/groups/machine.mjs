// What a machine costs, each figure beside a yardstick that was taken in the same run.
import { measure } from "../lib/child.mjs";
import { jspiFlags } from "../lib/nodes.mjs";

/** Each gives rows without what is common to all: `(node, quick, rounds) => [{ name, value, unit, .. }]`. */
const topics = { calls, switches, upcall, timer, boot, crowd, load, quanta };

export async function run({ nodes, quick, only, rounds, report }) {
  const rows = [];
  for (const node of nodes) {
    for (const [topic, take] of Object.entries(topics)) {
      if (only && !only.includes(topic)) continue;
      const command = `npm run bench -- machine --only ${topic} --node ${node.major}`;
      const common = { group: "machine", topic, scheme: "wasmvisor", node: node.version };
      const fresh = (await take(node, quick, rounds)).map((row) => ({ ...common, ...row, command }));
      rows.push(...fresh);
      report(fresh);
    }
  }
  return rows;
}

async function calls(node, quick, rounds = quick ? 15 : 41) {
  const { version, domain_id, js } = await measure(node, "machine/calls.mjs", { rounds });
  const beside = {
    unit: "ns",
    yardstick: "wasm-to-JS call, same loop untranslated",
    yardstickValue: js.value,
  };
  return [
    { name: "null hypercall: version", ...version, ...beside },
    { name: "null hypercall: domain_id", ...domain_id, ...beside },
  ];
}

async function switches(node, quick, rounds = quick ? 9 : 25) {
  const depths = quick ? [1, 10, 100] : [1, 10, 100, 1000];
  const flags = jspiFlags(node);
  const schemes = ["wasmvisor", ...(flags && !quick ? ["jspi"] : []), "asyncify"];
  const input = { schemes, depths, rounds };
  const byDepth = await measure(node, "machine/switch.mjs", input, flags ?? []);
  return depths.flatMap((depth) =>
    schemes.map((scheme) => ({
      name: `switch at depth ${depth}`,
      depth,
      scheme,
      ...byDepth[depth][scheme],
      unit: "ns",
      ...(scheme === "asyncify"
        ? {}
        : { yardstick: "Asyncify", yardstickValue: byDepth[depth].asyncify.value }),
    })),
  );
}

async function upcall(node, quick, rounds = quick ? 15 : 41) {
  const { run: entry, upcall, call } = await measure(node, "machine/upcall.mjs", { rounds });
  const beside = { unit: "ns", yardstick: "call of a Wasm function from JS", yardstickValue: call.value };
  return [
    { name: "run of a guest, preempted at once", ...entry, ...beside },
    { name: "upcall, beginning and end", ...upcall, ...beside },
  ];
}

async function timer(node, quick, rounds = quick ? 60 : 400) {
  const { blocked, spinning, setTimeout } = await measure(node, "machine/timer.mjs", { ticks: rounds });
  const beside = (own) => ({
    ...own,
    unit: "us",
    yardstick: "lateness of setTimeout",
    yardstickValue: setTimeout.value,
    ratio: own.value / setTimeout.value,
  });
  return [
    { name: "timer to upcall, guest asleep", ...beside(blocked) },
    { name: "timer to upcall, guest computing", ...beside(spinning) },
  ];
}

async function boot(node, quick, rounds = quick ? 7 : 41) {
  const { domain, worker } = await measure(node, "machine/boot.mjs", { rounds });
  const beside = { unit: "ms", yardstick: "Worker, same module", yardstickValue: worker.value };
  return [{ name: "hello: creation to end, image cached", ...domain, ...beside }];
}

async function crowd(node, quick, rounds = 200) {
  const count = quick ? 1000 : 10_000;
  const measured = (input) => measure(node, "machine/crowd.mjs", { ...input, asks: rounds }, ["--expose-gc"]);
  const domain = await measured({ kind: "domain", count });
  const workers = quick ? 10 : 50;
  const worker = await measured({ kind: "worker", count: workers });
  const beside = (name, unit, key) => ({
    name: `${count} idle: ${name}`,
    unit,
    ...domain[key],
    yardstick: `Worker, same module (${workers} of them)`,
    yardstickValue: worker[key].value,
    ratio: domain[key].value / worker[key].value,
  });
  return [
    beside("creation of each", "ms", "createMs"),
    beside("resident memory of each", "KiB", "kib"),
    beside("question to one, answer", "us", "answerUs"),
  ];
}

async function load(node, quick, rounds = quick ? 15 : 60) {
  const input = { lines: rounds, intervalMs: quick ? 1000 : 5000 };
  const { idle, loaded } = await measure(node, "machine/load.mjs", input);
  const beside = (name, unit, key) => ({
    name,
    unit,
    ...loaded[key],
    yardstick: "the same without load",
    yardstickValue: idle[key].value,
    yardstickP99: idle[key].p99,
    yardstickMax: idle[key].max,
  });
  return [
    beside("shell beside 10 that spin: line to answer", "ms", "answer"),
    { name: "shell beside 10 that spin: in rounds", unit: "rounds", ...loaded.rounds },
    beside("1 ms setInterval beside 10 that spin: lateness", "us", "interval"),
  ];
}

async function quanta(node, quick, rounds = quick ? 2 : 7) {
  const taken = await measure(node, "machine/quanta.mjs", { ms: quick ? 500 : 1500, rounds });
  const scaled = ({ value, valueSpread }, factor) => ({
    value: value * factor,
    valueSpread: valueSpread.map((x) => x * factor),
  });
  return [
    { name: "two that spin: quanta", unit: "/s", ...taken.quanta },
    { name: "two that spin: time within run()", unit: "%", ...scaled(taken.share, 100) },
    {
      name: "two that spin: work done",
      unit: "%",
      ...scaled(taken.work, 100),
      yardstick: "quanta of 50 ms",
      yardstickValue: 100,
    },
    {
      name: "two that spin: switches, shortest quanta",
      unit: "/s",
      ...taken.switches,
      yardstick: "two threads that wake each other",
      yardstickValue: taken.threads.value,
      ratio: taken.switches.value / taken.threads.value,
    },
  ];
}
