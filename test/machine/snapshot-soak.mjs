// npm run soak:snapshot: saves and restores every bundled guest, and a WASI program, at random safepoints; a third goes on in another
// process, of this Node.js or others, or in Chromium. What comes out must be what comes out of an uninterrupted run.
//   --saves N (1000)   --seed S (from the clock)   --nodes 20,26 (this one)   --chromium   --variants: also between versions of the translator
//   --mutate N: instead restores so many forged files
// Exits with 1 when anything differs. Needs a build.
import { fork } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as library from "../../dist/node.js";
import { nodePath } from "../../tools/nodes.mjs";
import { leg, randomFrom, relay } from "./relay.mjs";
import { starts } from "./relay-cases.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const main = join(here, "../../dist/node.js");
const { values: options } = parseArgs({
  options: {
    saves: { type: "string", default: "1000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
    nodes: { type: "string", default: process.versions.node.split(".")[0] },
    chromium: { type: "boolean", default: false },
    variants: { type: "boolean", default: false },
    mutate: { type: "string" },
  },
});
const wanted = Number(options.saves);
const seed = Number(options.seed);
const below = randomFrom(seed);
if (options.mutate !== undefined) {
  const { hammer } = await import("./mutants.mjs");
  const container = await import("../../dist/core/snapshot/container.js");
  const { SnapshotError, DomainRefused } = await import("../../dist/base/errors.js");
  const cases = Number(options.mutate);
  console.log(`soak: ${cases} forged files, seed ${seed}`);
  const parts = { ...library, ...container, SnapshotError, DomainRefused };
  const seen = await hammer(parts, cases, below, (done) => console.log(`${done} ...`));
  for (const [name, ends] of Object.entries(seen)) console.log(`${name}: ${JSON.stringify(ends)}`);
  process.exit(0);
}
const all = await starts();
const counts = { saves: 0, differ: 0, here: 0 };
const inPage = [];
console.log(`soak: ${wanted} saves, seed ${seed}, Node ${process.versions.node} and ${options.nodes}`);

const processes = options.nodes.split(",").map((major) => {
  counts[`Node ${major}`] = 0;
  const child = fork(join(here, "relay-child.mjs"), [main], { execPath: nodePath(Number(major)) });
  return { name: `Node ${major}`, child };
});

/** A leg in another process. */
function elsewhere({ name, child }, index, file, quanta) {
  counts[name] += 1;
  return new Promise((resolve, reject) => {
    child.once("message", (ended) => {
      if (ended.error !== undefined) reject(new Error(`${name}: ${ended.error}`));
      else
        resolve({ ...ended, ...(ended.file && { file: new Uint8Array(Buffer.from(ended.file, "base64")) }) });
    });
    child.send({ index, file: Buffer.from(file).toString("base64"), quanta });
  });
}

function compare(what, whole, result) {
  // As JSON: what comes from elsewhere was JSON.
  const [one, other] = [JSON.stringify(whole), JSON.stringify(result)];
  if (one === other) return;
  counts.differ += 1;
  console.log(`${what}: DIFFERENT\n  whole  ${one}\n  parts  ${other}`);
}

const wholes = [];
for (const start of all) wholes.push(await leg(library, start));
for (let round = 0; counts.saves < wanted; round++) {
  for (const [index, start] of all.entries()) {
    if (counts.saves >= wanted) break;
    const whole = wholes[index];
    const longest = Math.max(2, Math.ceil(whole.quanta / (1 + below(10))));
    const carry = (_, file, quanta) => {
      if (options.chromium && start.modules.length === 1 && below(12) === 0) {
        inPage.push({ index, file: Buffer.from(file).toString("base64") });
      }
      if (below(3) === 0) return elsewhere(processes[below(processes.length)], index, file, quanta);
      counts.here += 1;
      return leg(library, start, file, quanta);
    };
    const { result, saves } = await relay(library, start, () => 1 + below(longest), carry);
    counts.saves += saves;
    compare(`round ${round}, ${start.name} in quanta of ${start.quantumUnits}`, whole.result, result);
  }
}
for (const { child } of processes) child.kill();

if (options.chromium) {
  const { inChromium } = await import("../browser/page.mjs");
  const plain = all.map(({ modules, ...rest }) => ({
    ...rest,
    modules: modules.map((module) => Buffer.from(module).toString("base64")),
  }));
  const { version, result: results } = await inChromium(
    async ({ starts, files }) => {
      const library = await import("/dist/browser.js");
      const { leg } = await import("/test/machine/relay.mjs");
      const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      const results = [];
      for (const { index, file } of files) {
        const start = { ...starts[index], modules: starts[index].modules.map(bytes) };
        results.push((await leg(library, start, bytes(file))).result);
      }
      return results;
    },
    { starts: plain, files: inPage },
  );
  for (const [place, { index }] of inPage.entries()) {
    compare(`${all[index].name} in Chromium`, wholes[index].result, results[place]);
  }
  counts[`Chromium ${version}`] = inPage.length;
}

if (options.variants) {
  const { variantLibrary, variantNames } = await import("./variants.mjs");
  // Frames of another size cost other units: guests that print times print others.
  const masked = ({ outcome, output, counts: { hypercalls, pages } }) => ({
    ...{ kind: outcome.kind, code: outcome.code, hypercalls, pages },
    output: output.replace(/[\d.]+/g, "#").replace(/ +/g, " "),
  });
  for (const name of variantNames) {
    const other = await import(variantLibrary(name));
    counts[name] = 0;
    for (const [index, start] of all.entries()) {
      const longest = Math.max(2, Math.ceil(wholes[index].quanta / 8));
      let turn = 0;
      const carry = (...rest) => leg(turn++ % 2 ? library : other, ...rest);
      const { result, saves } = await relay(library, start, () => 1 + below(longest), carry);
      counts[name] += saves;
      compare(`${start.name} with the translator ${name}`, masked(wholes[index].result), masked(result));
    }
  }
}
console.log(JSON.stringify({ seed, ...counts }));
process.exitCode = counts.differ > 0 ? 1 : 0;
