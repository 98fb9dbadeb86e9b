// How late a guest's timer tells it, beside setTimeout, in us: `node measure/machine/timer.mjs '{"ticks":200}'`
// prints `{ blocked, spinning, setTimeout }`: the guest sleeps, or computes in a loop without a call.
//
// Ticks come 1.5 to 3.5 ms after they are asked for; setTimeout, which knows whole ms only, is compared with what it was asked for.
import { setTimeout as sleep } from "node:timers/promises";
import { summarize } from "../../lib/interleave.mjs";
import { probe, wasmvisor } from "../../lib/machine.mjs";

const { ticks } = JSON.parse(process.argv[2]);
const { Machine } = await wasmvisor();
const machine = await Machine.boot();
const { measure } = await probe(machine);

/** ms: spread over the phases of whatever is periodic. */
const delayOf = (i) => 1.5 + 2 * ((i * 0.618) % 1);
const inGuest = (op) => async (i) => (await measure(op, 1, Math.round(delayOf(i) * 1e6)))[0] / 1000;
const host = async (i) => {
  const ms = Math.round(delayOf(i));
  const startedAt = performance.now();
  await sleep(ms);
  return (performance.now() - startedAt - ms) * 1000;
};

const variants = { blocked: inGuest("timerBlocked"), spinning: inGuest("timerSpinning"), setTimeout: host };
const taken = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
for (let i = -20; i < ticks; i++) {
  for (const [name, variant] of Object.entries(variants)) {
    const us = await variant(i + 20);
    if (i >= 0) taken[name].push(us);
  }
}
const figures = Object.entries(taken).map(([name, list]) => {
  const { median, p10, p90, max } = summarize(list);
  return [name, { value: median, valueSpread: [p10, p90], max }];
});
console.log(JSON.stringify(Object.fromEntries(figures)));
await machine.close();
