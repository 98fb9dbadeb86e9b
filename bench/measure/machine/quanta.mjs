// Two guests that spin: `node measure/machine/quanta.mjs '{"ms":2000}'` prints `{ quanta, share, work, switches, threads }`:
// quanta a second and the part of the time that guests have, at the usual quantum of 1 ms; how much less they get done than with quanta
// of 50 ms; switches a second between the two domains when each is preempted as soon as possible, beside two threads of which
// each wakes the other.
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { summarize } from "../../lib/interleave.mjs";
import { guest, wasmvisor } from "../../lib/machine.mjs";

const { ms, rounds = 5 } = JSON.parse(process.argv[2]);
const { Machine } = await wasmvisor();
const spin = guest("spin");

/** What a machine with two spinning domains does in a second. */
async function spinning(options) {
  const machine = await Machine.boot(options);
  const domains = [];
  for (let i = 0; i < 2; i++) domains.push(await machine.create({ module: spin }));
  const look = () => ({
    at: performance.now(),
    ...machine.stats(),
    units: domains.reduce((sum, domain) => sum + domain.info().spentUnits, 0),
  });
  await sleep(ms / 4);
  const before = look();
  await sleep(ms);
  const after = look();
  await machine.close();
  const perSecond = (name) => ((after[name] - before[name]) / (after.at - before.at)) * 1000;
  return {
    quanta: perSecond("quanta"),
    switches: perSecond("switches"),
    units: perSecond("units"),
    share: perSecond("busyNs") / 1e9,
  };
}

/** Switches a second between this thread and another that sleep on the same cell in turns. */
async function threads() {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(
    `const { workerData: cell } = require("node:worker_threads");
     for (let turn = 1; ; turn += 2) {
       for (let seen = 0; seen < turn; seen = Atomics.load(cell, 0)) Atomics.wait(cell, 0, seen);
       Atomics.store(cell, 0, turn + 1);
       Atomics.notify(cell, 0);
     }`,
    { eval: true, workerData: cell },
  );
  const startedAt = performance.now();
  let [turn, warmAt, warmTurn] = [0, 0, 0];
  while (performance.now() - startedAt < ms) {
    Atomics.store(cell, 0, turn + 1);
    Atomics.notify(cell, 0);
    turn += 2;
    for (let seen = turn - 1; seen < turn; seen = Atomics.load(cell, 0)) Atomics.wait(cell, 0, seen);
    if (warmAt === 0 && performance.now() - startedAt > ms / 4)
      [warmAt, warmTurn] = [performance.now(), turn];
  }
  const result = ((turn - warmTurn) / (performance.now() - warmAt)) * 1000;
  await worker.terminate();
  return result;
}

const taken = { quanta: [], share: [], work: [], switches: [], threads: [] };
for (let i = 0; i < rounds; i++) {
  const usual = await spinning({});
  const long = await spinning({ quantumMs: 50, sliceMs: 50 });
  // A turn of the loop in spin.wat takes 3 units.
  const tiny = await spinning({ quantumUnits: 3, sliceMs: 1e-6 });
  taken.quanta.push(usual.quanta);
  taken.share.push(usual.share);
  taken.work.push(usual.units / long.units);
  taken.switches.push(tiny.switches);
  taken.threads.push(await threads());
}
const figures = Object.entries(taken).map(([name, list]) => {
  const { median, p10, p90 } = summarize(list);
  return [name, { value: median, valueSpread: [p10, p90] }];
});
console.log(JSON.stringify(Object.fromEntries(figures)));
