// Translates one module again and again: `node measure/translation.mjs '{"file":"a.wasm"}'` prints the median time when
// warm, and that of the first translation, when the translator itself is still in the engine's baseline tier.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { summarize } from "../lib/interleave.mjs";
import { library } from "../lib/wasmvisor.mjs";

const { file, quick } = JSON.parse(process.argv[2]);
const bytes = readFileSync(file);
const { translate } = await library();

const times = [];
let outBytes = 0;
const enoughMs = quick ? 1000 : 4000;
for (let spentMs = 0; times.length < 3 || (spentMs < enoughMs && times.length < 400); ) {
  const startedAt = performance.now();
  outBytes = translate(bytes).bytes.length;
  times.push(performance.now() - startedAt);
  spentMs += times.at(-1);
  if (times.length % 4 === 0) await sleep(15);
}
const { median, p10, p90 } = summarize(times.slice(Math.floor(times.length / 2)));
console.log(JSON.stringify({ ms: median, spread: [p10, p90], firstMs: times[0], outBytes }));
