// Ten guests that spin and never ask for anything, and one shell: `node measure/machine/load.mjs '{"lines":60,"intervalMs":4000}'`
// prints `{ idle, loaded }`, without the ten and with them: `answer`, ms from a typed line to the answer's end; `rounds`, the same in
// slices that began meanwhile, over the number of domains; `interval`, by how many us a 1 ms setInterval of the host comes late.
import { setTimeout as sleep } from "node:timers/promises";
import { summarize } from "../../lib/interleave.mjs";
import { guest, wasmvisor } from "../../lib/machine.mjs";

const { lines, intervalMs, spinners = 10 } = JSON.parse(process.argv[2]);
const sliceMs = 10;
const { Machine } = await wasmvisor();
const machine = await Machine.boot({ sliceMs });

let heard = "";
let listener;
const decoder = new TextDecoder();
const shell = await machine.create({
  module: guest("shell"),
  name: "shell",
  onOutput(bytes) {
    heard += decoder.decode(bytes, { stream: true });
    listener?.();
  },
});
const prompt = /shell> $/;
const until = (found) =>
  new Promise((resolve) => {
    listener = () => {
      if (!found()) return;
      listener = undefined;
      resolve();
    };
    listener();
  });

/** From a typed line to the prompt that follows its answer: ms, and slices that began. */
async function answer() {
  heard = "";
  const startedAt = performance.now();
  const before = machine.stats().switches;
  shell.console.write("echo 123454321\n");
  await until(() => heard.split("123454321").length >= 3 && prompt.test(heard));
  return { ms: performance.now() - startedAt, slices: machine.stats().switches - before };
}

async function answers() {
  const taken = [];
  for (let i = 0; i < lines; i++) {
    await sleep(7 + ((i * 7.3) % 11)); // at any phase of the round
    taken.push(await answer());
  }
  return taken;
}

/** us by which each turn of a 1 ms interval comes later after the one before than 1 ms. */
async function lateness() {
  const taken = [];
  let before = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    taken.push(Math.max(0, (now - before - 1) * 1000));
    before = now;
  }, 1);
  await sleep(intervalMs);
  clearInterval(timer);
  return taken;
}

const figure = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  const { median, p10, p90, max } = summarize(list);
  return { value: median, valueSpread: [p10, p90], p99: sorted[Math.floor(0.99 * (sorted.length - 1))], max };
};

await until(() => prompt.test(heard));
const msOf = (list) => figure(list.map(({ ms }) => ms));
const idle = { answer: msOf(await answers()), interval: figure(await lateness()) };
const spin = guest("spin");
for (let i = 0; i < spinners; i++) await machine.create({ module: spin, name: `spin-${i}` });
await sleep(200);
const underLoad = await answers();
const loaded = {
  answer: msOf(underLoad),
  rounds: figure(underLoad.map(({ slices }) => slices / (spinners + 1))),
  interval: figure(await lateness()),
};
console.log(JSON.stringify({ idle, loaded }));
await machine.close();
