// node test/machine/determinism/across-engines.mjs [MAJOR|newest|chromium]...     all Nodes that are supported, when none is named
//
// Several guests in deterministic mode, twice on the first engine and once on each other: what they print, what they spend, how
// they end, and the machine's trace must be the same everywhere. Prints it, and what differs. `npm run build` first.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { majors, nodePath } from "../../../tools/nodes.mjs";
import { inChromium } from "../../browser/page.mjs";
import { loadModules } from "./modules.mjs";

const here = dirname(fileURLToPath(import.meta.url));

const asked = process.argv.slice(2).map((name) => name.replace("newest", String(majors.at(-1))));
const engines = asked.length > 0 ? asked : [...new Set([20, ...majors])].map(String);

const expected = await on(engines[0]);
let differing = 0;
for (const { options, rows, trace, stats } of expected) {
  console.log(
    `\n${JSON.stringify(options)}  ${stats.quanta} quanta, trace of ${trace.events} events ${trace.digest}`,
  );
  for (const { name, console: printed, spentUnits, outcome, state } of rows)
    console.log(`  ${name.padEnd(20)} ${spentUnits} units, ${outcome?.kind ?? state}, printed ${printed}`);
}
console.log("");
for (const engine of [...engines.slice(1), engines[0]]) {
  const found = await on(engine);
  const equal = isDeepStrictEqual(found, expected);
  if (!equal) differing++;
  console.log(`${nameOf(engine)}: ${equal ? "the same" : "DIFFERENT"} as ${nameOf(engines[0])}`);
  if (!equal) for (const line of differences(expected, found).slice(0, 20)) console.log(`  ${line}`);
}
process.exit(differing ? 1 : 0);

function nameOf(engine) {
  return engine === "chromium" ? "Chromium" : `Node.js ${engine}`;
}

async function on(engine) {
  if (engine === "chromium") return onChromium();
  const program = join(here, "print.mjs");
  const child = spawnSync(nodePath(Number(engine)), [program], { encoding: "utf8", maxBuffer: 1 << 26 });
  if (child.status === 0) return JSON.parse(child.stdout);
  console.error(`across-engines: Node.js ${engine}: ${child.error?.message ?? child.stderr.slice(0, 2000)}`);
  process.exit(2);
}

async function onChromium() {
  const modules = Object.entries(await loadModules()).map(([name, bytes]) => [
    name,
    Buffer.from(bytes).toString("base64"),
  ]);
  const { result } = await inChromium(async (encoded) => {
    const { Machine } = await import("/dist/browser.js");
    const { work } = await import("/test/machine/determinism/work.mjs");
    const decode = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const modules = Object.fromEntries(encoded.map(([name, text]) => [name, decode(text)]));
    return JSON.stringify(await work(Machine, modules));
  }, modules);
  return JSON.parse(result);
}

/** Paths at which two values differ, with both sides. */
function differences(a, b, path = "") {
  if (isDeepStrictEqual(a, b)) return [];
  const inside = (value) => value !== null && typeof value === "object";
  if (!inside(a) || !inside(b)) return [`${path}: ${JSON.stringify(a)} here, ${JSON.stringify(b)} there`];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
    differences(a[key], b[key], `${path}/${key}`),
  );
}
