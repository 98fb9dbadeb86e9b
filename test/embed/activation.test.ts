import { describe, expect, it } from "vitest";
import { FrameStoreFull, GuestTrap, RuntimeBusy, StackOverflow } from "../../src/base/errors.js";
import { Activation } from "../../src/embed/activation.js";
import { BudgetSpent } from "../../src/embed/stopped.js";
import { arithmetic, asking, countWeight, embed, factWeight, growing } from "./hand-made.js";

const sum = (n: number) => (BigInt(n) * BigInt(n + 1)) / 2n;
const factorial = (n: number): bigint => (n === 0 ? 1n : BigInt.asIntN(64, BigInt(n) * factorial(n - 1)));

describe("a call", () => {
  it("gives the result that it gives natively, however it is sliced, and spends the same to the unit", () => {
    const instance = embed.instantiateSync(arithmetic);
    for (const quantum of [1, 2, 3, 7, 64, 1000, 2 ** 30]) {
      const count = instance.start("count", [1000]);
      expect(count.runToEnd(quantum)).toBe(sum(1000));
      expect(count.spent, `quantum ${quantum}`).toBe(countWeight(1000));
      const fact = instance.start("fact", [20]);
      expect(fact.runToEnd(quantum)).toBe(factorial(20));
      expect(fact.spent, `quantum ${quantum}`).toBe(factWeight(20));
    }
  });

  it("is done with a budget of exactly its weight, and spent with one unit less", () => {
    const instance = embed.instantiateSync(arithmetic);
    for (const quantum of [1, 13, 10_000]) {
      const enough = instance.start("count", [50], { budget: countWeight(50) });
      expect(enough.runToEnd(quantum)).toBe(sum(50));
      const short = instance.start("count", [50], { budget: countWeight(50) - 1 });
      expect(() => short.runToEnd(quantum)).toThrow(BudgetSpent);
      expect(short.status).toBe("suspended");
      short.addBudget(1);
      expect(short.runToEnd(quantum)).toBe(sum(50));
      expect(short.spent).toBe(countWeight(50));
    }
  });

  it("runs in slices, with the event loop between them", async () => {
    const instance = await embed.instantiate(arithmetic);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    expect(await instance.call("count", [20_000_000], { quantum: 10_000 })).toBe(sum(20_000_000));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });

  it("takes objects for numbers as natively, and what their conversion calls does not disturb it", () => {
    const instance = embed.instantiateSync(arithmetic, {}, { quantum: 1 });
    const count = instance.exports.count as (n: number) => bigint;
    const n = { valueOf: () => Number(count(4)) };
    for (const quantum of [1, 1000]) expect(instance.callSync("count", [n], { quantum })).toBe(sum(10));
  });

  it("of a name that is not exported is an error that names what is", () => {
    const instance = embed.instantiateSync(arithmetic);
    expect(() => instance.start("cuont")).toThrow(/"cuont".*count, fact/);
  });
});

describe("activations", () => {
  it("of one runtime have stacks of their own, and of two runtimes too", () => {
    const first = embed.instantiateSync(arithmetic);
    const second = embed.instantiateSync(arithmetic, {}, { runtime: first.runtime });
    const third = embed.instantiateSync(arithmetic);
    const calls = [
      first.start("count", [500]),
      second.start("fact", [15]),
      third.start("count", [400]),
      first.start("fact", [12]),
    ];
    while (calls.some(({ status }) => status !== "done")) {
      for (const call of calls) if (call.status !== "done") call.step(9);
    }
    expect(calls.map(({ result }) => result)).toEqual([sum(500), factorial(15), sum(400), factorial(12)]);
  });

  it("are kept as data, dropped, and restored several times", () => {
    const instance = embed.instantiateSync(arithmetic);
    const call = instance.start("fact", [20]);
    expect(call.step(40)).toBe("suspended");
    const image = call.image();
    call.drop();
    expect(image.cells.length).toBeGreaterThanOrEqual(20);
    for (const quantum of [1, 5, 100]) {
      const restored = Activation.restore(instance.runtime, image);
      expect(restored.runToEnd(quantum)).toBe(factorial(20));
    }
    expect(() => call.step()).toThrow(/dropped/);
  });

  it("move their store to a larger place as it fills, and end cleanly when it may not", () => {
    const deep = embed.instantiateSync(arithmetic, {}, { stackBytes: 200_000, frameBytes: 60_000 });
    expect(deep.callSync("fact", [3000], { quantum: 4 * 2000 })).toBe(0n);
    const shallow = embed.instantiateSync(arithmetic, {}, { stackBytes: 200_000, frameBytes: 20_000 });
    expect(() => shallow.callSync("fact", [3000], { quantum: 4 * 2000 })).toThrow(FrameStoreFull);
    expect(shallow.callSync("fact", [20], { quantum: 1 })).toBe(factorial(20));
  });

  it("may not be stepped from inside a running one", () => {
    const runtime = embed.createRuntime();
    const inner = embed.instantiateSync(arithmetic, {}, { runtime });
    let seen: unknown;
    const f = () => {
      try {
        inner.callSync("count", [1]);
      } catch (error) {
        seen = error;
      }
      return 5n;
    };
    const outer = embed.instantiateSync(asking, { m: { f } }, { runtime });
    expect(outer.callSync("ask", [1])).toBe(5n);
    expect(seen).toBeInstanceOf(RuntimeBusy);
  });
});

describe("what a guest ends with", () => {
  it("is a GuestTrap with the engine's error as its cause, and the runtime is clean after it", () => {
    const instance = embed.instantiateSync(growing);
    for (let i = 0; i < 3; i++) {
      let trap: unknown;
      try {
        instance.callSync("crash");
      } catch (error) {
        trap = error;
      }
      expect(trap).toBeInstanceOf(GuestTrap);
      expect(trap).toBeInstanceOf(WebAssembly.RuntimeError);
      expect((trap as GuestTrap).cause).toBeInstanceOf(WebAssembly.RuntimeError);
      expect(instance.callSync("size", [0])).toBe(1);
    }
  });

  it("is a StackOverflow at the same depth in every slicing", () => {
    for (const quantum of [1, 50, 2 ** 30]) {
      const instance = embed.instantiateSync(arithmetic, {}, { stackBytes: 64 * 101 });
      expect(instance.callSync("fact", [100], { quantum })).toBe(factorial(100));
      expect(() => instance.callSync("fact", [101], { quantum })).toThrow(StackOverflow);
      expect(() => instance.callSync("fact", [101], { quantum })).toThrow(RangeError);
      expect(instance.callSync("fact", [20], { quantum })).toBe(factorial(20));
    }
  });
});

describe("quotas", () => {
  it("on memory bound growth and are checked before anything is instantiated", () => {
    const free = embed.instantiateSync(growing);
    expect([1, 1, 1, 1].map((delta) => free.callSync("grow", [delta]))).toEqual([1, 2, 3, -1]);
    const held = embed.instantiateSync(growing, {}, { memoryPages: 2 });
    expect([1, 1].map((delta) => held.callSync("grow", [delta]))).toEqual([1, -1]);
    expect(() => (held.exports.memory as WebAssembly.Memory).grow(1)).toThrow(RangeError);
    expect(() => embed.instantiateSync(growing, {}, { memoryPages: 0 })).toThrow(/1 pages.*memoryPages is 0/);
  });
});
