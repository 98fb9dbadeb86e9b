// call(): how a call is bounded, stopped from outside, and goes on.
import { describe, expect, it } from "vitest";
import { GuestTrap, StackOverflow } from "../../src/base/errors.js";
import {
  Aborted,
  BudgetSpent,
  CallStopped,
  InstanceDropped,
  type Progress,
  TimedOut,
} from "../../src/embed/stopped.js";
import { assemble, embed } from "./hand-made.js";

const wat = `(module
  (import "host" "now" (func $now (result i32)))
  (memory (export "memory") 1)
  (func (export "sum") (param $n i32) (result i64) (local $sum i64)
    (loop $l
      (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (local.get $n))))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func (export "spin") (loop $l (br $l)))
  (func (export "ask") (result i32) (call $now))
  (func (export "askAndSpin") (drop (call $now)) (loop $l (br $l)))
  (func (export "until") (param $flag i32) (loop $l (br_if $l (i32.eqz (i32.load (local.get $flag))))))
  (func (export "crash") unreachable)
  (func $deep (export "deep") (call $deep)))`;
const bytes = assemble(wat);
const make = (now: () => unknown = () => 0) => embed.instantiate(bytes, { host: { now } });
const sum = (n: number) => (BigInt(n) * BigInt(n + 1)) / 2n;

/** Whether the instruction at `at` is `unreachable`, alone in a body without locals. */
const isUnreachableBody = (at: number) => [3, 0, 0x00, 0x0b].every((byte, i) => bytes[at - 2 + i] === byte);

async function thrownBy<E extends Error>(promise: Promise<unknown>): Promise<E> {
  try {
    await promise;
  } catch (error) {
    return error as E;
  }
  throw new Error("nothing was thrown");
}

describe("a call that has spent its budget", () => {
  it("goes on where it was with what is added, and ends exactly as if it had not been stopped", async () => {
    const instance = await make();
    let whole = 0;
    await instance.call("sum", [5000], {
      onProgress({ spent }) {
        whole = spent;
      },
    });
    let stopped = await thrownBy<BudgetSpent>(instance.call("sum", [5000], { budget: 1000 }));
    for (let added = 1; ; added++) {
      expect(stopped).toBeInstanceOf(BudgetSpent);
      expect(stopped).toMatchObject({ kind: "budget", resumable: true, budget: 1000 * added });
      expect(stopped.spent).toBeLessThanOrEqual(1000 * added);
      try {
        expect(await stopped.resume({ budget: 1000 })).toBe(sum(5000));
        break;
      } catch (error) {
        stopped = error as BudgetSpent;
      }
    }
    expect(stopped.activation.spent).toBe(whole);
    expect(stopped.resumable).toBe(false);
  });

  it("gets as much again when it is resumed without saying more", async () => {
    const instance = await make();
    const first = await thrownBy<BudgetSpent>(instance.call("spin", [], { budget: 100 }));
    const second = await thrownBy<BudgetSpent>(first.resume());
    expect([first.budget, second.budget]).toEqual([100, 200]);
  });

  it("stays spent when it is resumed with nothing, and is over when it is dropped", async () => {
    const instance = await make();
    const stopped = await thrownBy<BudgetSpent>(instance.call("spin", [], { budget: 100 }));
    expect(await thrownBy(stopped.resume({ budget: 0 }))).toBeInstanceOf(BudgetSpent);
    stopped.drop();
    expect(stopped.resumable).toBe(false);
    await expect(stopped.resume({ budget: 100 })).rejects.toThrow(/dropped/);
    expect(await instance.call("sum", [10])).toBe(sum(10));
  });
});

describe("a call that is not over in time", () => {
  it("rejects with TimedOut, leaves the instance free, and can go on", async () => {
    const instance = await make();
    const memory = new Int32Array(instance.memory!.buffer);
    const stopped = await thrownBy<TimedOut>(instance.call("until", [64], { timeoutMs: 5 }));
    expect(stopped).toBeInstanceOf(TimedOut);
    expect(stopped).toMatchObject({ kind: "timeout", timeoutMs: 5, resumable: true });
    expect(stopped.message).toMatch(/after 5 ms: it was running/);
    expect(await instance.call("sum", [10])).toBe(sum(10));
    expect(await thrownBy(stopped.resume({ timeoutMs: 5 }))).toBeInstanceOf(TimedOut);
    memory[16] = 1;
    expect(await stopped.resume()).toBe(undefined);
  });

  it("may have waited for its turn, and is then resumed before it has begun", async () => {
    const instance = await make();
    const spinning = thrownBy<TimedOut>(instance.call("spin", [], { timeoutMs: 30 }));
    const waiting = await thrownBy<TimedOut>(instance.call("sum", [3], { timeoutMs: 3 }));
    expect(waiting.message).toMatch(/had not begun/);
    const resumed = waiting.resume();
    (await spinning).drop();
    expect(await resumed).toBe(6n);
  });

  it("is refused a time that is none", async () => {
    const instance = await make();
    for (const timeoutMs of [-1, Number.NaN]) {
      await expect(instance.call("sum", [1], { timeoutMs })).rejects.toThrow(/timeoutMs is .*milliseconds/);
    }
    expect(await instance.call("sum", [1], { timeoutMs: 2 ** 40 })).toBe(1n);
  });
});

