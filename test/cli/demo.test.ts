import { describe, expect, it } from "vitest";
import { wv } from "./support.js";

describe("the demonstration", () => {
  it("of the machine ends by itself, and all that it claims is so", () => {
    const { code, stdout, stderr } = wv(["demo"]);
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" });
    const text = stdout.replace(/\s+/g, " ");
    expect(text).toMatch(/clock powered off .* primes powered off .* spin timed out .* crash crashed /);
    expect(text).toMatch(/primes had \d+ % of the CPU and spin \d+ %/);
    expect(text).toMatch(
      /left no trace on the others: .* wrote the same \d+ bytes and spent the same [\d,]+ units/,
    );
    expect(text).not.toContain("✗ The");
    expect(stdout).not.toContain("\x1b");
  });

  it("of the translator ends by itself, with outputs that are identical to those of a run that nobody stopped", () => {
    const { code, stdout, stderr } = wv(["demo", "translator"]);
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" });
    const text = stdout.replace(/\s+/g, " ");
    expect(text).toMatch(/saved in mid-run: \d+ frames, [\d,]+ bytes of data/);
    expect(text).toMatch(/outputs of \d+ kB are identical to/);
    const [, stops] = text.match(/endless loop was stopped ([\d,]+) times/)!;
    expect(Number(stops!.replaceAll(",", ""))).toBeGreaterThan(10);
  });
});
