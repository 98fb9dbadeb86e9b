// What the embedding API costs: imports, awaited imports, calls, and how the event loop fares. One topic in a process.
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import wabt from "wabt";
import { summarize } from "../lib/interleave.mjs";
import { library } from "../lib/wasmvisor.mjs";

const { topic, rounds, crowd } = JSON.parse(process.argv[2]);
const { instantiate } = await library();
const { parseWat } = await wabt();
const assemble = (wat) => new Uint8Array(parseWat("bench.wat", wat).toBinary({}).buffer);

const calling = assemble(`(module
  (import "host" "f" (func $f (param i32 i32) (result i32)))
  (func (export "run") (param $n i32) (result i32) (local $sum i32)
    (loop $l
      (local.set $sum (i32.add (local.get $sum) (call $f (local.get $n) (local.get $sum))))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func (export "id") (param i32) (result i32) (local.get 0))
  (func (export "spin") (loop $l (br $l))))`);
const compiled = await WebAssembly.compile(calling);
const native = (f) => new WebAssembly.Instance(compiled, { host: { f } }).exports;
const f = (a, b) => (a ^ b) & 3;

/** Every round takes each variant once; gives milliseconds for one of `count`, times `scale`. */
async function interleaved(variants, count, scale) {
  const times = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
  for (let round = -5; round < rounds; round++) {
    for (const [name, run] of Object.entries(variants)) {
      const startedAt = performance.now();
      await run(count);
      if (round >= 0) times[name].push(((performance.now() - startedAt) / count) * scale);
    }
  }
  return Object.fromEntries(
    Object.entries(times).map(([name, list]) => {
      const { median, p10, p90 } = summarize(list);
      return [name, { value: median, valueSpread: [p10, p90] }];
    }),
  );
}

const topics = {
  async imports() {
    const { run } = native(f);
    // As in a program that has many imports: the engine must not know one function alone.
    for (let i = 0; i < 4; i++) {
      const other = await instantiate(calling, { host: { f: (a, b) => a + b + i } });
      other.callSync("run", [200_000]);
    }
    const awaiting = await instantiate(calling, { host: { f } });
    const plain = await instantiate(calling, { host: { f } }, { asyncImports: false });
    const variants = {
      native: (n) => run(n),
      plain: (n) => plain.callSync("run", [n]),
      awaiting: (n) => awaiting.callSync("run", [n]),
    };
    return interleaved(variants, 500_000, 1e6);
  },

  async promises() {
    const later = () => Promise.resolve(1);
    const guest = await instantiate(calling, { host: { f: later } });
    const variants = {
      javascript: async (n) => {
        for (let i = 0; i < n; i++) await later();
      },
      suspended: (n) => guest.call("run", [n]),
    };
    if (WebAssembly.Suspending) {
      const { run } = native(new WebAssembly.Suspending(later));
      variants.jspi = WebAssembly.promising(run);
    }
    return interleaved(variants, 5000, 1e3);
  },

  async calls() {
    const { id } = native(f);
    const guest = await instantiate(calling, { host: { f } });
    const each = (act) => (n) => {
      for (let i = 0; i < n; i++) act(i);
    };
    const variants = {
      native: each(id),
      direct: each(guest.exports.id),
      sync: each((i) => guest.callSync("id", [i])),
      call: async (n) => {
        for (let i = 0; i < n; i++) await guest.call("id", [i]);
      },
    };
    return interleaved(variants, 2000, 1e3);
  },

  /** Turns of a 1 ms timer while guests loop for a second: in one thread, in a Worker, in Workers killed again and again. */
  async crowd() {
    const spinning = async (count) => {
      const guests = await Promise.all(
        Array.from({ length: count }, () => instantiate(calling, { host: { f } })),
      );
      const turns = await turnsOf(() =>
        Promise.all(guests.map((guest) => guest.call("spin", [], { timeoutMs: 1000 }).catch(() => {}))),
      );
      for (const guest of guests) guest.drop();
      return turns;
    };
    const thread = () => {
      const code = `const { workerData } = require("node:worker_threads");
        new WebAssembly.Instance(workerData, { host: { f() {} } }).exports.spin();`;
      return new Worker(code, { eval: true, workerData: compiled });
    };
    const result = { nothing: await turnsOf(() => sleep(1000)) };
    for (const count of crowd) result[`guests ${count}`] = await spinning(count);
    result.worker = await turnsOf(async () => {
      const worker = thread();
      await sleep(1000);
      await worker.terminate();
    });
    result.killed = await turnsOf(async () => {
      for (let i = 0; i < 20; i++) {
        const worker = thread();
        await sleep(50);
        await worker.terminate();
      }
    });
    return result;
  },
};

/** Milliseconds from one turn of the event loop to the next, as somebody who comes at a random moment meets them. */
async function turnsOf(act) {
  const at = [performance.now()];
  const timer = setInterval(() => at.push(performance.now()), 1);
  await act();
  await sleep(5);
  clearInterval(timer);
  const gaps = at
    .slice(1)
    .map((ms, i) => ms - at[i])
    .sort((a, b) => a - b);
  const whole = gaps.reduce((sum, gap) => sum + gap, 0);
  const below = (share) => {
    let passed = 0;
    return gaps.find((gap) => {
      passed += gap;
      return passed >= share * whole;
    });
  };
  return { value: below(0.5), p99: below(0.99), max: gaps.at(-1) };
}

console.log(JSON.stringify(await topics[topic]()));
process.exit();
