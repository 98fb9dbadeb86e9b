// Whatever the bytes are, the checker answers, and soon.
import { expect, it } from "vitest";
import { assertVerified, verify } from "../../src/checker/index.js";
import { assemble, sample } from "./assemble.js";

const good = assemble(sample);

/** xorshift32: the same bytes on every run. */
function* randomNumbers(seed: number): Generator<number, never> {
  for (let x = seed; ; ) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    yield x >>> 0;
  }
}

it("refuses every beginning of a module that is not the whole", () => {
  for (let length = 0; length < good.length - 200; length++) {
    const verdict = verify(good.subarray(0, length));
    if (verdict.ok) expect(WebAssembly.validate(good.slice(0, length) as BufferSource)).toBe(true);
  }
});

it("answers for bytes changed at random, and has no failure of its own", () => {
  const random = randomNumbers(20_260_101);
  for (let i = 0; i < 20_000; i++) {
    const changed = good.slice();
    for (let k = random.next().value % 4; k >= 0; k--) {
      changed[random.next().value % changed.length] = random.next().value;
    }
    const verdict = verify(changed);
    if (verdict.ok) continue;
    expect(verdict.problems[0]!.message).not.toContain("the checker failed");
  }
});

it("refuses what is no module at all", () => {
  expect(verify(new Uint8Array())).toMatchObject({ ok: false, problems: [{ rule: "malformed" }] });
  expect(verify(new TextEncoder().encode("#!/bin/sh"))).toMatchObject({ ok: false });
});

it("says rule, place and reason when asked to throw", () => {
  const bad = assemble(sample.replace("(call $memory_grow (local.get $n))", "(memory.grow (local.get $n))"));
  expect(() => assertVerified(bad)).toThrow(/forbidden: function \d+, offset \d+: memory.grow/);
  expect(assertVerified(good).loops).toBe(2);
});

/** A module of `count` functions `(param i32)` with this body; the text format's assembler is too slow for these. */
function moduleOf(body: number[], count = 1, locals: number[] = [0]): Uint8Array {
  const code = [...locals, ...body, 0x0b];
  const bodies = [...leb(count)];
  const sized = [...leb(code.length), ...code];
  for (let i = 0; i < count; i++) for (const byte of sized) bodies.push(byte);
  const types = [...leb(count), ...new Array(count).fill(0)];
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const sections = [section(1, [1, 0x60, 1, 0x7f, 0]), section(3, types), section(10, bodies)];
  return new Uint8Array(header.concat(...sections));
}

function section(id: number, content: number[]): number[] {
  return [id, ...leb(content.length)].concat(content);
}

function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)];
}

function repeat(bytes: number[], count: number): number[] {
  return new Array(count).fill(bytes).flat();
}

const n = 20_000;
it.each<[string, number[]]>([
  ["blocks", [...repeat([2, 0x40], n), ...repeat([0x0b], n)]],
  ["loops", [...repeat([3, 0x40], n), ...repeat([0x0b], n)]],
  [
    "branches out of loops",
    [...repeat([3, 0x40], n), ...repeat([0x20, 0, 0x0d, ...leb(n)], n), ...repeat([0x0b], n)],
  ],
  ["conditions", [...repeat([0x20, 0, 4, 0x40], n), ...repeat([0x0b], n)]],
])("takes time in proportion for many %s inside each other", (_what, body) => {
  // A quadratic walk would need minutes here, and the test's own limit would end it.
  expect(verify(moduleOf(body))).toMatchObject({ ok: true });
});

it("takes time in proportion for many functions with many locals", () => {
  expect(verify(moduleOf([], 20_000, [1, ...leb(49_000), 0x7f]))).toMatchObject({ ok: true });
});
