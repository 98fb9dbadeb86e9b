// What docs/embedding.md shows for Node.js does what it says; test/browser/run.mjs runs what it shows for a page.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { example, plugin } from "./examples.mjs";

it("the example for Node.js runs as it is written", async () => {
  // Inside of the package, so that it can be imported by its name.
  const folder = fileURLToPath(new URL("../../build/examples/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}node.mjs`, example("docs/embedding.md", "js"));
  writeFileSync(`${folder}plugin.wasm`, await plugin());
  const { stdout, stderr } = spawnSync(process.execPath, [`${folder}node.mjs`], { encoding: "utf8" });
  expect(stderr).toBe("");
  const lines = stdout.trim().split("\n");
  const progress = lines.filter((line) => line.endsWith("units"));
  expect(progress.length).toBeGreaterThan(0);
  expect(lines.filter((line) => !progress.includes(line))).toEqual([
    "the plugin says 600",
    "total: 600",
    "the plugin says 1000",
    "and still there: 1000",
  ]);
});
