// Runs `wasmvisor/translator` in Chromium and in Node.js, and compares: results, units spent, number of slices and
// the translated bytes must be equal.
//
//   node test/browser/run.mjs        the browser is $WASMVISOR_CHROMIUM, else /usr/bin/chromium
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { root } from "../support/packages.mjs";
import { inChromium } from "./page.mjs";
import { work } from "./work.mjs";

const kernels = [
  { name: "fib", argument: 24 },
  { name: "sha256", argument: 500 },
  { name: "interp", argument: 3000 },
  { name: "nbody", argument: 5000 },
];

const library = await import("../../dist/translator.js");
const load = async (name) => new Uint8Array(await readFile(join(root, `bench/kernels/${name}.wasm`)));
const inNode = await work(library, load, kernels);
const { version, result: inBrowser } = await inChromium(async (asked) => {
  const { work } = await import("/test/browser/work.mjs");
  const library = await import("/dist/translator.browser.js");
  const load = async (name) =>
    new Uint8Array(await (await fetch(`/bench/kernels/${name}.wasm`)).arrayBuffer());
  return work(library, load, asked);
}, kernels);

let failures = 0;
for (const [index, row] of inNode.entries()) {
  const other = inBrowser[index];
  const good = row.result === row.native && row.slices > 1 && isDeepStrictEqual(row, other);
  if (!good) failures++;
  console.log(
    `${row.name.padEnd(8)} ${row.spent} units in ${row.slices} slices: ${good ? "equal" : "DIFFERENT"}`,
  );
  if (!good) console.log(`  Node.js  ${JSON.stringify(row)}\n  browser  ${JSON.stringify(other)}`);
}
console.log(
  `${kernels.length} kernels on Node.js ${process.version} and Chromium ${version}: ${failures} differ`,
);
process.exitCode = failures > 0 ? 1 : 0;
