// Host imports that promise their results: the guest's frame waits, the thread does not.
import { describe, expect, it } from "vitest";
import { type GuestTrap, RuntimeBusy, WaitRefused } from "../../src/base/errors.js";
import { suspending } from "../../src/embed/host-functions.js";
import { Aborted, BudgetSpent, InstanceDropped, TimedOut } from "../../src/embed/stopped.js";
import { assemble, embed } from "./hand-made.js";

type AnyExport = (...args: unknown[]) => unknown;

/** Calls the import in the middle of a computation, ten times, with values on its operand stack. */
const asking = assemble(`(module
  (import "host" "ask" (func $ask (param i32) (result i32)))
  (func (export "run") (param $n i32) (result i32) (local $i i32) (local $sum i32)
    (loop $l
      (local.set $sum (i32.add (local.get $sum) (i32.mul (i32.const 3) (call $ask (local.get $i)))))
      (br_if $l (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (local.get $sum))
  (func (export "once") (param i32) (result i32) (call $ask (local.get 0)))
  (func (export "spin") (loop $l (br $l)))
  (func (export "count") (param $n i32) (result i32) (local $i i32)
    (loop $l (br_if $l (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (local.get $i)))`);

const later = <T>(value: T, ms = 0) => new Promise<T>((resolve) => setTimeout(() => resolve(value), ms));
const never = () => new Promise<never>(() => {});
const make = (ask: (n: number) => unknown, options = {}) =>
  embed.instantiate(asking, { host: { ask } }, options);
/** An import whose promise is in the test's hands. */
function gate() {
  const settle: { resolve: (n: number) => void; reject: (e: Error) => void }[] = [];
  const ask = () => new Promise<number>((resolve, reject) => settle.push({ resolve, reject }));
  const asked = async (times = 1) => {
    while (settle.length < times) await turn();
  };
  return { ask, asked, settle, release: (n: number) => settle[0]!.resolve(n) };
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 2));

async function thrownBy<E extends Error>(promise: Promise<unknown>): Promise<E> {
  try {
    await promise;
  } catch (error) {
    return error as E;
  }
  throw new Error("nothing was thrown");
}

