// Boots a machine of `wasmvisor/browser` in Chromium: the conformance guests, then the bundled ones side by side. They must end
// and print as they do in Node.js.
//
//   node test/browser/machine.mjs        the browser is $WASMVISOR_CHROMIUM, else /usr/bin/chromium
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { assembleAll } from "../conformance/assemble.mjs";
import { toJson } from "../conformance/suite.mjs";
import { root } from "../support/packages.mjs";
import { bundled } from "./bundled.mjs";
import { inChromium } from "./page.mjs";

/** Each ends by itself and prints the same lines however it is sliced; `spin` keeps the CPU busy meanwhile. */
const GUESTS = ["hello", "primes", "threads", "crash"];
const BUSY = "spin";

const { Machine } = await import("../../dist/node.js");
const load = async (name) => new Uint8Array(await readFile(join(root, `build/guests/${name}.wasm`)));
const inNode = await bundled(Machine, load, GUESTS, BUSY);
const conformance = toJson(await assembleAll());

const { version, result } = await inChromium(
  async ({ conformance, guests, busy }) => {
    const { Machine } = await import("/dist/browser.js");
    const { fromJson, MODES, runGuest } = await import("/test/conformance/suite.mjs");
    const { bundled } = await import("/test/browser/bundled.mjs");
    const load = async (name) =>
      new Uint8Array(await (await fetch(`/build/guests/${name}.wasm`)).arrayBuffer());
    const rows = await bundled(Machine, load, guests, busy);
    const all = fromJson(conformance);
    const verdicts = [];
    for (const [mode, options] of Object.entries(MODES)) {
      const machine = await Machine.boot(options);
      for (const guest of all) {
        const { name, verdict, told } = await runGuest(machine, guest, all);
        verdicts.push({ mode, name, verdict, told });
      }
      await machine.close();
    }
    return { rows, verdicts };
  },
  { conformance, guests: GUESTS, busy: BUSY },
);

let failures = 0;
for (const [index, row] of inNode.entries()) {
  const equal = isDeepStrictEqual(row, result.rows[index]);
  if (!equal) failures++;
  console.log(`${row.name.padEnd(8)} ${row.ended}: ${equal ? "equal" : "DIFFERENT"}`);
  if (!equal)
    console.log(`  Node.js  ${JSON.stringify(row)}\n  browser  ${JSON.stringify(result.rows[index])}`);
}
const bad = result.verdicts.filter(({ verdict }) => verdict !== "Success" && verdict !== "Skip");
for (const { mode, name, verdict, told } of bad) {
  console.log(`${verdict.padEnd(8)} ${name} (${mode})\n  ${told.join("\n  ")}`);
}
failures += bad.length;
console.log(
  `${inNode.length} bundled guests and ${result.verdicts.length} conformance runs in Chromium ${version}: ${failures} fail`,
);
process.exitCode = failures > 0 || result.verdicts.length === 0 ? 1 : 0;
