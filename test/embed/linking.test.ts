import { describe, expect, it } from "vitest";
import { GuestTrap, PinnedExceeded, StackOverflow } from "../../src/base/errors.js";
import { arithmetic, asking, assemble, countWeight, embed, growing, handMade, hiding } from "./hand-made.js";

const sum = (n: number) => (BigInt(n) * BigInt(n + 1)) / 2n;
const instantiateNative = (wat: string, imports: WebAssembly.Imports = {}) =>
  new WebAssembly.Instance(new WebAssembly.Module(assemble(wat)), imports).exports;
type AnyExport = (...args: unknown[]) => unknown;

const recursing = assemble(`(module
  (import "m" "f" (func $f (param i32) (result i32)))
  (func (export "ask") (param i32) (result i32) (call $f (local.get 0))))`);

describe("exports", () => {
  it("look as those of a native instance: no reserved names, frozen, without a prototype", () => {
    const { exports } = embed.instantiateSync(growing);
    expect(Object.keys(exports)).toEqual(["crash", "grow", "size", "memory"]);
    expect(Object.isFrozen(exports)).toBe(true);
    expect(Object.getPrototypeOf(exports)).toBe(null);
  });

  it("can be called directly: the call runs to its end as a pinned section", () => {
    const instance = embed.instantiateSync(arithmetic, {}, { quantum: 10, pinnedBudget: 10_000_000 });
    const count = instance.exports.count as AnyExport;
    expect(count(1000)).toBe(sum(1000));
    expect(count("1000"), "coerced as natively").toBe(sum(1000));
  });

  it("called directly are bounded, and the bound is renewed when JS has returned", async () => {
    const instance = embed.instantiateSync(arithmetic, {}, { quantum: 10, pinnedBudget: 10_000 });
    const count = instance.exports.count as AnyExport;
    let thrown: unknown;
    expect(count(1500)).toBe(sum(1500));
    try {
      count(1500);
    } catch (error) {
      thrown = embed.explain(instance.runtime, error);
    }
    expect(thrown).toBeInstanceOf(PinnedExceeded);
    await Promise.resolve();
    expect(count(1500)).toBe(sum(1500));
    expect(await instance.call("count", [1_000_000])).toBe(sum(1_000_000));
  });
});

