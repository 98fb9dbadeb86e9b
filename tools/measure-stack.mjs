// How much native stack frames take, and how much of it the account counts: docs/adr/0010-stack-account.md.
//
//   node tools/measure-stack.mjs [MAJOR...]     default: the Node.js that runs this, and 26
//
// A function with so many locals, all live across the call, recurses until the engine's own stack ends. `native`: the
// original. `fast`: translated. `slow`: translated, with every frame rewinding, which is the worst. `counted`: what the
// account takes for a frame. Everything in bytes, under the compiler tier that takes most.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import wabt from "wabt";
import { nodePath } from "./nodes.mjs";

/** V8's default on a main thread, in bytes; frames are this divided by the depth reached. */
const NATIVE_STACK = 984 * 1024;
const NO_BOUND = 2 ** 30;
const PROBED_ACCOUNT = 1 << 18;
const cases = [
  ...[1, 10, 100, 1000].map((locals) => ({ type: "i64", locals })),
  ...[10, 100].map((locals) => ({ type: "v128", locals })),
];
const tiers = ["--liftoff-only", "--no-liftoff", "--liftoff"];

if (process.argv[2] === "--child") console.log(JSON.stringify(await measure()));
else report(process.argv.slice(2).map(Number));

/** @param {number[]} majors */
function report(majors) {
  const rows = {};
  for (const major of majors.length > 0 ? majors : [Number(process.versions.node.split(".")[0]), 26]) {
    for (const tier of tiers) {
      const args = [tier, `--stack-size=${NATIVE_STACK / 1024}`, fileURLToPath(import.meta.url), "--child"];
      const { stdout, stderr, status } = spawnSync(nodePath(major), args, { encoding: "utf8" });
      if (status !== 0) throw new Error(`measuring on Node ${major} ${tier} failed:\n${stderr}`);
      for (const [name, measured] of Object.entries(JSON.parse(stdout))) {
        const title = `Node ${major}, ${name}`;
        rows[title] ??= { native: 0, fast: 0, slow: 0, counted: 0, part: 0 };
        const row = rows[title];
        for (const [key, bytes] of Object.entries(measured)) row[key] = Math.max(row[key], bytes);
        row.part = Number((Math.max(row.fast, row.slow) / row.counted).toFixed(2));
      }
    }
  }
  console.table(rows);
}

async function measure() {
  const { instantiateSync } = await import("../dist/translator.js");
  const { parseWat } = await wabt();
  const results = {};
  for (const { type, locals } of cases) {
    const module = parseWat("recursion.wat", recursion(type, locals), { simd: true });
    const bytes = new Uint8Array(module.toBinary({}).buffer);
    module.destroy();
    const start = (stackBytes) => {
      const instance = instantiateSync(bytes, {}, { stackBytes, frameBytes: 1 << 26 });
      return { depth: instance.exports.depth, activation: instance.start("f", [0]) };
    };
    const native = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
    const fast = start(NO_BOUND);
    const slow = start(NO_BOUND);
    const counted = start(PROBED_ACCOUNT);
    results[`${locals} x ${type}`] = {
      native: bytesPerFrame(native.depth, () => native.f(0)),
      fast: bytesPerFrame(fast.depth, () => fast.activation.runToEnd(NO_BOUND)),
      // A few frames deeper each time, after all the others have been rewound.
      slow: bytesPerFrame(slow.depth, () => slow.activation.runToEnd(3000)),
      counted: Math.round(PROBED_ACCOUNT / depthOf(counted.depth, () => counted.activation.runToEnd())),
    };
  }
  return results;
}

function depthOf(depth, recurse) {
  try {
    recurse();
  } catch {
    return depth.value + 1;
  }
  throw new Error("the recursion ended");
}

function bytesPerFrame(depth, recurse) {
  return Math.round(NATIVE_STACK / depthOf(depth, recurse));
}

/** f(depth) for ever; the global tells how deep it came. */
function recursion(type, locals) {
  const wide = type === "v128";
  const names = Array.from({ length: locals }, (_, i) => `$l${i}`);
  const value = (i) => `(i64.add (i64.extend_i32_u (local.get $depth)) (i64.const ${i}))`;
  const set = (name, i) => `(local.set ${name} ${wide ? `(i64x2.splat ${value(i)})` : value(i)})`;
  const get = (name) => (wide ? `(i64x2.extract_lane 1 (local.get ${name}))` : `(local.get ${name})`);
  return `(module
    (global $reached (export "depth") (mut i32) (i32.const 0))
    (func $f (export "f") (param $depth i32) (result i64)
      (local $sum i64) ${names.map((name) => `(local ${name} ${type})`).join(" ")}
      (global.set $reached (local.get $depth))
      ${names.map(set).join("\n")}
      (local.set $sum (call $f (i32.add (local.get $depth) (i32.const 1))))
      ${names.map((name) => `(local.set $sum (i64.add (local.get $sum) ${get(name)}))`).join("\n")}
      (local.get $sum)))`;
}
