// Runs recursions without end on the default account, in this thread and in a Worker, in one go and stopped often (which
// rewinds the whole stack each time), and prints how each ended: {"main, 10 x i64, 5000": "StackOverflow", ..}
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import wabt from "wabt";
import { instantiateSync } from "../../dist/translator.js";

const cases = [
  ["i64", 1],
  ["i64", 10],
  ["i64", 100],
  ["v128", 100],
];
const { parseWat } = await wabt();

function outcomes(thread) {
  const results = {};
  for (const [type, locals] of cases) {
    const module = parseWat("recursion.wat", recursion(type, locals), { simd: true });
    const bytes = new Uint8Array(module.toBinary({}).buffer);
    module.destroy();
    for (const quantum of [2 ** 30, 5000]) {
      const { name } = endOf(() => instantiateSync(bytes).callSync("f", [0], { quantum }));
      results[`${thread}, ${locals} x ${type}, ${quantum}`] = name;
    }
  }
  return results;
}

function endOf(act) {
  try {
    act();
  } catch (error) {
    return error;
  }
  return { name: "returned" };
}

function recursion(type, locals) {
  const names = Array.from({ length: locals }, (_, i) => `$l${i}`);
  const wide = type === "v128";
  const value = "(i64.extend_i32_u (local.get $depth))";
  return `(module
    (func $f (export "f") (param $depth i32) (result i64)
      (local $sum i64) ${names.map((name) => `(local ${name} ${type})`).join(" ")}
      ${names.map((name) => `(local.set ${name} ${wide ? `(i64x2.splat ${value})` : value})`).join("\n")}
      (local.set $sum (call $f (i32.add (local.get $depth) (i32.const 1))))
      ${names
        .map((name) => (wide ? `(i64x2.extract_lane 1 (local.get ${name}))` : `(local.get ${name})`))
        .map((last) => `(local.set $sum (i64.add (local.get $sum) ${last}))`)
        .join("\n")}
      (local.get $sum)))`;
}

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  worker.on("message", (inWorker) => {
    console.log(JSON.stringify({ ...outcomes("main"), ...inWorker }));
  });
} else {
  parentPort.postMessage(outcomes("worker"));
}