describe("imported functions", () => {
  it("of another translated instance of the runtime are linked directly: the stack across both is suspended", () => {
    const runtime = embed.createRuntime();
    const inner = embed.instantiateSync(arithmetic, {}, { runtime });
    const outer = embed.instantiateSync(asking, { m: { f: inner.exports.count } }, { runtime });
    const ask = outer.start("ask", [100]);
    let slices = 0;
    while (ask.step(1) !== "done") slices++;
    expect(ask.result).toBe(sum(100));
    expect(ask.spent).toBe(countWeight(100));
    expect(slices).toBeGreaterThan(100);
  });

  it("of which only the wrapper is known, as from a table, are suspended too", () => {
    const runtime = embed.createRuntime();
    const inner = embed.instantiateSync(hiding, {}, { runtime });
    const wrapper = (inner.exports.get as AnyExport)();
    const outer = embed.instantiateSync(asking, { m: { f: wrapper } }, { runtime });
    const ask = outer.start("ask", [100]);
    let slices = 0;
    while (ask.step(1) !== "done") slices++;
    expect(ask.result).toBe(sum(100));
    expect(ask.spent).toBe(countWeight(100));
    expect(slices).toBeGreaterThan(100);
    expect(runtime.exports.held.value).toBe(0);
  });

  it("whose twin was left out are suspended as well", () => {
    const runtime = embed.createRuntime();
    const inner = embed.instantiateSync(hiding, {}, { runtime });
    const wrapper = inner.exports.get as AnyExport;
    expect(runtime.functions.isTranslated(wrapper as never)).toBe(true);
  });

  it("of JS get and give what they would natively, and their exceptions pass unchanged", () => {
    const error = new Error("of the host");
    const seen: unknown[] = [];
    const f = function (this: unknown, ...args: unknown[]): bigint {
      seen.push([this, ...args]);
      if (args[0] === 13) throw error;
      return 7n;
    };
    const instance = embed.instantiateSync(asking, { m: { f } });
    expect(instance.callSync("ask", [5])).toBe(7n);
    expect(seen).toEqual([[undefined, 5]]);
    expect(() => instance.callSync("ask", [13])).toThrow(error);
    expect(instance.callSync("ask", [5])).toBe(7n);
    expect(instance.runtime.exports.pinned.value).toBe(1);
  });

  it("of JS that call back are pinned sections: not suspended, charged to the call, and exactly bounded", () => {
    for (const quantum of [1, 10, 100_000]) {
      const runtime = embed.createRuntime({ quantum: 10, pinnedBudget: countWeight(200) });
      const inner = embed.instantiateSync(arithmetic, {}, { runtime });
      const f = inner.exports.count as AnyExport;
      const outer = embed.instantiateSync(asking, { m: { f: (n: number) => f(n) } }, { runtime });
      const fits = outer.start("ask", [200]);
      expect(fits.runToEnd(quantum)).toBe(sum(200));
      expect(fits.spent).toBe(countWeight(200));
      const exceeds = outer.start("ask", [201]);
      expect(() => exceeds.runToEnd(quantum)).toThrow(PinnedExceeded);
      expect(outer.callSync("ask", [200])).toBe(sum(200));
    }
  });

  it("whose pinned section spends the whole budget end the call, which cannot go on", () => {
    for (const quantum of [1, 10, 100_000]) {
      const runtime = embed.createRuntime({ quantum: 10 });
      const inner = embed.instantiateSync(arithmetic, {}, { runtime });
      const f = inner.exports.count as AnyExport;
      const outer = embed.instantiateSync(asking, { m: { f: (n: number) => f(n) } }, { runtime });
      const enough = outer.start("ask", [200], { budget: countWeight(200) });
      expect(enough.runToEnd(quantum)).toBe(sum(200));
      const short = outer.start("ask", [200], { budget: countWeight(200) - 1 });
      expect(() => short.runToEnd(quantum)).toThrow(/budget of 1002 units/);
      expect(short.status).toBe("failed");
    }
  });

  it("of JS that call back find the stack account of their caller, not a new one", () => {
    const runtime = embed.createRuntime({ stackBytes: 2048 + 64 * 100 });
    const inner = embed.instantiateSync(arithmetic, {}, { runtime });
    let caught: unknown;
    const f = (n: number): unknown => {
      try {
        return (inner.exports.fact as AnyExport)(n);
      } catch (error) {
        caught = embed.explain;
        expect(error).toBeInstanceOf(WebAssembly.RuntimeError);
        return -1n;
      }
    };
    const outer = embed.instantiateSync(asking, { m: { f } }, { runtime });
    expect(outer.callSync("ask", [3])).toBe(6n);
    expect(outer.callSync("ask", [200])).toBe(-1n);
    expect(caught).toBeDefined();
    expect(() => inner.callSync("fact", [200])).toThrow(StackOverflow);
    expect((inner.exports.fact as AnyExport)(10), "a direct call has the whole account again").toBe(3628800n);
  });

  it("of JS through which a guest recurses end in StackOverflow, not in an overflow of the engine", () => {
    const runtime = embed.createRuntime();
    const imports = { f: (n: number): unknown => (outer.exports.ask as AnyExport)(n) };
    const outer = embed.instantiateSync(recursing, { m: imports }, { runtime });
    for (const quantum of [1, 100_000]) {
      expect(() => outer.callSync("ask", [1], { quantum })).toThrow(StackOverflow);
    }
  });

  it("of untranslated Wasm are pinned as well", () => {
    const runtime = embed.createRuntime({ quantum: 10 });
    const inner = embed.instantiateSync(arithmetic, {}, { runtime });
    const native = instantiateNative(
      `(module (import "m" "f" (func $f (param i32) (result i64)))
        (func (export "f") (param i32) (result i64) (i64.add (call $f (local.get 0)) (i64.const 1))))`,
      { m: { f: inner.exports.count! } },
    );
    const outer = embed.instantiateSync(asking, { m: { f: native.f } }, { runtime });
    const ask = outer.start("ask", [100]);
    expect(ask.runToEnd(1)).toBe(sum(100) + 1n);
    expect(ask.spent).toBe(countWeight(100));
  });

  it("that trap in a call which came back through JS leave the runtime clean", () => {
    const runtime = embed.createRuntime();
    const inner = embed.instantiateSync(growing, {}, { runtime });
    const f = () => (inner.exports.crash as AnyExport)();
    const outer = embed.instantiateSync(asking, { m: { f } }, { runtime });
    expect(() => outer.callSync("ask", [1])).toThrow(GuestTrap);
    expect([runtime.exports.pinned.value, runtime.exports.idle.value]).toEqual([1, 1]);
    expect(inner.callSync("size", [0])).toBe(1);
  });
});

describe("linking errors are those of the engine", () => {
  const wrong = instantiateNative(`(module (func (export "f") (param i64)))`).f;
  const cases: [string, unknown, typeof TypeError | typeof WebAssembly.LinkError][] = [
    ["no imports at all", undefined, TypeError],
    ["no such module", {}, TypeError],
    ["a module that is no object", { m: 1 }, TypeError],
    ["no such function", { m: {} }, WebAssembly.LinkError],
    ["not a function", { m: { f: 1 } }, WebAssembly.LinkError],
    ["a Wasm function of another type", { m: { f: wrong } }, WebAssembly.LinkError],
  ];
  it.each(cases)("for %s", (_, imports, error) => {
    expect(() => embed.instantiateSync(asking, imports as never)).toThrow(error);
  });

  it("for a translated function of another type", () => {
    const runtime = embed.createRuntime();
    const { exports } = embed.instantiateSync(growing, {}, { runtime });
    expect(() => embed.instantiateSync(asking, { m: { f: exports.size } }, { runtime })).toThrow(
      WebAssembly.LinkError,
    );
  });
});

describe("a module that imports one name as functions of two types", () => {
  it("gets a shim for each", () => {
    const twice = handMade(
      `(module
        (import "m" "f" (func $a (param i32 i32 i32) (result i32 i32)))
        (import "m" "f" (func $b (param i32 i32 i32) (result i64 i32)))
        (import "wv" "budget" (global $budget (mut i32)))
        (func (export "both") (param i32) (result i64) (local i32)
          (call $b (local.get 0) (i32.const 9999) (global.get $budget)) (local.set 1)
          (call $a (local.get 0) (i32.const 9999) (local.get 1)) (global.set $budget)
          i64.extend_i32_u i64.add))`,
      {
        imports: [
          ["m", "f", 0],
          ["m", "f", 1],
        ],
        exports: { both: 2 },
        functions: [[1, 0]],
      },
    );
    let calls = 0;
    const f = () => (calls++ === 0 ? 100n : 5);
    expect(embed.instantiateSync(twice, { m: { f } }).callSync("both", [1])).toBe(105n);
  });
});
