// The runtime with what the translator really makes.
import { describe, expect, it } from "vitest";
import {
  describeLocation,
  GuestTrap,
  HostMemoryExhausted,
  StackOverflow,
  WaitRefused,
} from "../../src/base/errors.js";
import { describeFrames } from "../../src/embed/frames.js";
import type { Imports } from "../../src/embed/link.js";
import { memoryShim } from "../../src/embed/shim-code.js";
import { assemble, embed } from "./hand-made.js";

type AnyExport = (...args: unknown[]) => unknown;
const instantiate = (wat: string, imports: Imports = {}, options = {}) =>
  embed.instantiateSync(assemble(wat), imports, options);
const native = (wat: string, imports: WebAssembly.Imports = {}) =>
  new WebAssembly.Instance(new WebAssembly.Module(assemble(wat)), imports).exports;

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("a trap", () => {
  const wat = `(module
    (func $inner (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
    (func $outer (export "outer") (param $n i32) (result i32)
      (loop $l (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (call $inner (local.get $n)))
    (func $deep (export "deep") (param $n i32) (result i32)
      (i32.add (i32.const 1) (call $deep (local.get $n)))))`;

  it("names the original function and the instruction's offset in the original module", () => {
    const original = assemble(wat);
    const divisionAt = original.findIndex((byte, at) => byte === 0x6d && original[at - 1] === 0x00);
    for (const quantum of [1, 1000]) {
      const instance = embed.instantiateSync(original);
      const trap = thrownBy(() => instance.callSync("outer", [100], { quantum })) as GuestTrap;
      expect(trap).toBeInstanceOf(GuestTrap);
      expect(trap.message).toMatch(/zero/);
      expect(trap.location).toEqual({ functionIndex: 0, functionName: "inner", byteOffset: divisionAt });
      expect(describeLocation(trap.location!)).toContain("function 0, inner, at byte 0x");
    }
  });

  it("by a stack that is spent names who asked for more", () => {
    const overflow = thrownBy(() => instantiate(wat).callSync("deep", [1])) as StackOverflow;
    expect(overflow).toBeInstanceOf(StackOverflow);
    expect(overflow.location?.functionName).toBe("deep");
  });
});

describe("the frames of a suspended call", () => {
  it("are named by function, offset and typed slots of the original module", () => {
    const instance = instantiate(`(module
      (func $work (param $n i32) (result i64) (local $sum i64)
        (loop $l
          (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (local.get $n))))
          (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $sum))
      (func $main (export "main") (result i64) (i64.add (call $work (i32.const 1000)) (i64.const 1))))`);
    const call = instance.start("main");
    for (let i = 0; i < 20; i++) expect(call.step(1)).toBe("suspended");
    const frames = describeFrames(instance.runtime, call.image());
    expect(frames.map(({ functionName, kind }) => [functionName, kind])).toEqual([
      ["main", "call"],
      ["work", "loop"],
    ]);
    const [n, sum] = [0, 1].map(
      (local) => frames[1]!.values.find(({ slot }) => slot === 2 * local)!.cells[0]!,
    );
    expect(n).toBeLessThan(1000n);
    const done = 1000n - n!;
    expect(sum).toBe((done * (1000n + n! + 1n)) / 2n);
    expect(call.runToEnd()).toBe(500_501n);
  });
});

