// One process of a soak: tries cases or mutants from a seed on, and writes a line of JSON for each step to its
// standard output, so that the process that watches it knows which one hung or crashed.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { caseOf, SOURCES, type Source, type Supplies } from "./cases.js";
import { minimise } from "./minimise.js";
import { Binaryen } from "./modules/binaryen.js";
import { type GeneratedModule, generateModules } from "./modules/generator.js";
import { readSpecModules } from "./modules/spec.js";
import { compare } from "./run/compare.js";
import type { Case } from "./run/differential.js";
import { mutantOf, newTally, tryMutant } from "./run/mutation.js";
import { RawTranslator } from "./run/raw-translator.js";

export interface Task {
  readonly kind: "differential" | "mutate";
  readonly from: number;
  /** Seeds to try; those of a differential soak are cut off by the deadline. */
  readonly count: number;
  readonly deadlineMs: number;
  readonly sources: Source[];
  readonly spec: string | undefined;
  readonly kernels: string[];
  readonly verify: boolean;
  /** Where findings are kept. */
  readonly findings: string;
}

const task = JSON.parse(process.argv[2]!) as Task;
const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);

function keep(name: string, modules: readonly GeneratedModule[], text: string): string {
  mkdirSync(task.findings, { recursive: true });
  for (const m of modules) writeFileSync(join(task.findings, `${name}.${m.name}.wasm`), m.bytes);
  writeFileSync(join(task.findings, `${name}.txt`), `${text}\n`);
  return join(task.findings, name);
}

async function supplies(): Promise<Supplies> {
  return {
    binaryen: new Binaryen(),
    spec: task.spec ? readSpecModules(task.spec) : [],
  };
}

async function differential(): Promise<void> {
  const from = await supplies();
  const options = { verify: task.verify, ...(from.binaryen ? { binaryen: from.binaryen } : {}) };
  for (let seed = task.from; seed < task.from + task.count && Date.now() < task.deadlineMs; seed++) {
    const source = SOURCES.filter((s) => task.sources.includes(s))[seed % task.sources.length]!;
    say({ at: seed, source });
    const of = await caseOf(source, seed, from);
    if (!of) {
      say({ tried: seed, source, none: true });
      continue;
    }
    try {
      const { difference, endless, calls } = await compare(of, options);
      say({ tried: seed, source, endless, lines: calls });
      if (difference) await report(of, JSON.stringify(difference, undefined, 1), options);
    } catch (error) {
      await report(of, String((error as Error).stack), options);
    }
  }
  from.binaryen?.close();
}

async function report(of: Case, text: string, options: Parameters<typeof compare>[1]): Promise<void> {
  const name = of.label.replace(" ", "-");
  const file = keep(name, of.modules, text);
  say({ finding: of.label, file, text });
  const kind = (t: string) => t.replace(/\d+/g, "N").slice(0, 60);
  const fails = async (modules: GeneratedModule[]): Promise<boolean> => {
    try {
      const { difference } = await compare({ ...of, modules }, options);
      return difference !== undefined && kind(JSON.stringify(difference, undefined, 1)) === kind(text);
    } catch (error) {
      return kind(String((error as Error).stack)) === kind(text);
    }
  };
  say({ at: of.seed, minimising: true });
  const small = await minimise(of.modules, fails, performance.now() + 8_000);
  keep(`${name}-small`, small, text);
  say({ minimised: of.label, bytes: small.map((m) => m.bytes.length) });
}

async function mutants(): Promise<void> {
  const translator = new RawTranslator();
  const pool = [
    ...(task.spec ? readSpecModules(task.spec).map((m) => m.bytes) : []),
    ...task.kernels.map((file) => new Uint8Array(readFileSync(file))),
    ...Array.from({ length: 200 }, (_, seed) => generateModules(seed).map((m) => m.bytes)).flat(),
  ];
  const tally = newTally();
  for (let seed = task.from; seed < task.from + task.count; seed++) {
    if (seed % 100 === 0) say({ at: seed });
    const finding = tryMutant(translator, seed, mutantOf(seed, pool), tally);
    if (!finding) continue;
    const file = keep(`mutant-${seed}`, [{ name: "m0", bytes: finding.bytes }], finding.what);
    say({ finding: `mutant ${seed}`, file, text: finding.what });
  }
  say({ tally });
}

await (task.kind === "mutate" ? mutants() : differential());
say({ end: true });
