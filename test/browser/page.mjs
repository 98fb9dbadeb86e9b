// Chromium, with a page of the project's own files: $WASMVISOR_CHROMIUM, else /usr/bin/chromium.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { installPackages, root } from "../support/packages.mjs";

const types = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/**
 * Runs `inPage(argument)` in a page that can import any file of the project by its path from the root.
 * @template A, R
 * @param {(argument: A) => Promise<R>} inPage knows nothing but its argument; both are passed as JSON
 * @param {A} argument
 * @returns {Promise<{ version: string, result: R }>}
 */
export async function inChromium(inPage, argument) {
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
    page.on("console", (message) => console.error(`page: ${message.text()}`));
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    return { version: browser.version(), result: await page.evaluate(inPage, argument) };
  } finally {
    await browser.close();
    server.close();
  }
}

/** Files below the project, and an empty page at "/". */
async function serve(request, response) {
  const { pathname } = new URL(request.url, "http://localhost");
  if (pathname === "/") {
    response
      .writeHead(200, { "content-type": "text/html" })
      .end('<!doctype html><title>wasmvisor</title><link rel="icon" href="data:,">');
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
