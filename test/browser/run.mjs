// Runs `wasmvisor/translator` in Chromium and in Node.js, and compares: results, units spent, number of slices and
// the translated bytes must be equal.
//
//   node test/browser/run.mjs        the browser is $WASMVISOR_CHROMIUM, else /usr/bin/chromium
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { installPackages, root } from "../support/packages.mjs";
import { work } from "./work.mjs";

const kernels = [
  { name: "fib", argument: 24 },
  { name: "sha256", argument: 500 },
  { name: "interp", argument: 3000 },
  { name: "nbody", argument: 5000 },
];
const types = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };

const library = await import("../../dist/translator.js");
const load = async (name) => new Uint8Array(await readFile(join(root, `bench/kernels/${name}.wasm`)));
const inNode = await work(library, load, kernels);
const { version, rows: inBrowser } = await inChromium();

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

async function inChromium() {
  const packages = installPackages("browser", { "playwright-core": "1.65.1" });
  const { chromium } = createRequire(`${packages}/`)("playwright-core");
  const server = createServer(serve).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const browser = await chromium.launch({
    executablePath: process.env.WASMVISOR_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
  try {
    const page = await browser.newPage();
    page.on("console", (message) => console.log(`page: ${message.text()}`));
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const rows = await page.evaluate(async (asked) => {
      const { work } = await import("/test/browser/work.mjs");
      const library = await import("/dist/translator.browser.js");
      const load = async (name) =>
        new Uint8Array(await (await fetch(`/bench/kernels/${name}.wasm`)).arrayBuffer());
      return work(library, load, asked);
    }, kernels);
    return { version: browser.version(), rows };
  } finally {
    await browser.close();
    server.close();
  }
}

/** Files below the project, and an empty page at "/". */
async function serve(request, response) {
  const { pathname } = new URL(request.url, "http://localhost");
  if (pathname === "/") {
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>wasmvisor</title>");
    return;
  }
  try {
    const body = await readFile(join(root, pathname));
    response
      .writeHead(200, { "content-type": types[extname(pathname)] ?? "application/octet-stream" })
      .end(body);
  } catch {
    response.writeHead(404).end();
  }
}
