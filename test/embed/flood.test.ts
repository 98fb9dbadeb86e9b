import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

interface Phase {
  readonly memory: { readonly heapUsed: number; readonly external: number };
}

const script = fileURLToPath(new URL("flood.mjs", import.meta.url));
const MIB = 2 ** 20;

it("hundreds of hostile functions, in sequence and at once, end as they should and leave no memory behind", () => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--expose-gc", script, "--sequence", "200", "--at-once", "200", "--json"],
    { encoding: "utf8" },
  );
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const phases = Object.values(JSON.parse(stdout) as Record<string, Phase>);
  expect(phases).toHaveLength(6);
  const [first] = phases as [Phase];
  for (const { memory } of phases) {
    expect(memory.heapUsed - first.memory.heapUsed).toBeLessThan(4 * MIB);
    expect(memory.external - first.memory.external).toBeLessThan(8 * MIB);
  }
});
