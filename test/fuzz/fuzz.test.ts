import { afterAll, describe, expect, it } from "vitest";
import { assembleSpec, specFolder } from "../spec/assemble.mjs";
import { caseOf, type Source, type Supplies } from "./cases.js";
import { Binaryen } from "./modules/binaryen.js";
import { readSpecModules } from "./modules/spec.js";
import { compare } from "./run/compare.js";

const folder = specFolder();
if (!folder)
  console.log("test/fuzz: no specification tests found (WASMVISOR_SPEC): their mutations are skipped");

const binaryen = new Binaryen();
const supplies: Supplies = { binaryen, spec: folder ? readSpecModules(assembleSpec(folder)) : [] };
afterAll(() => binaryen.close());

/** How many of a source's cases are tried, from which seed, and how many of them may find nothing to try. */
async function differences(source: Source, from: number, count: number): Promise<string[]> {
  const found: string[] = [];
  let tried = 0;
  for (let seed = from; seed < from + count; seed++) {
    const of = await caseOf(source, seed, supplies);
    if (!of) continue;
    tried++;
    const { difference } = await compare(of, { binaryen });
    if (difference) found.push(`${of.label}: ${JSON.stringify(difference)}`);
  }
  expect(tried).toBeGreaterThan(count * 0.7);
  return found;
}

describe("a random module does the same natively, translated, and stopped at every and at random safepoints", () => {
  for (let from = 0; from < 240; from += 60)
    it(`our own modules ${from} to ${from + 59}`, async () => {
      expect(await differences("generated", from, 60)).toEqual([]);
    });

  it("modules of Binaryen's fuzzer", async () => {
    expect(await differences("binaryen", 0, 80)).toEqual([]);
  });

  it.skipIf(!folder)("mutations of the specification's modules", async () => {
    expect(await differences("spec", 0, 80)).toEqual([]);
  });
});
