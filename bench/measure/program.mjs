// One whole program in a process of its own: `node measure/program.mjs '{"program":"sqlite","schemes":["wasmvisor"]}'`
// prints the times of each scheme beside the untouched module as JSON.
import { readFileSync } from "node:fs";
import { interleave } from "../lib/interleave.mjs";
import { schemes } from "../schemes/index.mjs";

const { program, schemes: names, ...options } = JSON.parse(process.argv[2]);
const { start, wasmFile } = await import(`./${program}.mjs`);
const bytes = readFileSync(wasmFile());
const variants = [];
for (const name of ["native", ...names]) variants.push({ name, run: await start(await schemes[name].program(bytes), bytes) });
console.log(JSON.stringify(await interleave(variants, { warmMs: 1200, maxWarmMs: 5000, ...options })));
