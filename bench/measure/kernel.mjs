// One kernel in a process of its own: `node measure/kernel.mjs '{"kernel":"fib","schemes":["wasmvisor"],"rounds":31}'`
// prints the times of each scheme beside the untouched module as JSON.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { interleave } from "../lib/interleave.mjs";
import { kernelDir } from "../lib/paths.mjs";
import { schemes as compared, nanSchemes } from "../schemes/index.mjs";

/** Work per call: a few milliseconds, short enough that a call which starts in the baseline tier ends soon. */
const sizes = {
  fib: 31,
  sieve: 4,
  sha256: 200,
  matmul: 8,
  qsort: 4,
  nbody: 70000,
  interp: 100,
  oo: 500,
  "oo-open": 500,
  markdown: 1000,
  alloc: 40,
};

const schemes = { ...compared, ...nanSchemes };
const { kernel, base = "native", schemes: names, ...options } = JSON.parse(process.argv[2]);
const bytes = readFileSync(join(kernelDir, `${kernel}.wasm`));
const variants = [];
for (const name of [base, ...names]) {
  let run;
  try {
    run = await schemes[name].kernel(bytes, kernel);
  } catch (error) {
    run = () => {
      throw error;
    };
  }
  variants.push({ name, run: () => run(sizes[kernel]) });
}
console.log(JSON.stringify(await interleave(variants, options)));
