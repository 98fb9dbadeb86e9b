// A null hypercall from the loop of a guest, beside a wasm-to-JS call from the same loop, untranslated, in ns:
// `node measure/machine/calls.mjs '{"rounds":31}'` prints `{ version, "domain_id", js, empty }`.
// The loop itself (`empty`, eight volatile loads a turn instead of eight calls) is part of each figure.
import { kernel, probe, wasmvisor } from "../../lib/machine.mjs";
import { inTurns } from "../../lib/rounds.mjs";

const turns = 20_000;
const { rounds } = JSON.parse(process.argv[2]);
const { Machine, RoundRobin } = await wasmvisor();
const machine = await Machine.boot({ quantumMs: 100, scheduler: new RoundRobin({ sliceNs: 1e8 }) });
const { measure } = await probe(machine);
const perCall = (ns) => ns / (8 * turns);
const inGuest = (op) => async () => perCall((await measure(op, turns))[0]);

const hv = new Proxy({}, { get: (_, name) => (name === "domain_id" ? () => 1 : () => 0) });
const untranslated = new WebAssembly.Instance(new WebAssembly.Module(kernel("probe")), { hv }).exports;
const js = () => {
  const startedAt = performance.now();
  untranslated.batch_domain_id(turns);
  return perCall((performance.now() - startedAt) * 1e6);
};

const { Empty, ...figures } = await inTurns(
  { Empty: inGuest("empty"), version: inGuest("version"), domain_id: inGuest("domainId"), js },
  { rounds, warm: 60 },
);
console.log(JSON.stringify({ ...figures, empty: Empty }));
await machine.close();
