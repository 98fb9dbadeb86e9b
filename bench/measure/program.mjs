// One whole program in a process of its own: `node measure/program.mjs '{"program":"sqlite","schemes":["wasmvisor"]}'`
// prints the times of each scheme beside the untouched module as JSON.
import { readFileSync } from "node:fs";
import { interleave } from "../lib/interleave.mjs";
import { schemes as compared, nanSchemes } from "../schemes/index.mjs";

const schemes = { ...compared, ...nanSchemes };
const { program, base = "native", schemes: names, ...options } = JSON.parse(process.argv[2]);
const { start, wasmFile } = await import(`./${program}.mjs`);
const bytes = readFileSync(wasmFile());
const variants = [];
for (const name of [base, ...names]) {
  let run;
  try {
    const host = await schemes[name].program(bytes);
    const work = await start(host, bytes);
    run = () => {
      host.refill?.();
      return work();
    };
  } catch (error) {
    run = () => {
      throw error;
    };
  }
  variants.push({ name, run });
}
console.log(JSON.stringify(await interleave(variants, { warmMs: 1200, maxWarmMs: 5000, ...options })));
