import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

/** Threads have the stacks that Node.js gives them, so they are real ones: see deep-stack.mjs. */
const script = fileURLToPath(new URL("deep-stack.mjs", import.meta.url));

describe("a full stack account", () => {
  it.each([["--liftoff-only"], ["--no-liftoff"]])(
    "ends in StackOverflow, never in the engine's own overflow: main thread and Worker, %s",
    (tier) => {
      const { stdout, stderr } = spawnSync(process.execPath, [tier, script], { encoding: "utf8" });
      expect(stderr).toBe("");
      const outcomes = JSON.parse(stdout) as Record<string, string>;
      expect(Object.keys(outcomes)).toHaveLength(16);
      expect(new Set(Object.values(outcomes))).toEqual(new Set(["StackOverflow"]));
    },
  );
});
