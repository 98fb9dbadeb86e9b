// Prints, as JSON, what each subject and some generated modules spend on this Node: run by across-nodes.mjs.
import { generateModules } from "../fuzz/modules/generator.js";
import { run } from "../fuzz/run/differential.js";
import { atEvery, TranslatedEngine, WHOLE } from "../fuzz/run/translated.js";
import { inPieces, measure, UNCUT } from "./measure.js";
import { budgetSubjects } from "./subjects.js";

/** Generated modules measured, whole and stopped at every safepoint. */
const GENERATED = 200;

const spent: Record<string, number[]> = {};
for (const subject of await budgetSubjects()) {
  const whole = measure(subject, UNCUT).spent;
  const sliced = [1, 100, 100_000].map((pieces) => measure(subject, inPieces(whole, pieces)).spent);
  spent[subject.name] = [whole, ...sliced];
}
for (let seed = 0; seed < GENERATED; seed++) {
  const of = { label: `generated ${seed}`, seed, modules: generateModules(seed) };
  const counts: number[] = [];
  for (const slices of [WHOLE, atEvery()])
    counts.push((await run(new TranslatedEngine({ name: "budget", slices }), of)).spent!);
  spent[of.label] = counts;
}
console.log(JSON.stringify(spent));
