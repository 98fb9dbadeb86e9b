import type { Binaryen } from "./modules/binaryen.js";
import { shapeOf } from "./modules/decode.js";
import { V128 } from "./modules/encode.js";
import { generateModules } from "./modules/generator.js";
import { mutate } from "./modules/mutate.js";
import type { SpecModule } from "./modules/spec.js";
import { Random } from "./random.js";
import type { Case } from "./run/differential.js";
import { RawTranslator, UNSUPPORTED } from "./run/raw-translator.js";

/** generated: by our own generator. binaryen: by its fuzzer. spec: specification modules, changed but still valid. */
export const SOURCES = ["generated", "binaryen", "spec"] as const;
export type Source = (typeof SOURCES)[number];

export interface Supplies {
  readonly binaryen: Binaryen | undefined;
  readonly spec: readonly SpecModule[];
}

/** Mutations made before one is valid, at most. */
const TRIES = 200;

/** The case of a source with a seed; nothing where the source has none for it. */
export async function caseOf(source: Source, seed: number, from: Supplies): Promise<Case | undefined> {
  const label = `${source} ${seed}`;
  if (source === "generated") return { label, seed, modules: generateModules(seed) };
  if (source === "binaryen") {
    const bytes = await from.binaryen?.generate(seed);
    return bytes && WebAssembly.validate(bytes as BufferSource) && supported(bytes)
      ? { label, seed, modules: [{ name: "m0", bytes }] }
      : undefined;
  }
  const r = new Random(seed);
  const pool = from.spec.map((m) => m.bytes);
  for (let i = 0; i < TRIES && pool.length; i++) {
    const bytes = mutate(r, r.pick(pool), pool);
    if (WebAssembly.validate(bytes as BufferSource) && usable(bytes))
      return { label, seed, modules: [{ name: "m0", bytes }] };
  }
  return undefined;
}

const translator = new RawTranslator();

/** Later engines accept, and Binaryen makes, what the translator refuses by name: see test/hostile. */
function supported(bytes: Uint8Array): boolean {
  return translator.translate(bytes).code !== UNSUPPORTED;
}

/** Mutations may ask for gigabytes: those are for test/hostile. */
function usable(bytes: Uint8Array): boolean {
  try {
    const shape = shapeOf(bytes);
    return (
      supported(bytes) &&
      shape.memories.every((m) => m.min <= 64) &&
      shape.tables.every((t) => t.limits.min <= 10_000) &&
      !shape.imports.some((i) => i.kind === "global" && i.type === V128)
    );
  } catch {
    return false;
  }
}