describe("an import that promises its result", () => {
  it("gives it to the guest when it comes, however the call is sliced", async () => {
    const native = new WebAssembly.Instance(new WebAssembly.Module(asking), {
      host: { ask: (n: number) => n * 2 },
    }).exports.run as AnyExport;
    for (const quantum of [1, 7, 100_000]) {
      const instance = await make((n) => later(n * 2));
      expect(await instance.call("run", [10], { quantum })).toBe(native(10));
    }
  });

  it("may now and then give it at once", async () => {
    const instance = await make((n) => (n % 2 ? later(n) : n));
    expect(await instance.call("run", [10])).toBe(3 * 45);
  });

  it("spends what the same import spends that gives it at once, to the unit, also between stops", async () => {
    const spentWith = async (ask: (n: number) => unknown, quantum?: number) => {
      const instance = await make(ask);
      let last = 0;
      await instance.call("run", [10], { quantum, onProgress: ({ spent }) => (last = spent) });
      return last;
    };
    const sync = await spentWith((n) => n);
    for (const quantum of [1, 13, undefined]) expect(await spentWith((n) => later(n), quantum)).toBe(sync);
    const instance = await make((n) => later(n));
    expect(await instance.call("run", [10], { budget: sync })).toBe(3 * 45);
    const short = await thrownBy<BudgetSpent>(instance.call("run", [10], { budget: sync - 1 }));
    expect(short).toBeInstanceOf(BudgetSpent);
    expect(await short.resume({ budget: 1 })).toBe(3 * 45);
    expect(short.activation.spent).toBe(sync);
  });

  it("of every type gives what the engine makes of the value, as if it had returned it", async () => {
    const wat = `(module
      (import "h" "i32" (func $i32 (result i32)))
      (import "h" "i64" (func $i64 (param i64) (result i64)))
      (import "h" "f32" (func $f32 (param f32 f64) (result f32)))
      (import "h" "f64" (func $f64 (param i32 i32 i32) (result f64)))
      (import "h" "none" (func $none (param i32 i32 i32 i32)))
      (import "h" "two" (func $two (param i32 i32 i32 i32 i32) (result i32 f64)))
      (func (export "i32") (result i32) (call $i32))
      (func (export "i64") (param i64) (result i64) (call $i64 (local.get 0)))
      (func (export "f32") (result f32) (call $f32 (f32.const 1.5) (f64.const 2.5)))
      (func (export "f64") (result f64) (call $f64 (i32.const 1) (i32.const 2) (i32.const 3)))
      (func (export "none") (call $none (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4)))
      (func (export "two") (result i32 f64)
        (call $two (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5))))`;
    let done = 0;
    const h = {
      i32: () => later("42.9"),
      i64: (n: bigint) => later(n + 1n),
      f32: async (a: number, b: number) => a + b,
      f64: (a: number, b: number, c: number) => ({
        // biome-ignore lint/suspicious/noThenProperty: a promise of another make
        then: (resolve: (n: number) => void) => resolve(a + b + c),
      }),
      none: async (...args: number[]) => {
        await turn();
        done = args.length;
      },
      two: async (...args: number[]) => args.slice(3),
    };
    const instance = await embed.instantiate(assemble(wat), { h });
    expect(await instance.call("i32")).toBe(42);
    expect(await instance.call("i64", [2n ** 62n])).toBe(2n ** 62n + 1n);
    expect(await instance.call("f32")).toBe(4);
    expect(await instance.call("f64")).toBe(6);
    expect(await instance.call("none")).toBe(undefined);
    expect(done).toBe(4);
    expect(await instance.call("two")).toEqual([4, 5]);
  });

  it("as an externref gives the promise itself, as natively, unless it is marked", async () => {
    const wat = `(module (import "h" "f" (func $f (result externref)))
      (func (export "run") (result externref) (call $f)))`;
    const promise = Promise.resolve("value");
    const plain = await embed.instantiate(assemble(wat), { h: { f: () => promise } });
    const call = plain.start("run");
    expect(call.step()).toBe("done");
    expect(call.result).toBe(promise);
    const marked = await embed.instantiate(assemble(wat), { h: { f: suspending(() => promise) } });
    expect(await marked.call("run")).toBe("value");
  });

  it("is called by guests in all the ways there are: direct, through tables, as a re-export, at the start", async () => {
    const wat = `(module
      (import "h" "f" (func $f (param i32) (result i32)))
      (type $t (func (param i32) (result i32)))
      (table (export "table") 2 funcref) (elem (i32.const 0) $f $double)
      (global $started (mut i32) (i32.const 0))
      (export "again" (func $f))
      (func $double (param i32) (result i32) (i32.mul (i32.const 2) (call $f (local.get 0))))
      (func (export "through") (param i32 i32) (result i32)
        (i32.add (i32.const 1000) (call_indirect (type $t) (local.get 1) (local.get 0))))
      (func (export "tail") (param i32) (result i32) (return_call $f (local.get 0)))
      (func (export "started") (result i32) (global.get $started))
      (func $start (global.set $started (call $f (i32.const 5))))
      (start $start))`;
    const instance = await embed.instantiate(assemble(wat), { h: { f: (n: number) => later(n + 1) } });
    for (const quantum of [1, 1000]) {
      expect(await instance.call("started", [], { quantum })).toBe(6);
      expect(await instance.call("through", [0, 1], { quantum })).toBe(1002);
      expect(await instance.call("through", [1, 1], { quantum })).toBe(1004);
      expect(await instance.call("again", [7], { quantum })).toBe(8);
      expect(await instance.call("tail", [8], { quantum })).toBe(9);
    }
    expect(instance.runtime.exports.held.value).toBe(0);
  });

  it("suspends a stack that crosses instances", async () => {
    const runtime = embed.createRuntime();
    const inner = await make((n) => later(n), { runtime });
    const outer = await embed.instantiate(asking, { host: { ask: inner.exports.once } }, { runtime });
    expect(await outer.call("run", [10])).toBe(3 * 45);
  });

  it("is stepped by hand as well: waiting until it comes", async () => {
    const instance = await make((n) => later(n));
    const call = instance.start("once", [5]);
    let woken = 0;
    call.onWake = () => woken++;
    expect(call.step()).toBe("waiting");
    expect(call.step()).toBe("waiting");
    await later(0, 3);
    expect(woken).toBe(1);
    expect(call.step()).toBe("done");
    expect(call.result).toBe(5);
  });
});