describe("memory.atomic.wait", () => {
  const memory = `(memory (export "memory") 1 1 shared)`;
  const wat = `(module ${memory}
    (func (export "wait") (param $expected i32) (param $ns i64) (result i32)
      (memory.atomic.wait32 (i32.const 8) (local.get $expected) (local.get $ns)))
    (func (export "notify") (param $count i32) (result i32)
      (atomic.fence)
      (memory.atomic.notify (i32.const 8) (local.get $count))))`;

  it("gives 1 at once when the value is another, and 2 when the time is over", async () => {
    const instance = instantiate(wat);
    expect(await instance.call("wait", [7, 1_000_000_000n])).toBe(1);
    expect(await instance.call("wait", [0, 0n])).toBe(2);
    expect(await instance.call("wait", [0, 2_000_000n])).toBe(2);
    expect(instance.callSync("wait", [0, 2_000_000n])).toBe(2);
  });

  it("sleeps until another call notifies, which gets to run meanwhile", async () => {
    const instance = instantiate(wat);
    const sleepers = [1, 2, 3].map(() => instance.call("wait", [0, -1n]));
    expect(await instance.call("notify", [2])).toBe(2);
    expect(await Promise.all(sleepers.slice(0, 2))).toEqual([0, 0]);
    expect(await instance.call("notify", [5])).toBe(1);
    expect(await sleepers[2]).toBe(0);
    expect(await instance.call("notify", [5])).toBe(0);
  });

  it("ends with the signal, and is refused where nobody could wake it", async () => {
    const instance = instantiate(wat);
    const controller = new AbortController();
    const sleeper = instance.call("wait", [0, -1n], { signal: controller.signal });
    setTimeout(() => controller.abort("enough"), 5);
    await expect(sleeper).rejects.toMatchObject({ name: "AbortError", cause: "enough" });
    expect(() => instance.callSync("wait", [0, -1n])).toThrow(WaitRefused);
    const direct = thrownBy(() => (instance.exports.wait as AnyExport)(0, -1n));
    expect(embed.explain(instance.runtime, direct)).toBeInstanceOf(WaitRefused);
    expect(await instance.call("notify", [5])).toBe(0);
  });
});

describe("a table that JS and guests share", () => {
  const user = `(module
    (type $f (func (param i32) (result i32)))
    (import "m" "table" (table 4 funcref))
    (func $twice (export "twice") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
    (elem (i32.const 0) $twice)
    (func (export "at") (param $i i32) (param $x i32) (result i32)
      (loop $l (br_if $l (i32.lt_s (local.tee $x (i32.add (local.get $x) (i32.const 1))) (i32.const 100))))
      (call_indirect (type $f) (local.get $x) (local.get $i))))`;
  const spinning = `(module
    (func (export "spin") (param $n i32) (result i32)
      (loop $l (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (i32.const 11)))`;
  const calling = (f: unknown) =>
    native(
      `(module (import "m" "f" (func $f (param i32) (result i32)))
        (func (export "through") (param i32) (result i32) (call $f (local.get 0))))`,
      { m: { f: f as WebAssembly.ImportValue } },
    ).through;

  it("may hold what JS puts in, before and after linking; what calls back is pinned; JS reads what it put in", () => {
    const runtime = embed.createRuntime({ quantum: 10 });
    const inner = instantiate(spinning, {}, { runtime });
    const before = calling(inner.exports.spin);
    const after = calling(inner.exports.spin);
    const table = new WebAssembly.Table({ element: "anyfunc", initial: 4 });
    table.set(1, before);
    const instance = instantiate(user, { m: { table } }, { runtime });
    table.set(2, after);
    table.set(3, inner.exports.spin);
    expect([table.get(1), table.get(2), table.get(3)]).toEqual([before, after, inner.exports.spin]);
    expect(table.get(0)).toBe(instance.exports.twice);
    for (const quantum of [1, 50, 100_000]) {
      expect(instance.callSync("at", [0, 3], { quantum })).toBe(200);
      for (const slot of [1, 2, 3]) expect(instance.callSync("at", [slot, 3], { quantum })).toBe(11);
    }
    expect(table.grow(2, after)).toBe(4);
    expect(table.get(5)).toBe(after);
    expect(instance.callSync("at", [5, 3], { quantum: 1 })).toBe(11);
  });

  it("keeps native errors for what does not belong into it", () => {
    const table = new WebAssembly.Table({ element: "anyfunc", initial: 4 });
    instantiate(user, { m: { table } });
    expect(() => table.set(0, () => 1)).toThrow(TypeError);
    expect(() => table.set(9, null)).toThrow(RangeError);
    table.set(0);
    expect(table.get(0)).toBe(null);
  });

  it("grows within the quota alone", () => {
    const growing = `(module (table 2 funcref)
      (func (export "grow") (param i32) (result i32) (table.grow (ref.null func) (local.get 0)))
      (func (export "size") (result i32) (table.size)))`;
    const instance = instantiate(growing, {}, { tablesMax: 10 });
    expect([5, 3, 1, -1].map((delta) => instance.callSync("grow", [delta]))).toEqual([2, 7, -1, -1]);
    expect(instance.callSync("size")).toBe(10);
    expect(() => instantiate(growing, {}, { tablesMax: 1 })).toThrow(/tablesMax is 1/);
  });
});