describe("a call that is aborted", () => {
  it("rejects with an AbortError whose cause is the reason, before it begins or while it runs, and can go on", async () => {
    const instance = await make();
    const reason = new Error("enough");
    const early = await thrownBy<Aborted>(instance.call("sum", [10], { signal: AbortSignal.abort(reason) }));
    expect(early).toBeInstanceOf(Aborted);
    expect(early).toMatchObject({ name: "AbortError", code: "ABORT_ERR", cause: reason });
    expect(await early.resume()).toBe(sum(10));
    const controller = new AbortController();
    const endless = instance.call("until", [64], { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 5);
    const late = await thrownBy<Aborted>(endless);
    expect(late.cause).toBe(reason);
    expect(await instance.call("sum", [10])).toBe(sum(10));
    new Int32Array(instance.memory!.buffer)[16] = 1;
    expect(await late.resume()).toBe(undefined);
  });

  it("from inside one of its host imports is stopped after its slice, or done by then", async () => {
    const abortsIn = (name: string) => {
      const controller = new AbortController();
      const now = () => {
        controller.abort("from inside");
        return 7;
      };
      return make(now).then((instance) => instance.call(name, [], controller));
    };
    expect(await abortsIn("ask")).toBe(7);
    await expect(abortsIn("askAndSpin")).rejects.toBeInstanceOf(Aborted);
  });

  it("leaves nothing on a signal that lives on", async () => {
    const instance = await make();
    const { signal } = new AbortController();
    let listeners = 0;
    const counted = new Proxy(signal, {
      get(target, name) {
        if (name === "addEventListener") listeners++;
        if (name === "removeEventListener") listeners--;
        const value = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    for (let i = 0; i < 10; i++) await instance.call("sum", [5], { signal: counted });
    expect(listeners).toBe(0);
  });
});

describe("a call that traps", () => {
  it("rejects with the original function and offset; the instance goes on", async () => {
    const instance = await make();
    const trap = await thrownBy<GuestTrap>(instance.call("crash"));
    expect(trap).toBeInstanceOf(GuestTrap);
    expect(trap).not.toBeInstanceOf(CallStopped);
    expect(trap.location?.functionName).toBe("crash");
    expect(trap.location?.byteOffset).toBe(bytes.findIndex((_, at) => isUnreachableBody(at)));
    const overflow = await thrownBy<StackOverflow>(instance.call("deep"));
    expect(overflow).toBeInstanceOf(StackOverflow);
    expect(overflow.location?.functionName).toBe("deep");
    expect(await instance.call("sum", [10])).toBe(sum(10));
  });
});

describe("onProgress", () => {
  it("is told after each slice, also the last", async () => {
    const instance = await make();
    const seen: Progress[] = [];
    await instance.call("sum", [1000], { quantum: 500, budget: 1e6, onProgress: (p) => seen.push(p) });
    expect(seen.map(({ slices }) => slices)).toEqual(seen.map((_, i) => i + 1));
    expect(seen.length).toBeGreaterThan(5);
    for (const [i, { spent, budget }] of seen.entries()) {
      expect(budget).toBe(1e6);
      if (i > 0) expect(spent).toBeGreaterThanOrEqual(seen[i - 1]!.spent);
    }
  });

  it("that throws ends the call, which is dropped", async () => {
    const instance = await make();
    const error = new Error("of the listener");
    const onProgress = () => {
      throw error;
    };
    await expect(instance.call("spin", [], { onProgress })).rejects.toBe(error);
    expect(await instance.call("sum", [10])).toBe(sum(10));
  });
});

describe("an instance that is paused", () => {
  it("runs nothing until it is resumed, and its timeouts stand still", async () => {
    const instance = await make();
    const other = await make();
    let slices = 0;
    const running = instance.call("until", [64], { timeoutMs: 1000, onProgress: () => slices++ });
    while (slices < 3) await other.call("sum", [100_000]);
    instance.pause();
    const paused = slices;
    const queued = instance.call("sum", [4]);
    expect(() => instance.callSync("sum", [4])).toThrow(/paused.*resume/);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(slices).toBe(paused);
    new Int32Array(instance.memory!.buffer)[16] = 1;
    instance.resume();
    expect(await running).toBe(undefined);
    expect(await queued).toBe(sum(4));
    expect(slices).toBeGreaterThan(paused);
  });

  it("can be stopped meanwhile", async () => {
    const instance = await make();
    instance.pause();
    const controller = new AbortController();
    const call = instance.call("spin", [], { signal: controller.signal });
    controller.abort();
    await expect(call).rejects.toBeInstanceOf(Aborted);
    instance.resume();
    expect(await instance.call("sum", [2])).toBe(3n);
  });
});

describe("an instance that is dropped", () => {
  it("ends all its calls and lets no other begin", async () => {
    const instance = await make();
    const held = await thrownBy<BudgetSpent>(instance.call("spin", [], { budget: 10 }));
    const calls = [instance.call("spin"), instance.call("sum", [3])].map((call) => thrownBy(call));
    await new Promise((resolve) => setTimeout(resolve, 5));
    instance.drop();
    for (const call of calls) expect(await call).toBeInstanceOf(InstanceDropped);
    await expect(instance.call("sum", [3])).rejects.toBeInstanceOf(InstanceDropped);
    expect(() => instance.callSync("sum", [3])).toThrow(InstanceDropped);
    await expect(held.resume({ budget: 10 })).rejects.toBeInstanceOf(InstanceDropped);
  });

  it("from inside its own host import is over after the slice", async () => {
    const instance = await make(() => {
      instance.drop();
      return 1;
    });
    await expect(instance.call("ask")).resolves.toBe(1);
    await expect(instance.call("ask")).rejects.toBeInstanceOf(InstanceDropped);
  });
});

describe("many instances at once", () => {
  it("share the thread: each goes on, and the event loop has its turns", async () => {
    const instances = await Promise.all(Array.from({ length: 50 }, () => make()));
    const others = instances.map((instance) => thrownBy(instance.call("spin", [], { budget: 3_000_000 })));
    const late = await make();
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    expect(await late.call("sum", [1000])).toBe(sum(1000));
    for (const other of others) expect(await other).toBeInstanceOf(BudgetSpent);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
  });
});