describe("a promise that is rejected", () => {
  const error = new Error("of the host");

  it("is thrown in the guest at the call, and ends it with the reason unchanged when nobody catches it", async () => {
    for (const reason of [error, "text", undefined]) {
      const instance = await make(async () => {
        await turn();
        throw reason;
      });
      let seen: unknown = "nothing";
      await instance.call("run", [10]).catch((thrown) => {
        seen = thrown;
      });
      expect(seen).toBe(reason);
      expect(await instance.call("count", [5])).toBe(5);
    }
  });

  it("is caught by a guest that catches everything, as one thrown at once", async () => {
    const wat = `(module
      (import "h" "f" (func $f (param i32) (result i32)))
      (func (export "run") (param i32) (result i32)
        (try (result i32) (do (call $f (local.get 0))) (catch_all (i32.const -1))))
      (func (export "passes") (param i32) (result i32)
        (try (result i32) (do (call $f (local.get 0))) (catch_all (rethrow 0)))))`;
    const f = async (n: number) => {
      await turn();
      if (n === 13) throw error;
      return n;
    };
    const instance = await embed.instantiate(assemble(wat), { h: { f } });
    for (const quantum of [1, 1000]) {
      expect(await instance.call("run", [5], { quantum })).toBe(5);
      expect(await instance.call("run", [13], { quantum })).toBe(-1);
      expect(await thrownBy(instance.call("passes", [13], { quantum }))).toBe(error);
    }
  });

  it("is charged exactly", async () => {
    const spentUntil = async (ask: () => unknown) => {
      const call = (await make(ask)).start("run", [10]);
      await expect(call.run()).rejects.toBe(error);
      return call.spent;
    };
    const reject = async () => {
      await turn();
      throw error;
    };
    const throws = () => {
      throw error;
    };
    expect(await spentUntil(reject)).toBe(await spentUntil(throws));
  });

  it("is a trap when the engine cannot take the value", async () => {
    const wat = `(module (import "h" "f" (func $f (result i64))) (func (export "run") (result i64) (call $f)))`;
    const instance = await embed.instantiate(assemble(wat), { h: { f: async () => 5 } });
    await expect(instance.call("run")).rejects.toBeInstanceOf(TypeError);
  });
});

describe("while an import's promise is pending", () => {
  it("other calls of the same instance go on, and the event loop too", async () => {
    const { ask, release } = gate();
    const instance = await make(ask);
    const waiting = instance.call("once", [1]);
    expect(await instance.call("count", [1000])).toBe(1000);
    expect(instance.callSync("count", [1000])).toBe(1000);
    expect((instance.exports.count as AnyExport)(10)).toBe(10);
    release(5);
    expect(await waiting).toBe(5);
  });

  it("it may call the instance back, as deep as it likes", async () => {
    const instance = await make(async (n) =>
      n === 0 ? 0 : n + ((await instance.call("once", [n - 1])) as number),
    );
    expect(await instance.call("once", [50])).toBe((50 * 51) / 2);
  });

  it("a host function may not step the guest that is below it on the stack, but may once it has awaited", async () => {
    const seen: unknown[] = [];
    const instance = await make(async (n) => {
      try {
        instance.callSync("count", [2]);
      } catch (error) {
        seen.push(error);
      }
      await turn();
      return n + (instance.callSync("count", [2]) as number);
    });
    expect(await instance.call("once", [1])).toBe(3);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toBeInstanceOf(RuntimeBusy);
  });

  it("a timeout that passes ends the call, which can be resumed, and takes the result when it has come", async () => {
    const { ask, release } = gate();
    const instance = await make(ask);
    let stopped = await thrownBy<TimedOut>(instance.call("once", [1], { timeoutMs: 3 }));
    // It may not have had its turn in that time.
    while (/not begun/.test(stopped.message))
      stopped = await thrownBy<TimedOut>(stopped.resume({ timeoutMs: 3 }));
    expect(stopped).toBeInstanceOf(TimedOut);
    expect(stopped.message).toMatch(/waits for a host import/);
    expect(await instance.call("count", [3])).toBe(3);
    expect(await thrownBy(stopped.resume({ timeoutMs: 3 }))).toBeInstanceOf(TimedOut);
    release(9);
    await turn();
    expect(await stopped.resume()).toBe(9);
  });

  it("an abort ends the call at once, and it can be resumed", async () => {
    const controller = new AbortController();
    const { ask, asked, release } = gate();
    const instance = await make(ask);
    const call = instance.call("once", [1], { signal: controller.signal });
    await asked();
    controller.abort();
    const stopped = await thrownBy<Aborted>(call);
    expect(stopped).toBeInstanceOf(Aborted);
    const resumed = stopped.resume();
    release(4);
    expect(await resumed).toBe(4);
  });

  it("the call or the instance may be dropped: what comes later, result or rejection, is nobody's", async () => {
    const { ask, asked, settle } = gate();
    const instance = await make(ask);
    const controller = new AbortController();
    const aborted = thrownBy<Aborted>(instance.call("once", [1], controller));
    await asked(1);
    controller.abort();
    (await aborted).drop();
    const call = instance.call("once", [1]);
    await asked(2);
    instance.drop();
    expect(await thrownBy(call)).toBeInstanceOf(InstanceDropped);
    settle[0]!.resolve(1);
    settle[1]!.reject(new Error("nobody hears this"));
    await turn();
    expect(instance.runtime.exports.held.value).toBe(0);
  });

  it("a pause holds the guest, not the promise", async () => {
    const { ask, asked, release } = gate();
    const instance = await make(ask);
    const call = instance.call("once", [1]);
    await asked();
    instance.pause();
    release(6);
    let settled = false;
    call.then(() => {
      settled = true;
    });
    await later(0, 20);
    expect(settled).toBe(false);
    instance.resume();
    expect(await call).toBe(6);
  });

  it("a thousand calls wait at once, and each gets its own", async () => {
    const waiting: (() => void)[] = [];
    const instance = await make((n) => new Promise((resolve) => waiting.push(() => resolve(n * 7))), {
      interleave: true,
    });
    const calls = Array.from({ length: 1000 }, (_, n) => instance.call("once", [n]));
    while (waiting.length < 1000) await turn();
    for (const release of waiting.toReversed()) release();
    expect(await Promise.all(calls)).toEqual(calls.map((_, n) => n * 7));
  });
});

