// What the core itself takes, without a host around it, in ns: `node measure/machine/upcall.mjs '{"rounds":31}'` prints
// `{ run, upcall, call }`: one run() of a spinning guest that is preempted at once (its stack is rewound and unwound), what the
// beginning and end of an upcall add to that, and a call of an exported Wasm function from JS.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { assembled } from "../../lib/machine.mjs";
import { root } from "../../lib/paths.mjs";
import { inTurns } from "../../lib/rounds.mjs";
import { library } from "../../lib/wasmvisor.mjs";

const { rounds } = JSON.parse(process.argv[2]);
const part = (name) => import(pathToFileURL(join(root, "dist", `${name}.js`)).href);
const { instantiateHypervisor } = await part("core/hypervisor");
const { FIRST_SLOT_ENTRY, GuestEntry, SLOT_ENTRIES } = await part("abi");
const { translate } = await library();

const compiled = (name) => new WebAssembly.Module(readFileSync(join(root, "build", `${name}.wasm`)));
const none = () => 0;
const { core, coreExports, glue, hypercalls, table } = instantiateHypervisor(
  { hypervisor: compiled("hypervisor"), glue: compiled("glue"), hypercalls: compiled("hypercalls") },
  { now: () => performance.now() * 1e6, copy: none, copyProgram: none, random: none, grow: none },
);
core.configure(0, 4096, 0, 1);

const bytes = new Uint8Array(await assembled("upcalled"));
const instance = new WebAssembly.Global({ value: "i32" }, 1);
const { exports } = new WebAssembly.Instance(new WebAssembly.Module((await translate(bytes)).bytes), {
  wv: { ...coreExports, ...glue, instance },
  hv: hypercalls,
});
const slot = 1;
table.grow(SLOT_ENTRIES);
let entries = 0;
for (const [entry, name] of [
  [GuestEntry.Start, "hv_start"],
  [GuestEntry.Upcall, "hv_upcall"],
]) {
  table.set(FIRST_SLOT_ENTRY + slot * SLOT_ENTRIES + entry, exports[name]);
  entries |= 1 << entry;
}
const domain = core.createDomain(slot, 1, entries, 0, 0, 0, 0, 1, 65_536, 65_536, 1 << 20);
const vcpu = core.vcpuOf(domain, 0);
core.unpause(domain);

const times = 2000;
const nsOf = (once) => () => {
  const startedAt = performance.now();
  for (let i = 0; i < times; i++) once();
  return ((performance.now() - startedAt) * 1e6) / times;
};
/** Just enough for a turn of the guest's loop: with less, some runs would only pay off the debt of the one before. */
const units = unitsOfATurn();
const run = nsOf(() => core.run(vcpu, units));
const runUpcalled = nsOf(() => {
  core.raise(vcpu, 0);
  core.run(vcpu, units);
});
const call = nsOf(() => core.slices(vcpu));
const timed = { run, upcall: () => runUpcalled() - run(), call };
const before = core.upcalls(vcpu);
console.log(JSON.stringify(await inTurns(timed, { rounds, warm: 100 })));
if (core.upcalls(vcpu) - before < times * rounds) throw new Error("bench: upcalls were not delivered");

function unitsOfATurn() {
  core.run(vcpu, 1000);
  for (let units = 1; ; units++) {
    const before = core.slices(vcpu);
    for (let i = 0; i < 100; i++) core.run(vcpu, units);
    if (core.slices(vcpu) - before === 100) return units;
  }
}
