// The ways to stop and resume a deep stack. Each gives `{ run(depth, stops), expected(depth, stops) }` for the kernels
// unwind-import (stops at the import env.pause) and unwind-loop (stops at safepoints of a loop).
import { library } from "../lib/wasmvisor.mjs";
import { pausable } from "../peers/binaryen.mjs";
import { unstopped } from "./wasmvisor.mjs";

/** Bytes for Asyncify's frames, at the end of the kernel's memory. */
const areaBytes = 1 << 20;

function reference(kernel) {
  const module = new WebAssembly.Module(kernel("unwind-import"));
  return new WebAssembly.Instance(module, { env: { pause() {} } }).exports.run;
}

function asyncify(kernel) {
  let rewinding = false;
  let area = 0;
  const pause = () => {
    if (rewinding) {
      rewinding = false;
      exports.asyncify_stop_rewind();
    } else {
      exports.asyncify_start_unwind(area);
    }
  };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(pausable(kernel("unwind-import"))), {
    env: { pause },
  });
  area = exports.memory.grow(areaBytes >> 16) << 16;
  const [unwinding, start] = [1, area + 8];
  const header = new Int32Array(exports.memory.buffer, area, 2);
  header[0] = start;
  header[1] = area + areaBytes;
  const run = (depth, stops) => {
    let value = exports.run(depth, stops);
    while (exports.asyncify_get_state() === unwinding) {
      exports.asyncify_stop_unwind();
      rewinding = true;
      exports.asyncify_start_rewind(area);
      value = exports.run(depth, stops);
    }
    return value;
  };
  return { run, expected: reference(kernel) };
}

/** The engine's own stack switching: `pause` gives a promise, so a turn of the microtask queue is in the figure. */
function jspi(kernel) {
  const resolved = Promise.resolve();
  const pause = new WebAssembly.Suspending(() => resolved);
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(kernel("unwind-import")), {
    env: { pause },
  }).exports;
  return { run: WebAssembly.promising(run), expected: reference(kernel) };
}

/** Frames go to the runtime's own memory. With a quantum of 1 every turn of the loop at the bottom is a stop. */
async function wasmvisor(kernel) {
  const { instantiate } = await library();
  const instance = await instantiate(
    kernel("unwind-loop"),
    {},
    {
      quantum: unstopped,
      stackBytes: 1 << 24,
      frameBytes: 1 << 24,
    },
  );
  const costs = new Map();
  /** Units from the start to the loop at the bottom. */
  const toBottom = (depth) => {
    const dive = instance.start("run", [depth, 0]);
    dive.runToEnd();
    return dive.spent;
  };
  const run = (depth, stops) => {
    if (!costs.has(depth)) costs.set(depth, toBottom(depth));
    const dive = instance.start("run", [depth, stops]);
    let steps = 0;
    for (let quantum = Math.max(1, costs.get(depth)); dive.step(quantum) === "suspended"; quantum = 1)
      steps++;
    if (Math.abs(steps - stops) > 2) throw new Error(`bench: ${steps} stops instead of ${stops}`);
    return dive.result;
  };
  return { run, expected: reference(kernel) };
}

export const unwinders = { asyncify, wasmvisor, jspi };