describe("exceptions of JS", () => {
  it("pass through guests unchanged, also through one that catches, is suspended, and throws them on", () => {
    const error = new Error("of the host");
    const instance = instantiate(
      `(module
        (import "m" "throw" (func $throw))
        (func (export "pass") (param $n i32)
          (try (do (call $throw))
            (catch_all
              (loop $l (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (rethrow 0)))))`,
      {
        m: {
          throw: () => {
            throw error;
          },
        },
      },
    );
    for (const quantum of [1, 7, 100_000]) {
      expect(thrownBy(() => instance.callSync("pass", [50], { quantum }))).toBe(error);
    }
  });
});

describe("exceptions of another translated instance", () => {
  const throwing = `(module (tag $t (export "t") (param i32))
    (table (export "table") 1 funcref) (elem (i32.const 0) $f)
    (func $f (export "f") (throw $t (i32.const 5))))`;
  const keeping = (body: string) => `(module
    (import "m" "f" (func $f)) (import "m" "table" (table 1 funcref))
    (func (export "pass") (param $n i32)
      (try (do ${body})
        (catch_all
          (loop $l (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
          (rethrow 0)))))`;

  it("are kept while the catcher is suspended, and thrown on", () => {
    for (const quantum of [1, 7, 100_000]) {
      const runtime = embed.createRuntime();
      const { exports } = instantiate(throwing, {}, { runtime });
      const instance = instantiate(keeping("(call $f)"), { m: exports }, { runtime });
      const thrown = thrownBy(() => instance.callSync("pass", [50], { quantum })) as WebAssembly.Exception;
      expect(thrown).toBeInstanceOf(WebAssembly.Exception);
      expect(thrown.getArg(exports.t as unknown as WebAssembly.Tag, 0)).toBe(5);
    }
  });

  it("end the guest that must keep them when they came through a table, where nobody saw them", () => {
    const runtime = embed.createRuntime();
    const { exports } = instantiate(throwing, {}, { runtime });
    const instance = instantiate(keeping("(call_indirect (i32.const 0))"), { m: exports }, { runtime });
    const trap = thrownBy(() => instance.callSync("pass", [50])) as GuestTrap;
    expect(trap).toBeInstanceOf(GuestTrap);
    expect(trap.message).toMatch(/exception of another instance/);
  });
});

describe("deterministic mode", () => {
  it("never shows a guest that the host has no memory left: growth within the quota succeeds or ends it", () => {
    const wat = `(module (memory 1 65536) (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))`;
    const instance = instantiate(wat, {}, { deterministic: true, memoryPages: 20 });
    expect(instance.callSync("grow", [20])).toBe(-1);
    expect(instance.callSync("grow", [19])).toBe(1);
    expect(instance.callSync("grow", [1])).toBe(-1);
  });

  it("ends the guest when the host has no memory left", () => {
    const runtime = embed.createRuntime();
    const { hostMemory } = runtime.exports;
    // A memory that ends before the quota stands for a host that is out of memory.
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 3 });
    const module = new WebAssembly.Module(memoryShim(false, 5));
    const { grow } = new WebAssembly.Instance(module, { runtime: { hostMemory }, host: { memory } })
      .exports as Record<string, AnyExport>;
    expect(grow!(2)).toBe(1);
    expect(grow!(3)).toBe(-1);
    expect(
      embed.explain(
        runtime,
        thrownBy(() => grow!(2)),
      ),
    ).toBeInstanceOf(HostMemoryExhausted);
  });
});

describe("the start function and active segments", () => {
  const wat = `(module
    (import "m" "seen" (func $seen (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 4) "\\2a")
    (func $start (local $n i32)
      (local.set $n (i32.const 1000))
      (loop $l (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (call $seen (i32.load8_u (i32.const 4))))
    (start $start))`;

  it("run while instantiating, within the budget, or not at all when the state is to be set", async () => {
    const seen: number[] = [];
    const imports = { m: { seen: (value: number) => seen.push(value) } };
    await embed.instantiate(assemble(wat), imports);
    instantiate(wat, imports);
    expect(seen).toEqual([42, 42]);
    await expect(embed.instantiate(assemble(wat), imports, { budget: 100 })).rejects.toThrow(
      /budget of 100 units/,
    );
    const { exports } = await embed.instantiate(assemble(wat), imports, { init: false });
    expect(new Uint8Array((exports.memory as WebAssembly.Memory).buffer)[4]).toBe(0);
    expect(seen).toEqual([42, 42]);
  });
});
