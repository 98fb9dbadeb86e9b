// From creation to end of the guest `hello`, its image cached, beside a Worker that runs the same module, in ms:
// `node measure/machine/boot.mjs '{"rounds":31}'` prints `{ domain, worker }`. Both are told the end by their owner's event loop.
import { Worker } from "node:worker_threads";
import { guest, wasmvisor } from "../../lib/machine.mjs";
import { inTurns } from "../../lib/rounds.mjs";

const { rounds } = JSON.parse(process.argv[2]);
const { Machine } = await wasmvisor();
const machine = await Machine.boot();
const bytes = guest("hello");
const compiled = await WebAssembly.compile(bytes);

async function domain() {
  const startedAt = performance.now();
  const { ended, console: output } = await machine.create({ module: bytes });
  const outcome = await ended;
  const ms = performance.now() - startedAt;
  if (outcome.kind !== "poweroff" || output.output.length === 0)
    throw new Error(`bench: hello ended: ${JSON.stringify(outcome)}`);
  return ms;
}

const script = `
  const { workerData } = require("node:worker_threads");
  const { exports } = new WebAssembly.Instance(workerData, {
    hv: { console_write: (offset, length) => (new Uint8Array(exports.memory.buffer, offset, length).slice(), length) },
  });
  exports.hv_start();`;

function worker() {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const started = new Worker(script, { eval: true, workerData: compiled });
    started.on("error", reject);
    started.on("exit", () => resolve(performance.now() - startedAt));
  });
}

console.log(JSON.stringify(await inTurns({ domain, worker }, { rounds, warm: 12 })));
await machine.close();
