import { describe, expect, it } from "vitest";
import { createBundled, ended, runBundled, withMachine } from "./bundled.js";

const checks = [
  "ok      every item arrived once, in order",
  "ok      303 primes below 2000, in every round",
  "ok      14151 steps from 1 to 299, in every round",
  "ok      both computed side by side",
  "ok      nobody woke too early",
];
const checksOf = (output: string) => output.trim().split("\n").slice(-checks.length);

describe("threads", () => {
  it("interleaves what computes, and its checks hold", async () => {
    const { output, outcome } = await runBundled("threads");
    expect(checksOf(output)).toEqual(checks);
    expect(outcome).toEqual({ kind: "poweroff", code: 0 });
    // Half of the one is shown before all of the other.
    const at = (line: string) => output.indexOf(line);
    expect(at("primes    50 of 100")).toBeLessThan(at("steps     100 of 100"));
    expect(at("steps     50 of 100")).toBeLessThan(at("primes    100 of 100"));
  });

  // 1: at every safepoint, also in each upcall and between its kernel's instructions.
  for (const quantumUnits of [1, 1009]) {
    it(`comes to the same when it is suspended every ${quantumUnits} units`, async () => {
      const args = "16 6 100";
      const whole = await runBundled("threads", args);
      const sliced = await runBundled("threads", args, { quantumUnits });
      expect(sliced.outcome).toEqual(whole.outcome);
      expect(checksOf(sliced.output)).toEqual(checks);
    });
  }

  it("comes to the same by the real clock, beside others that compute", async () => {
    await withMachine({ deterministic: false, sliceMs: 1 }, async (machine) => {
      await createBundled(machine, "spin");
      const { output, outcome } = await ended(await createBundled(machine, "threads"));
      expect(checksOf(output)).toEqual(checks);
      expect(outcome).toEqual({ kind: "poweroff", code: 0 });
    });
  });

  it("ends with another code than 0 when it cannot have its threads", async () => {
    const { output, outcome } = await runBundled("threads", "", {}, { contextsMax: 3 });
    expect(output).toContain("threads: no context for thread 2\n");
    expect(outcome).toEqual({ kind: "poweroff", code: 1 });
  });
});
