import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Binaryen } from "./modules/binaryen.js";
import { projectRoot } from "./project-root.js";
import { compare } from "./run/compare.js";

// Modules that once behaved otherwise when translated, made small. A file's name says what was wrong; of a case of
// several modules it ends in `.m0.wasm`, `.m1.wasm` ..: later ones import from earlier ones by these names.
const folder = join(projectRoot(), "test/fuzz/corpus");
const cases = new Map<string, { name: string; bytes: Uint8Array }[]>();
for (const file of readdirSync(folder).sort()) {
  const [, label, name = "m0"] = /^(.*?)(?:\.(m\d))?\.wasm$/.exec(file) ?? [];
  if (!label) continue;
  const modules = cases.get(label) ?? [];
  modules.push({ name, bytes: new Uint8Array(readFileSync(join(folder, file))) });
  cases.set(label, modules);
}

const binaryen = new Binaryen();
afterAll(() => binaryen.close());

/** Each is called with the arguments and the fuel that follow from so many seeds. */
const SEEDS = 5;

describe("what once went wrong stays right", () => {
  for (const [label, modules] of cases)
    it(label.replaceAll("-", " "), async () => {
      for (let seed = 0; seed < SEEDS; seed++) {
        const { difference } = await compare({ label, seed, modules }, { binaryen });
        expect(difference).toBeUndefined();
      }
    });
});
