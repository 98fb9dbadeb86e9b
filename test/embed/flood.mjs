// Hostile functions in great numbers: one after the other, and all at once. Each must end as it should, the host must go on,
// and memory must stay flat.
//
//   node --expose-gc test/embed/flood.mjs [--sequence 10000] [--at-once 1000] [--json]
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import wabt from "wabt";
import { CallStopped, createRuntime, instantiate } from "../../dist/embed.js";

const { values } = parseArgs({
  options: {
    sequence: { type: "string", default: "10000" },
    "at-once": { type: "string", default: "1000" },
    json: { type: "boolean" },
  },
});

const { parseWat } = await wabt();
const wat = `(module
  (import "host" "never" (func $never (result i32)))
  (import "host" "later" (func $later (result i32)))
  (import "host" "throw" (func $throw))
  (import "host" "reject" (func $reject (result i32)))
  (memory (export "memory") 1)
  (table $t 1 1000000 funcref)
  (func (export "spin") (loop $l (br $l)))
  (func $deep (export "deep") (param i32) (result i32) (i32.add (local.get 0) (call $deep (i32.const 1))))
  (func (export "grow") (loop $l (drop (memory.grow (i32.const 1))) (br $l)))
  (func (export "growTable") (loop $l (drop (table.grow $t (ref.null func) (i32.const 100))) (br $l)))
  (func (export "fill") (loop $l (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536)) (br $l)))
  (func (export "ask") (loop $l (drop (call $later)) (br $l)))
  (func (export "trap") unreachable)
  (func (export "wait") (drop (call $never)))
  (func (export "throws") (call $throw))
  (func (export "rejects") (drop (call $reject))))`;
const bytes = new Uint8Array(
  parseWat("hostile.wat", wat, { reference_types: true, bulk_memory: true }).toBinary({}).buffer,
);
const error = new Error("of the host");
const host = {
  never: () => new Promise(() => {}),
  later: () => Promise.resolve(1),
  throw() {
    throw error;
  },
  reject: () => Promise.reject(error),
};
const limits = { memoryPages: 4, tablesMax: 10_000, stackBytes: 65_536 };
/** Each function, and what it has to end with. */
const hostile = {
  spin: ["BudgetSpent"],
  deep: ["StackOverflow"],
  grow: ["BudgetSpent"],
  growTable: ["BudgetSpent"],
  fill: ["BudgetSpent"],
  ask: ["BudgetSpent"],
  trap: ["GuestTrap"],
  wait: ["TimedOut"],
  throws: ["Error"],
  rejects: ["Error"],
};
const names = Object.keys(hostile);

/** A fresh instance for each; of those that are stopped some are dropped, some forgotten, some resumed. */
async function one(number, runtime) {
  const name = names[number % names.length];
  const instance = await instantiate(bytes, { host }, runtime ? { ...limits, runtime } : limits);
  const args = name === "deep" ? [0] : [];
  // A promise costs microseconds and few units.
  const budget = name === "ask" ? 20_000 : 2_000_000;
  const timeoutMs = name === "wait" ? 2 : undefined;
  let ended = await instance.call(name, args, { budget, timeoutMs }).then(
    () => ({ name: "done" }),
    (thrown) => thrown,
  );
  if (ended instanceof CallStopped && number % 3 === 0) ended.drop();
  if (ended instanceof CallStopped && number % 3 === 1) {
    ended = await ended.resume({ budget: 1000, timeoutMs }).catch((thrown) => thrown);
  }
  if (number % 2) instance.drop();
  if (!hostile[name].includes(ended.name)) throw new Error(`${name} ended with ${ended}`);
}

async function settled() {
  for (let round = 0; round < 5; round++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, rss, external, arrayBuffers } = process.memoryUsage();
  return { heapUsed, external: external + arrayBuffers, rss };
}

const report = {};
/** `own`: how many it makes; `count`: how many there were by then of its kind. */
async function measured(name, own, count, act) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const startedAt = performance.now();
  delay.enable();
  await act();
  delay.disable();
  report[name] = {
    own,
    count,
    ms: performance.now() - startedAt,
    delayMs: { p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 },
    memory: await settled(),
  };
}

const sequence = Number(values.sequence);
const atOnce = Number(values["at-once"]);
await measured("first", names.length, names.length, async () => {
  for (let i = 0; i < names.length; i++) await one(i);
  await Promise.all(Array.from({ length: Math.min(atOnce, 100) }, (_, i) => one(i)));
});
await measured("half of the sequence", sequence / 2, sequence / 2, async () => {
  for (let i = 0; i < sequence / 2; i++) await one(i);
});
await measured("the sequence", sequence / 2, sequence, async () => {
  for (let i = sequence / 2; i < sequence; i++) await one(i);
});
await measured("at once", atOnce, atOnce, () =>
  Promise.all(Array.from({ length: atOnce }, (_, i) => one(i))),
);
await measured("at once again", atOnce, atOnce, () =>
  Promise.all(Array.from({ length: atOnce }, (_, i) => one(i))),
);
const runtime = createRuntime({ stackBytes: limits.stackBytes });
await measured("at once in one runtime", 200, 200, () =>
  Promise.all(Array.from({ length: Math.min(atOnce, 200) }, (_, i) => one(i, runtime))),
);

if (values.json) console.log(JSON.stringify(report));
else {
  for (const [name, { ms, delayMs, memory }] of Object.entries(report)) {
    const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
    console.log(
      `${name.padEnd(24)} ${ms.toFixed(0).padStart(6)} ms, event loop late by ${delayMs.p50.toFixed(1)} ms (median), ` +
        `${delayMs.p99.toFixed(1)} (p99), ${delayMs.max.toFixed(1)} (most); heap ${mib(memory.heapUsed)}, ` +
        `outside ${mib(memory.external)}, resident ${mib(memory.rss)}`,
    );
  }
}