describe("where the stack cannot be suspended", () => {
  it("a promise ends the guest: in synchronous calls, direct calls, and below JavaScript on the stack", async () => {
    const instance = await make(() => Promise.reject(new Error("never unhandled")));
    expect(() => instance.callSync("once", [1])).toThrow(WaitRefused);
    let thrown: unknown;
    try {
      (instance.exports.once as AnyExport)(1);
    } catch (error) {
      thrown = embed.explain(instance.runtime, error);
    }
    expect(thrown).toBeInstanceOf(WaitRefused);
    expect((thrown as Error).message).toMatch(/promised.*use call\(\)/);
    const { runtime } = instance;
    const inner = instance.exports.once as AnyExport;
    const outer = await embed.instantiate(asking, { host: { ask: (n: number) => inner(n) } }, { runtime });
    const trap = await thrownBy<GuestTrap>(outer.call("once", [1]));
    expect(trap).toBeInstanceOf(WaitRefused);
    expect(await instance.call("count", [4])).toBe(4);
    expect([runtime.exports.pinned.value, runtime.exports.held.value]).toEqual([1, 0]);
  });

  it("nothing is awaited for an instance without async imports: a promise is no number, as natively", async () => {
    const instance = await make(() => later(5), { asyncImports: false });
    expect(await instance.call("run", [3])).toBe(0);
    const { runtime } = instance;
    const ask = () => later(5);
    const [sync, async] = await Promise.all(
      [false, true].map((asyncImports) => make(ask, { runtime, asyncImports })),
    );
    expect(await sync!.call("once", [1])).toBe(0);
    expect(await async!.call("once", [1])).toBe(5);
  });

  it("an import that never promises is called as before, whatever it returns", async () => {
    const values: unknown[] = [3, "4", null, undefined, { valueOf: () => 5 }, true, [6]];
    const instance = await make((n) => values[n]);
    const results = [];
    for (let n = 0; n < values.length; n++) results.push(await instance.call("once", [n]));
    expect(results).toEqual([3, 4, 0, 0, 5, 1, 6]);
  });
});

describe("instantiate", () => {
  it("waits for a start function that waits, and gives up when it is told to", async () => {
    const wat = `(module (import "h" "f" (func $f)) (func $start (call $f)) (start $start))`;
    let called = 0;
    await embed.instantiate(assemble(wat), { h: { f: async () => later(0).then(() => called++) } });
    expect(called).toBe(1);
    const hangs = embed.instantiate(assemble(wat), { h: { f: never } }, { timeoutMs: 3 });
    const stopped = await thrownBy<TimedOut>(hangs);
    expect(stopped).toBeInstanceOf(TimedOut);
    expect(stopped.resumable).toBe(false);
    const signal = AbortSignal.timeout(3);
    await expect(embed.instantiate(assemble(wat), { h: { f: never } }, { signal })).rejects.toBeInstanceOf(
      Aborted,
    );
    expect(() => embed.instantiateSync(assemble(wat), { h: { f: never } })).toThrow(WaitRefused);
  });
});
