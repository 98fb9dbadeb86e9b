import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../support/packages.mjs";

/** All engines are compared by across-engines.mjs itself, in CI: this is its shortest form. */
const run = (...engines: string[]) =>
  spawnSync(process.execPath, [join(root, "test/machine/determinism/across-engines.mjs"), ...engines], {
    encoding: "utf8",
  });

describe("deterministic mode", () => {
  it("gives equal consoles, budgets, ends and traces on the oldest and the newest Node.js, and when it is repeated", () => {
    const { status, stdout, stderr } = run("20", "newest");
    expect(status, `${stdout}${stderr}`).toBe(0);
    expect(stdout).toMatch(/shell +\d+ units, poweroff, printed \d{3,} bytes/);
    expect(stdout.match(/: the same as Node\.js 20/g)).toHaveLength(2);
  });
});
