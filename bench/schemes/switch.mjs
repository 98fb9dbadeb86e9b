// Two stacks of the recursion in bench/kernels/unwind.c that switch to each other at the bottom. Each scheme gives
// `run(depth, stops)`: ns for two such recursions with `stops` switches from each to the other, with all that is around.
import { kernel, respondent, wasmvisor } from "../lib/machine.mjs";
import { pausable } from "../peers/binaryen.mjs";

/** Bytes for the frames of each of Asyncify's two stacks. */
const areaBytes = 1 << 20;

/** Contexts of a guest, switched by the hypercall; the guest takes the time. */
async function wasmvisorContexts() {
  const { Machine, RoundRobin } = await wasmvisor();
  const machine = await Machine.boot({ quantumMs: 100, scheduler: new RoundRobin({ sliceNs: 1e8 }) });
  const options = { stackBytes: 768 * 1024, frameBytes: 1 << 22 };
  const { ask } = await respondent(machine, kernel("unwind-switch"), options);
  const run = async (depth, stops) => {
    const answer = await ask(new Int32Array([depth, stops]), 16);
    return { ns: Number(answer.getBigUint64(0, true)), value: answer.getInt32(8, true) };
  };
  return { run, close: () => machine.close() };
}

/** Frames in the guest's memory; whoever pauses is unwound, and the host rewinds the other. */
function asyncify() {
  let rewinding = false;
  let current = 0;
  const areas = [];
  const pause = () => {
    if (rewinding) {
      rewinding = false;
      exports.asyncify_stop_rewind();
    } else exports.asyncify_start_unwind(areas[current]);
  };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(pausable(kernel("unwind-import"))), {
    env: { pause },
  });
  const unwinding = 1;
  const run = (depth, stops) => {
    const startedAt = performance.now();
    const header = new Int32Array(exports.memory.buffer);
    for (const area of areas) {
      header[area >> 2] = area + 8;
      header[(area >> 2) + 1] = area + areaBytes;
    }
    const started = [false, false];
    let [value, ended] = [0, 0];
    while (ended < 2) {
      if (started[current]) {
        rewinding = true;
        exports.asyncify_start_rewind(areas[current]);
      }
      started[current] = true;
      const result = exports.run(depth, stops);
      if (exports.asyncify_get_state() === unwinding) exports.asyncify_stop_unwind();
      else {
        value = (value + result) | 0;
        ended++;
      }
      current = 1 - current;
    }
    return { ns: (performance.now() - startedAt) * 1e6, value };
  };
  for (let i = 0; i < 2; i++) areas.push(exports.memory.grow(areaBytes >> 16) << 16);
  return { run, close() {} };
}

/** Native stacks: each pause resolves what the other one waits for, so a turn of the microtask queue is in the figure. */
function jspi() {
  let wake;
  const suspended = () =>
    new Promise((resolve) => {
      const other = wake;
      wake = resolve;
      other?.();
    });
  const pause = new WebAssembly.Suspending(suspended);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(kernel("unwind-import")), {
    env: { pause },
  });
  const promising = WebAssembly.promising(exports.run);
  const dive = (depth, stops) =>
    promising(depth, stops).then((value) => {
      wake?.();
      return value;
    });
  const run = async (depth, stops) => {
    const startedAt = performance.now();
    wake = undefined;
    const [a, b] = await Promise.all([dive(depth, stops), dive(depth, stops)]);
    return { ns: (performance.now() - startedAt) * 1e6, value: (a + b) | 0 };
  };
  return { run, close() {} };
}

export const switchers = { wasmvisor: wasmvisorContexts, jspi, asyncify };
