// Calls of one instance that exist at the same time, when the program keeps a stack in its memory.
import { describe, expect, it } from "vitest";
import { BudgetSpent, type CallStopped } from "../../src/embed/stopped.js";
import { assemble, embed } from "./hand-made.js";

/**
 * As a compiler writes it: `hold` keeps its argument in a frame of 16 bytes on the stack in memory, asks the host, and
 * returns what it finds there. `$global` is how the stack pointer is known.
 */
const program = (global: string, name = "$sp") =>
  assemble(
    `(module
    (import "host" "ask" (func $ask (param i32)))
    (memory (export "memory") 1)
    ${global}
    (func (export "hold") (param $n i32) (result i32) (local $frame i32)
      (local.set $frame (i32.sub (global.get $sp) (i32.const 16)))
      (global.set $sp (local.get $frame))
      (i32.store (local.get $frame) (local.get $n))
      (call $ask (local.get $n))
      (i32.load (local.get $frame))
      (global.set $sp (i32.add (local.get $frame) (i32.const 16))))
    (func (export "spin") (param $n i32)
      (global.set $sp (i32.sub (global.get $sp) (i32.const 160)))
      (i32.store (global.get $sp) (local.get $n))
      (loop $l (br_if $l (i32.eq (i32.load (global.get $sp)) (local.get $n))))
      unreachable)
    (func (export "crash") (global.set $sp (i32.sub (global.get $sp) (i32.const 160))) unreachable)
    (func (export "reserve") (result i32)
      (global.set $sp (i32.sub (global.get $sp) (i32.const 32))) (global.get $sp))
    (func (export "top") (result i32) (global.get $sp)))`.replaceAll("$sp", name),
  );
const named = program(`(global $sp (export "__stack_pointer") (mut i32) (i32.const 1024))`);
const anonymous = program(`(global $sp (mut i32) (i32.const 1024))`);
/** Known by the name section. */
const called = program(`(global $sp (mut i32) (i32.const 1024))`, "$__stack_pointer");

/** Each call of `hold` waits until it is released. */
function gate() {
  const waiting = new Map<number, () => void>();
  const ask = (n: number) => new Promise<void>((resolve) => waiting.set(n, resolve));
  const asked = async (n: number) => {
    while (!waiting.has(n)) await turn();
  };
  return { imports: { host: { ask } }, asked, release: (n: number) => waiting.get(n)!() };
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 2));
const stopped = (call: Promise<unknown>) =>
  call.then(
    () => Promise.reject(),
    (error) => error as CallStopped,
  );

describe("calls that wait at the same time", () => {
  it("nest: the one below goes on when those above it are over, so that each finds its own on the stack", async () => {
    const { imports, asked, release } = gate();
    const instance = await embed.instantiate(anonymous, imports);
    const order: number[] = [];
    const calls = [1, 2, 3].map((n) =>
      instance.call("hold", [n]).then((result) => {
        order.push(n);
        return result;
      }),
    );
    await asked(3);
    release(1);
    await turn();
    const late = instance.call("hold", [4]);
    await asked(4);
    for (const n of [2, 4, 3]) release(n);
    expect(await Promise.all([...calls, late])).toEqual([1, 2, 3, 4]);
    expect(order).toEqual([3, 2, 1]);
    expect(await instance.call("top")).toBe(1024);
  });

  it("of linked instances nest together", async () => {
    const { imports, asked, release } = gate();
    const runtime = embed.createRuntime();
    const library = await embed.instantiate(anonymous, imports, { runtime });
    const user = assemble(`(module (import "lib" "hold" (func $hold (param i32) (result i32)))
      (func (export "go") (param i32) (result i32) (call $hold (local.get 0))))`);
    const users = await Promise.all(
      [1, 2].map(() => embed.instantiate(user, { lib: library.exports }, { runtime })),
    );
    const calls = users.map((instance, i) => instance.call("go", [i]));
    await asked(1);
    release(0);
    await turn();
    release(1);
    expect(await Promise.all(calls)).toEqual([0, 1]);
    expect(await library.call("top")).toBe(1024);
  });

  it("need not nest when the module has no global for a stack, or is said to keep none", async () => {
    const plain = assemble(`(module (import "host" "ask" (func $ask (param i32)))
      (func (export "hold") (param i32) (result i32) (call $ask (local.get 0)) (local.get 0)))`);
    for (const [bytes, options] of [
      [plain, {}],
      [anonymous, { interleave: true }],
    ] as const) {
      const { imports, asked, release } = gate();
      const instance = await embed.instantiate(bytes, imports, options);
      const first = instance.call("hold", [1]);
      const second = instance.call("hold", [2]);
      await asked(2);
      release(1);
      await first;
      release(2);
      await second;
    }
  });
});

describe("a call that is held", () => {
  it("is dropped when one below it goes on, whose frames would be where its own are", async () => {
    const { imports, asked, release } = gate();
    const instance = await embed.instantiate(named, imports);
    const below = instance.call("hold", [1]);
    await asked(1);
    const above = await stopped(instance.call("spin", [7], { budget: 1000 }));
    expect(above).toBeInstanceOf(BudgetSpent);
    expect(above.resumable).toBe(true);
    release(1);
    expect(await below).toBe(1);
    expect(above.resumable).toBe(false);
    expect(await instance.call("top")).toBe(1024);
  });

  it("lets later calls run above it, and goes on afterwards", async () => {
    const { imports, asked, release } = gate();
    const instance = await embed.instantiate(named, imports);
    const held = await stopped(instance.call("spin", [7], { budget: 1000 }));
    const later = instance.call("hold", [5]);
    await asked(5);
    release(5);
    expect(await later).toBe(5);
    new Int32Array(instance.memory!.buffer)[(1024 - 160) / 4] = 8;
    await expect(held.resume({ budget: 1000 })).rejects.toBeInstanceOf(WebAssembly.RuntimeError);
    expect(await instance.call("top")).toBe(1024);
  });

  it("and goes on while a later one is being run, waits for that", async () => {
    const { imports, asked, release } = gate();
    const instance = await embed.instantiate(named, imports);
    const controller = new AbortController();
    const call = stopped(instance.call("hold", [1], controller));
    await asked(1);
    controller.abort();
    const held = await call;
    const later = instance.call("hold", [2]);
    await asked(2);
    const resumed = held.resume();
    release(1);
    await turn();
    release(2);
    expect(await later).toBe(2);
    expect(await resumed).toBe(1);
  });
});

describe("the stack pointer that a program is known to have", () => {
  it("is as before the call when that traps or is dropped: nothing leaks, however often", async () => {
    for (const bytes of [named, called]) {
      const { imports } = gate();
      const instance = await embed.instantiate(bytes, imports);
      for (let i = 0; i < 50; i++) {
        await expect(instance.call("crash")).rejects.toBeInstanceOf(WebAssembly.RuntimeError);
        expect(() => instance.callSync("crash")).toThrow(WebAssembly.RuntimeError);
        (await stopped(instance.call("spin", [i], { budget: 100 }))).drop();
      }
      expect(await instance.call("top")).toBe(1024);
    }
  });

  it("stays where a call that is done has left it", async () => {
    const instance = await embed.instantiate(named, gate().imports);
    expect(await instance.call("reserve")).toBe(992);
    expect(await instance.call("top")).toBe(992);
    await expect(instance.call("crash")).rejects.toThrow();
    expect(await instance.call("top")).toBe(992);
  });
});
