// A short form of `node test/real/run.mjs`: one program.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { root } from "../support/packages.mjs";

describe("a real program from npm", () => {
  it("speaks the same samples when it is translated, and stopped at random", () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["test/real/run.mjs", "flite", "--mode", "translated", "--mode", "random:1", "--json"],
      { cwd: root, encoding: "utf8" },
    );
    expect(status, stderr).toBe(0);
    const [native, translated, stopped] = JSON.parse(stdout);
    expect(translated.sha256).toBe(native.sha256);
    expect(stopped.sha256).toBe(native.sha256);
    expect(stopped.suspensions).toBeGreaterThan(100);
  }, 300_000);
});
