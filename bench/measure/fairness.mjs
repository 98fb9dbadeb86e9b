// What guests count as progress, over what one counts that has the CPU to itself: `node measure/fairness.mjs '{"domains":[{"weight":512,"cap":0}],"forMs":2000}'`
// prints `{ shares, ran, efficiency }`: by what they count and by how long they ran, in the order of the domains; and what all count in busy time, over what one alone does. And how soon one that sleeps answers among some that compute:
// `'{"spinners":20,"scheduler":"credit","lines":100}'` prints `{ answer }`, in ms.
import { setTimeout as sleep } from "node:timers/promises";
import { summarize } from "../lib/interleave.mjs";
import { assembled, guest, respondent, wasmvisor } from "../lib/machine.mjs";

const input = JSON.parse(process.argv[2]);
const { Credit, Machine, RoundRobin } = await wasmvisor();
const schedulers = { credit: Credit, rr: RoundRobin };
const WARM_MS = 400;

/**
 * What domains count side by side: `rounds` of each in the same stretch, and which part of that stretch anybody ran. A host that is
 * busy with other things slows all of them alike.
 */
async function count(domains, forMs) {
  const machine = await Machine.boot();
  const module = await assembled("count");
  const counters = [];
  for (const options of domains) counters.push(await respondent(machine, module, options));
  // Each answers at a turn of its own, so each is timed by itself.
  const rounds = () =>
    Promise.all(
      counters.map(async ({ ask }) => {
        const view = await ask(new Uint8Array([10]), 8);
        return { count: Number(view.getBigUint64(0, true)), atNs: machine.stats().timeNs };
      }),
    );
  await sleep(WARM_MS);
  const { busyNs, timeNs } = machine.stats();
  const ran = () => counters.map(({ domain }) => domain.info().runningNs);
  const ranBefore = ran();
  const before = await rounds();
  await sleep(forMs);
  const stats = machine.stats();
  const ranAfter = ran();
  const after = await rounds();
  await machine.close();
  return {
    rates: after.map(({ count, atNs }, i) => (1e6 * (count - before[i].count)) / (atNs - before[i].atNs)),
    ran: ranAfter.map((ns, i) => (ns - ranBefore[i]) / (stats.timeNs - timeNs)),
    busy: (stats.busyNs - busyNs) / (stats.timeNs - timeNs),
  };
}

async function answers({ spinners, scheduler, lines }) {
  const machine = await Machine.boot({ scheduler: new schedulers[scheduler]() });
  const echo = await respondent(machine, await assembled("idle"), { name: "echo" });
  for (let i = 0; i < spinners; i++) await machine.create({ module: guest("spin") });
  await sleep(1000);
  const taken = [];
  for (let i = 0; i < lines; i++) {
    await sleep(5 + ((i * 7.3) % 11)); // at any phase of the round
    const startedAt = performance.now();
    await echo.ask(new Uint8Array([65]), 1);
    taken.push(performance.now() - startedAt);
  }
  await machine.close();
  const sorted = taken.sort((a, b) => a - b);
  const { median, p10, p90, max } = summarize(taken);
  return { value: median, valueSpread: [p10, p90], p99: sorted[Math.floor(0.99 * (lines - 1))], max };
}

if (input.domains === undefined) {
  console.log(JSON.stringify({ answer: await answers(input) }));
} else {
  const solo = await count([{}], input.forMs / 4);
  const { rates, ran, busy } = await count(input.domains, input.forMs);
  const all = rates.reduce((sum, rate) => sum + rate, 0);
  // A domain alone counts so much while it runs, as all of them do together.
  const shares = rates.map((rate) => (rate / all) * busy);
  console.log(JSON.stringify({ shares, ran, efficiency: all / busy / (solo.rates[0] / solo.busy) }));
}
