// Runs `wasmvisor/embed` in Chromium and in Node.js, and compares: results, units spent, number of slices,
// how calls end, and the translated bytes must be equal. The page of docs/embedding.md must do what it says.
//
//   node test/browser/run.mjs        the browser is $WASMVISOR_CHROMIUM, else /usr/bin/chromium
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { example, plugin } from "../docs/examples.mjs";
import { root } from "../support/packages.mjs";
import { inChromium } from "./page.mjs";
import { calls, work } from "./work.mjs";

const kernels = [
  { name: "fib", argument: 24 },
  { name: "sha256", argument: 500 },
  { name: "interp", argument: 3000 },
  { name: "nbody", argument: 5000 },
];

const library = await import("../../dist/embed.js");
const load = async (name) => new Uint8Array(await readFile(join(root, `bench/kernels/${name}.wasm`)));
const pluginBytes = [...new Uint8Array(await plugin())];
await writePage();
const inNode = await work(library, load, kernels);
const callsInNode = await calls(library, pluginBytes);
const { version, result } = await inChromium(
  async ({ kernels, pluginBytes }) => {
    const { calls, work } = await import("/test/browser/work.mjs");
    const library = await import("/dist/embed.browser.js");
    const load = async (name) =>
      new Uint8Array(await (await fetch(`/bench/kernels/${name}.wasm`)).arrayBuffer());
    const rows = await work(library, load, kernels);
    const ended = await calls(library, pluginBytes);

    // The page of the documentation: it shows how far it is until the button is pressed.
    const frame = document.body.appendChild(document.createElement("iframe"));
    frame.src = "/build/examples/page.html";
    const shown = () => frame.contentDocument?.querySelector("output")?.value;
    const until = async (wanted) => {
      while (!wanted.test(shown() ?? "")) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await until(/^\d+ units$/);
    const first = shown();
    while (shown() === first) await new Promise((resolve) => setTimeout(resolve, 5));
    frame.contentDocument.querySelector("button").click();
    await until(/^stopped$/);
    return { rows, ended, page: shown() };
  },
  { kernels, pluginBytes },
);
const inBrowser = result.rows;

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
const alike = JSON.stringify(callsInNode) === JSON.stringify(result.ended);
console.log(`${callsInNode.length} ends of calls: ${alike ? "equal" : "DIFFERENT"}`);
if (!alike) {
  failures++;
  console.log(`  Node.js  ${JSON.stringify(callsInNode)}\n  browser  ${JSON.stringify(result.ended)}`);
}
console.log(`the page of docs/embedding.md: ${result.page}`);
console.log(
  `${kernels.length} kernels on Node.js ${process.version} and Chromium ${version}: ${failures} differ`,
);
process.exitCode = failures > 0 ? 1 : 0;

/** What docs/embedding.md shows for a page, in a folder that the server shows. */
async function writePage() {
  const folder = join(root, "build/examples");
  await mkdir(folder, { recursive: true });
  const page = example("docs/embedding.md", "html");
  await writeFile(join(folder, "page.html"), page.replace("./node_modules/wasmvisor/", "/"));
  await writeFile(join(folder, "plugin.wasm"), Uint8Array.from(pluginBytes));
}
