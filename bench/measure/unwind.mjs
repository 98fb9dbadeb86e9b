// The cost of one whole unwind and rewind, at several depths, of a recursion with seven live values a frame:
// `node measure/unwind.mjs '{"scheme":"asyncify","depths":[1,10,100,1000]}'` prints `[{ depth, us, spread }]`.
//
// One sample runs the recursion with N stops at its bottom and again with none; the difference over N is a figure.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { summarize } from "../lib/interleave.mjs";
import { kernelDir } from "../lib/paths.mjs";
import { unwinders } from "../schemes/unwind.mjs";

const { scheme, depths, samples = 25 } = JSON.parse(process.argv[2]);
const kernel = (name) => readFileSync(join(kernelDir, `${name}.wasm`));

/** Stops per sample: some milliseconds' worth. */
const stopsAt = (depth) => Math.max(40, Math.round(4000 / (1 + depth / 4)));

const { run, expected } = await unwinders[scheme](kernel);
const results = [];
for (const depth of depths) {
  const stops = stopsAt(depth);
  const sample = async () => {
    const startedAt = performance.now();
    const value = await run(depth, stops);
    const betweenAt = performance.now();
    await run(depth, 0);
    const endedAt = performance.now();
    if (value !== expected(depth, stops))
      throw new Error(`bench: ${scheme} at depth ${depth} gives ${value}, not ${expected(depth, stops)}`);
    return ((betweenAt - startedAt - (endedAt - betweenAt)) * 1000) / stops;
  };
  for (let i = 0; i < 60; i++) {
    await sample();
    if (i % 6 === 5) await sleep(10);
  }
  const times = [];
  for (let i = 0; i < samples; i++) times.push(await sample());
  const { min, median, p10, p90 } = summarize(times);
  results.push({ depth, us: median, spread: [p10, p90], best: min });
}
console.log(JSON.stringify(results));
