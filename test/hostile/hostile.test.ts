import { describe, expect, it } from "vitest";
import { DONE, LIMIT, MALFORMED, RawTranslator, RESERVED, UNSUPPORTED } from "../fuzz/run/raw-translator.js";
import type { Bomb } from "./bombs/bomb.js";
import { FEATURE_BOMBS } from "./bombs/features.js";
import { MALFORMED_BOMBS, RESERVED_BOMBS } from "./bombs/malformed.js";
import { ENDLESS_BOMBS, type RunningBomb, STACK_BOMBS, TRAP_BOMBS } from "./bombs/running.js";
import { SIZE_BOMBS } from "./bombs/sizes.js";
import { BUDGET, runBomb } from "./run-bomb.js";

/** Ten times what the slowest takes on a slow machine: a guard against hanging, not a measurement. */
const HANG_MS = 20_000;
const translator = new RawTranslator();

function attempt(bomb: Bomb) {
  const bytes = bomb.build();
  const begin = performance.now();
  const result = translator.translate(bytes);
  const ms = Math.round(performance.now() - begin);
  console.log(
    `${bomb.name}: ${bytes.length} bytes, ${result.error || `${result.output?.length} bytes`}, ${ms} ms`,
  );
  // Memory visited bounds the work done, on every machine alike.
  expect(result.memoryBytes).toBeLessThan(64 * 2 ** 20 + 128 * bytes.length);
  if (bomb.expect === "translated") expect(result.error).toBe("");
  if (bomb.expect === "refused") expect(result.code).not.toBe(DONE);
  if (bomb.error) expect(result.error).toMatch(bomb.error);
  return { bytes, result };
}

describe("a small module cannot make translation or compilation large", () => {
  for (const bomb of SIZE_BOMBS)
    it(
      bomb.name,
      () => {
        const { bytes, result } = attempt(bomb);
        if (result.code === DONE) {
          expect(result.output!.length).toBeLessThan(100_000 + 16 * bytes.length);
          if (WebAssembly.validate(bytes as BufferSource))
            expect(() => new WebAssembly.Module(result.output as BufferSource)).not.toThrow();
        } else expect(result.code).toBe(LIMIT);
      },
      HANG_MS,
    );
});

describe("a malformed module is refused with an error", () => {
  for (const bomb of MALFORMED_BOMBS)
    it(bomb.name, () => {
      const { bytes, result } = attempt(bomb);
      expect([MALFORMED, LIMIT]).toContain(result.code);
      expect(result.offset).toBeLessThanOrEqual(bytes.length);
    });
});

describe("reserved names cannot be used by a guest", () => {
  for (const bomb of RESERVED_BOMBS)
    it(bomb.name, () => {
      const { result } = attempt(bomb);
      expect(result.code).toBe(bomb.expect === "refused" ? RESERVED : DONE);
    });

  it("a manifest of the guest's own is not in the output", () => {
    const { result } = attempt(RESERVED_BOMBS.find((b) => b.name === "a manifest of the guest's own")!);
    const module = new WebAssembly.Module(result.output as BufferSource);
    const [manifest, ...more] = WebAssembly.Module.customSections(module, "wv:manifest");
    expect(more).toEqual([]);
    expect([...new Uint8Array(manifest!)]).not.toEqual([1, 255, 255, 255]);
  });
});

describe("a feature that is not supported is refused by its name", () => {
  for (const bomb of FEATURE_BOMBS)
    it(bomb.name, () => {
      const { bytes, result } = attempt(bomb);
      expect(result.code).toBe(UNSUPPORTED);
      expect(result.offset).toBeGreaterThan(bytes.length === 8 ? 3 : 7);
      expect(result.offset).toBeLessThan(bytes.length);
    });
});

function hostileRuns(bombs: readonly RunningBomb[]): void {
  for (const bomb of bombs)
    it(
      bomb.name,
      async () => {
        const before = process.memoryUsage().rss;
        const begin = performance.now();
        const ended = await runBomb(bomb);
        const ms = Math.round(performance.now() - begin);
        const grownMiB = Math.round((process.memoryUsage().rss - before) / 2 ** 20);
        console.log(
          `${bomb.name}: ${ended.how}, ${ended.spent} units, reach ${ended.reach}, ${grownMiB} MiB, ${ms} ms`,
        );
        expect(bomb.ends).toContain(ended.how);
        if (bomb.returns) expect([ended.result].flat()).toEqual(bomb.returns);
        expect(ended.spent).toBeLessThanOrEqual(BUDGET);
        expect(ended.reach).toBeLessThanOrEqual(bomb.reach ?? 10_000);
        expect(grownMiB).toBeLessThan(700);
      },
      HANG_MS,
    );
}

describe("a guest that never ends stops when its budget is spent", () => hostileRuns(ENDLESS_BOMBS));
describe("a guest that recurses for ever ends by the stack account, never by the native stack", () =>
  hostileRuns(STACK_BOMBS));
describe("a huge operation traps or fails at once", () => hostileRuns(TRAP_BOMBS));
