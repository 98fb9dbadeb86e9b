// A short form of `node test/spec/run.mjs`: some scripts of the specification, and all of our own.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { root } from "../support/packages.mjs";
import { specFolder } from "./assemble.mjs";

const missing = specFolder() === undefined;
if (missing) {
  console.warn("skipping the specification's tests: set WASMVISOR_SPEC to the folder that holds wg2.tar.xz");
}

describe.skipIf(missing)("the specification's tests", () => {
  it("pass on translated modules as natively, also stopped at every safepoint and verified", () => {
    const arguments_ = [
      "test/spec/run.mjs",
      "--short",
      "--preempt",
      "none",
      "--preempt",
      "every",
      "--verify",
    ];
    const { status, stdout, stderr } = spawnSync(process.execPath, arguments_, {
      cwd: root,
      encoding: "utf8",
    });
    expect(`${stdout}${stderr}`.replace(/^.*: ok, .*$\n?/gm, "")).toBe("");
    expect(status).toBe(0);
  }, 300_000);
});
