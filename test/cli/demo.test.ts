import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("the translator's demonstration ends by itself, with outputs that are identical to those of a run that nobody stopped", () => {
  const script = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined };
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "demo", "translator"], { encoding: "utf8", env });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const text = stdout.replace(/\s+/g, " ");
  expect(text).toMatch(/saved in mid-run: \d+ frames, [\d,]+ bytes of data/);
  expect(text).toMatch(/outputs of \d+ kB are identical to/);
  const [, stops] = text.match(/endless loop was stopped ([\d,]+) times/)!;
  expect(Number(stops!.replaceAll(",", ""))).toBeGreaterThan(10);
});
