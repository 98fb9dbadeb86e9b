import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { assembleSpec, specFolder } from "../spec/assemble.mjs";
import { shapeOf } from "./modules/decode.js";
import { generateModules } from "./modules/generator.js";
import { readSpecModules } from "./modules/spec.js";
import { projectRoot } from "./project-root.js";
import { type MutationFinding, mutantOf, newTally, tryMutant } from "./run/mutation.js";
import { RawTranslator } from "./run/raw-translator.js";

const folder = specFolder();
if (!folder)
  console.log("test/fuzz: no specification tests found (WASMVISOR_SPEC): mutants of the other modules only");
const kernels = join(projectRoot(), "bench/kernels");

const pool = [
  ...(folder ? readSpecModules(assembleSpec(folder)).map((m) => m.bytes) : []),
  ...readdirSync(kernels)
    .filter((f) => f.endsWith(".wasm"))
    .map((f) => new Uint8Array(readFileSync(join(kernels, f)))),
  ...Array.from({ length: 100 }, (_, seed) => generateModules(seed).map((m) => m.bytes)).flat(),
];

const describeFinding = (f: MutationFinding | undefined) => (f ? [`${f.seed}: ${f.what}`] : []);

describe("the translator", () => {
  const translator = new RawTranslator();

  it("translates every valid module of the pool into a valid one, but for several memories where engines have them", () => {
    const tally = newTally();
    expect(pool.flatMap((bytes, i) => describeFinding(tryMutant(translator, i, bytes, tally)))).toEqual([]);
    // Later engines accept spec modules of two memories, which Wasm 2.0 has as invalid.
    const several = pool.filter((bytes) => shapeOf(bytes).memories.length > 1);
    expect(several.map((bytes) => translator.translate(bytes).error)).toEqual(
      several.map(() => "multiple memories"),
    );
    expect(tally.translated).toBe(pool.length - several.length);
  });

  it("never traps on mutated modules, takes memory in proportion, and its outputs stay valid", () => {
    const tally = newTally();
    const found: string[] = [];
    for (let seed = 0; seed < 8_000; seed++)
      found.push(...describeFinding(tryMutant(translator, seed, mutantOf(seed, pool), tally)));
    console.log(JSON.stringify(tally));
    expect(found).toEqual([]);
    expect(tally.valid).toBeGreaterThan(300);
  });
});
