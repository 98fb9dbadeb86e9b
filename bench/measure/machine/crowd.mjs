// Many idle at once: `node --expose-gc measure/machine/crowd.mjs '{"kind":"domain","count":10000,"asks":200}'`, kind domain or worker,
// prints `{ createMs, kib, answerUs }`: time and resident memory for each, and, for domains, the time from a line typed to one of
// them to its answer, while all others sleep. All run the guest idle.wat: a page of memory, asleep in sched_block, echoes its console.
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { summarize } from "../../lib/interleave.mjs";
import { assembled, respondent, wasmvisor } from "../../lib/machine.mjs";

const { kind, count, asks = 0 } = JSON.parse(process.argv[2]);
const bytes = await assembled("idle");
const figure = (list) => {
  const { median, p10, p90 } = summarize(list);
  return { value: median, valueSpread: [p10, p90] };
};

async function residentBytes() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await sleep(50);
  }
  return process.memoryUsage.rss();
}

async function domains() {
  const { Machine } = await wasmvisor();
  const machine = await Machine.boot();
  const line = new Uint8Array(32).fill(120);
  const make = async () => {
    const { domain, ask } = await respondent(machine, bytes, { memoryPages: 1 });
    return { domain, ask: () => ask(line, line.length) };
  };
  return { make, machine };
}

function workers() {
  const compiled = new WebAssembly.Module(bytes);
  const script = `
    const { parentPort, workerData } = require("node:worker_threads");
    const hv = new Proxy({}, { get: () => () => 0 });
    globalThis.kept = new WebAssembly.Instance(workerData, { hv });
    parentPort.on("message", (message) => parentPort.postMessage(message));
    parentPort.postMessage("ready");`;
  const make = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(script, { eval: true, workerData: compiled });
      worker.on("error", reject);
      worker.once("message", () =>
        resolve({
          ask: () => new Promise((answer) => worker.once("message", answer).postMessage("x".repeat(32))),
        }),
      );
    });
  return { make };
}

const { make, machine } = await { domain: domains, worker: workers }[kind]();
/** What is made once is not counted. */
const first = await make();
await first.ask();
const before = await residentBytes();
const all = [];
const createMs = [];
for (let i = 0; i < count; i++) {
  const startedAt = performance.now();
  all.push(await make());
  createMs.push(performance.now() - startedAt);
}
if (machine) await machine.settled();
const kib = ((await residentBytes()) - before) / 1024 / count;

const answerUs = [];
for (let i = -50; i < asks; i++) {
  const { ask } = all[((i + 50) * 7919) % count];
  const startedAt = performance.now();
  await ask();
  if (i >= 0) answerUs.push((performance.now() - startedAt) * 1000);
}
console.log(
  JSON.stringify({
    createMs: figure(createMs),
    kib: { value: kib },
    ...(asks ? { answerUs: figure(answerUs) } : {}),
  }),
);
process.exit();
