import { describe, expect, it } from "vitest";
import { nameDomains, parseGuestArgument } from "../../src/cli/run/guest-argument.js";
import { parseCount, parseDuration, parseMemory, parseQuantum, parseSeed } from "../../src/cli/values.js";

const noFile = () => false;

describe("values of options", () => {
  it("are durations with a unit", () => {
    expect(["500ms", "2s", "1.5min", "1h", "250us"].map(parseDuration)).toEqual([
      500, 2000, 90_000, 3_600_000, 0.25,
    ]);
    for (const text of ["", "5", "s", "-1s", "0s", "1e3ms", "2 s", "2S", "1d", "9999999999999999999h"]) {
      expect(() => parseDuration(text), text).toThrow(/Write|too large|It is 0/);
    }
  });

  it("are memories in pages of 64 KiB, rounded up", () => {
    expect(["1", "256", "64KiB", "65KiB", "16MiB", "4GiB", "0.5MiB"].map(parseMemory)).toEqual([
      1, 256, 1, 2, 256, 65_536, 8,
    ]);
    for (const text of ["0", "16MB", "16M", "5GiB", "65537", "MiB", "0x10"]) {
      expect(() => parseMemory(text), text).toThrow();
    }
  });

  it("are whole counts with a suffix", () => {
    expect(["1", "10k", "1.5M", "2G", "0.001k", "1T"].map(parseCount)).toEqual([1, 1e4, 1.5e6, 2e9, 1, 1e12]);
    for (const text of ["0", "1.5", "10K", "m", "0.0001k", "1e6", "9999999T"]) {
      expect(() => parseCount(text), text).toThrow();
    }
  });

  it("are quanta in time or in units", () => {
    expect(["1ms", "0.1s", "100k", "1"].map(parseQuantum)).toEqual([
      { ms: 1 },
      { ms: 100 },
      { units: 100_000 },
      { units: 1 },
    ]);
    expect(() => parseQuantum("1x")).toThrow();
  });

  it("are seeds that a double holds", () => {
    expect(parseSeed("0")).toBe(0);
    expect(parseSeed("42")).toBe(42);
    for (const text of ["", "-1", "1.5", "0x1", "99999999999999999999"]) {
      expect(() => parseSeed(text), text).toThrow();
    }
  });
});

describe("a GUEST", () => {
  const parsed = (text: string) => parseGuestArgument(text, noFile);

  it("is a module, with a name, a count and arguments where they are given", () => {
    expect(parsed("hello")).toEqual({ name: undefined, count: 1, module: "hello", args: "" });
    expect(parsed("10xspin")).toMatchObject({ count: 10, module: "spin" });
    expect(parsed("web=3xa/b.wasm")).toMatchObject({ name: "web", count: 3, module: "a/b.wasm" });
    expect(parsed("p=primes  100 200 ")).toMatchObject({ name: "p", module: "primes", args: "100 200" });
  });

  it("is a path where it looks like one", () => {
    for (const path of ["./10xspin", "../a=b.wasm", "/tmp/a=b.wasm", "0xff.wasm", "x.wasm", "-"]) {
      expect(parsed(path), path).toEqual({ name: undefined, count: 1, module: path, args: "" });
    }
  });

  it("has no arguments where a file has spaces in its name", () => {
    const found = parseGuestArgument("a=my guest.wasm", (path) => path === "my guest.wasm");
    expect(found).toEqual({ name: "a", count: 1, module: "my guest.wasm", args: "" });
  });

  it("is refused when a part is missing, or a name could not be told from other text", () => {
    for (const text of ["", "=a", "a=", "10x", `${"n".repeat(65)}=a`, "é=a", "999999xa", " a"]) {
      if (text === "10x") expect(parsed(text).module).toBe("10x");
      else expect(() => parsed(text), text).toThrow(/a guest is \[NAME=\]\[COUNTx\]MODULE/);
    }
  });

  it("gets a number where there are several of one name, and never a name that another has", () => {
    expect(nameDomains([{ name: "a", count: 1 }])).toEqual([["a"]]);
    expect(nameDomains([{ name: "a", count: 2 }])).toEqual([["a-1", "a-2"]]);
    const several = [
      { name: "a", count: 1 },
      { name: "a-1", count: 1 },
      { name: "a", count: 2 },
    ];
    expect(nameDomains(several)).toEqual([["a-2"], ["a-1"], ["a-3", "a-4"]]);
  });
});
