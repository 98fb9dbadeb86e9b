// Every promise is broken in outputs of the translator, in many places: none of the mutants may pass.
import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { verify } from "../../src/checker/index.js";
import { apply, type Mutant, mutantsOf } from "./mutants.js";
import { translate } from "./translate.js";

const kernels = new URL("../../bench/kernels/", import.meta.url);
const names = readdirSync(kernels).filter((name) => name.endsWith(".wasm"));
/** Mutants of one kind tried per module, spread over all places where there is one. */
const perKind = 6;

function sampled(mutants: Mutant[]): Mutant[] {
  const kinds = new Map<string, Mutant[]>();
  for (const mutant of mutants) kinds.set(mutant.kind, [...(kinds.get(mutant.kind) ?? []), mutant]);
  return [...kinds.values()].flatMap((all) => {
    const step = Math.max(1, Math.ceil(all.length / perKind));
    return all.filter((_, i) => i % step === 0);
  });
}

describe("outputs of the translator", () => {
  const tried = new Map<string, number>();
  const outputs = new Map<string, Uint8Array>();
  beforeAll(() => {
    for (const name of names) outputs.set(name, translate(readFileSync(new URL(name, kernels))));
  });

  it.each(names)("%s is accepted, and no mutant of it", (name) => {
    const output = outputs.get(name)!;
    expect(verify(output)).toMatchObject({ ok: true });
    const accepted: Mutant[] = [];
    for (const mutant of sampled(mutantsOf(output))) {
      const changed = apply(output, mutant);
      if (!WebAssembly.validate(changed as BufferSource)) continue;
      tried.set(mutant.kind, (tried.get(mutant.kind) ?? 0) + 1);
      if (verify(changed).ok) accepted.push(mutant);
    }
    expect(accepted).toEqual([]);
  });

  it("has been changed in hundreds of places, in every way", () => {
    const total = [...tried.values()].reduce((sum, count) => sum + count, 0);
    expect(total).toBeGreaterThan(200);
    expect(tried.size).toBeGreaterThan(15);
  });
});
