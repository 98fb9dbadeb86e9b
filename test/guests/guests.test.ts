import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { catalogue, createBundled, ended, outputOf, runBundled, withMachine } from "./bundled.js";

const guestsFolder = fileURLToPath(new URL("../../guests/", import.meta.url));
const poweredOff = { kind: "poweroff", code: 0 };

describe("the catalogue", () => {
  it("lists each folder with a guest.json, with a title and a module that there is", () => {
    const folders = readdirSync(guestsFolder).filter((name) =>
      existsSync(`${guestsFolder}${name}/guest.json`),
    );
    expect(catalogue.map(({ name }) => name).sort()).toEqual(folders.sort());
    for (const { name, title, file } of catalogue) {
      expect(title, name).toMatch(/^[a-z].{9,}[^.]$/);
      expect(existsSync(fileURLToPath(new URL(`../../build/guests/${file}`, import.meta.url))), file).toBe(
        true,
      );
    }
  });
});

describe("every guest", () => {
  it.each(catalogue.map(({ name }) => name))(
    "%s passes the checker, and begins within its memory",
    async (name) => {
      await withMachine({}, async (machine) => {
        const domain = await createBundled(machine, name, "", { verify: true, paused: true });
        expect(domain.state).toBe("paused");
      });
    },
  );
});

describe("hello", () => {
  it("prints its line and powers off", async () => {
    expect(await runBundled("hello")).toEqual({
      output: "Hello from a guest in WebAssembly text.\n",
      outcome: poweredOff,
    });
  });
});

describe("spin", () => {
  it("spins until its budget ends it, and prints nothing", async () => {
    expect(await runBundled("spin", "", {}, { budget: 5_000_000 })).toEqual({
      output: "",
      outcome: { kind: "budget" },
    });
  });
});

describe("clock", () => {
  it("ticks in time while others spin", async () => {
    const lines = await withMachine({ sliceMs: 1 }, async (machine) => {
      for (let i = 0; i < 3; i++) await createBundled(machine, "spin");
      const { output, outcome } = await ended(await createBundled(machine, "clock", "4 20"));
      expect(outcome).toEqual(poweredOff);
      return output.trim().split("\n");
    });
    const tick = /^tick (\d) at 0\.(\d{3}) s, 00:00:00 UTC, late by (\d+) us$/;
    const ticks = lines.map((line) => tick.exec(line)!.slice(1).map(Number));
    expect(ticks.map(([number, ms]) => [number, ms])).toEqual([
      [1, 20],
      [2, 40],
      [3, 60],
      [4, 80],
    ]);
    // At most a slice of each of the others, in virtual time; the creation of a domain takes none.
    for (const [, , lateUs] of ticks) expect(lateUs).toBeLessThanOrEqual(3000);
  });

  it("has defaults for what the command line leaves out", async () => {
    const { output } = await runBundled("clock");
    expect(output.match(/^tick /gm)).toHaveLength(5);
    expect(output).toContain("tick 5 at 1.000 s, 00:00:01 UTC");
  });
});

describe("primes", () => {
  it("shows how far it is, and counts right", async () => {
    const { output, outcome } = await runBundled("primes", "20000");
    expect(outcome).toEqual(poweredOff);
    const lines = output.trim().split("\n");
    expect(lines).toHaveLength(10);
    expect(lines[4]).toBe("up to    10000: 1229");
    expect(lines[9]).toBe("2262 primes below 20000");
  });
});

describe("crash", () => {
  it("crashes alone, and its record names the functions that were called", async () => {
    await withMachine({}, async (machine) => {
      const crashing = await createBundled(machine, "crash", "1");
      const other = await createBundled(machine, "clock", "3 2");
      const { output, outcome } = await ended(crashing);
      expect(output).toBe("message 1 of 4\nmessage 2 of 4\nmessage 3 of 4\nmessage 4 of 4\n");
      expect(outcome).toMatchObject({
        kind: "crash",
        record: { cause: "trap", lastHypercall: "console_write" },
      });
      const names =
        outcome.kind === "crash" ? outcome.record.stack.map(({ functionName }) => functionName) : [];
      expect(names).toEqual(["read_field", "parse_record", "handle_message", "hv_start"]);
      expect((await ended(other)).outcome).toEqual(poweredOff);
      expect(outputOf(other).match(/^tick/gm)).toHaveLength(3);
    });
  });
});
