import { describe, expect, it } from "vitest";
import { bootMachine } from "../../src/index.js";
import { nodePlatform } from "../../src/platform/node/index.js";
import { readAbi } from "../../tools/abi/model.mjs";
import { assembleAll } from "./assemble.mjs";
import { casesOf } from "./cases.mjs";
import { headOf } from "./head.mjs";
import { fromJson, MODES, runGuest, toJson } from "./suite.mjs";

const guests = await assembleAll();
const { hypercalls } = await readAbi();

describe("every hypercall has guests that test it", () => {
  for (const hypercall of hypercalls) {
    it(`${hypercall.name}: ${casesOf(hypercall).join(", ")}`, () => {
      const testing = guests.filter(({ tests }) => tests.includes(hypercall.name));
      const covered = new Set(testing.flatMap(({ cases }) => cases));
      const missing = casesOf(hypercall).filter((each) => !covered.has(each));
      expect(missing, `node test/conformance/new.mjs GROUP/NAME ${hypercall.name}`).toEqual([]);
    });
  }
});

it("a guest calls what it says that it tests", () => {
  for (const { name, tests, hypercalls: called } of guests) {
    for (const each of tests) expect(called, `${name} has a line @tests ${each}`).toContain(each);
  }
});

for (const [mode, options] of Object.entries(MODES)) {
  describe(`guests that run on a machine: ${mode}`, async () => {
    const machine = await bootMachine(nodePlatform, options);
    for (const guest of guests) {
      it(`${guest.name}: ${guest.title}`, async () => {
        const { told, verdict } = await runGuest(machine, guest, guests);
        expect(told.filter((line) => !line.startsWith("Success"))).toEqual([]);
        expect(verdict).toBe("Success");
      });
    }
  });
}

describe("the suite itself", () => {
  const judged = async (text: string) => {
    const [sample] = guests;
    const machine = await bootMachine(nodePlatform, { deterministic: true });
    const head = headOf(
      `;; a sample that is judged\n;; ${"why ".repeat(12)}\n;; @tests x\n;; @cases good`,
      "x",
    );
    const { loadWabt } = { loadWabt: (await import("wabt")).default };
    const bytes = (await loadWabt()).parseWat("sample.wat", text, {}).toBinary({}).buffer;
    const result = await runGuest(machine, { ...sample!, ...head, name: "sample", bytes }, []);
    await machine.close();
    return result;
  };
  const telling = (lines: string, code = 0) => `(module
    (import "hv" "console_write" (func $write (param i32 i32) (result i32)))
    (import "hv" "sched_shutdown" (func $off (param i32 i32) (result i32)))
    (memory 1) (data (i32.const 0) "${lines}")
    (func (export "hv_start")
      (drop (call $write (i32.const 0) (i32.const ${lines.replaceAll("\\n", "n").length})))
      (drop (call $off (i32.const 0) (i32.const ${code})))))`;
  const DONE = "verdict: Success: done\\n";

  it("the worst verdict wins", async () => {
    const text = `verdict: Skip: a\\nverdict: Failure: b\\nverdict: Error: c\\n${DONE}`;
    expect((await judged(telling(text, 3))).verdict).toBe("Failure");
    expect((await judged(telling(`verdict: Skip: a\\n${DONE}`, 1))).verdict).toBe("Skip");
    expect((await judged(telling(DONE))).verdict).toBe("Success");
  });

  it("a guest that says nothing, or another code than verdict, has not succeeded", async () => {
    expect((await judged(telling("hello\\n"))).verdict).toBe("Error");
    expect((await judged(telling(DONE, 3))).verdict).toBe("Failure");
  });

  it("a guest that crashes or waits for ever has failed", async () => {
    expect((await judged(`(module (func (export "hv_start") unreachable))`)).verdict).toBe("Failure");
    const waiting = `(module (import "hv" "sched_block" (func $block (result i32)))
      (func (export "hv_start") (drop (call $block))))`;
    expect((await judged(waiting)).told).toEqual(["Failure: it waits for something that never comes"]);
  });

  it("guests survive being sent as data", () => {
    expect(fromJson(toJson(guests.slice(0, 3)))).toEqual(
      guests.slice(0, 3).map((guest) => ({ ...guest, bytes: Uint8Array.from(guest.bytes) })),
    );
  });

  it("a head that is not understood is told with its file", () => {
    const head = `;; a title of a test\n;; ${"why ".repeat(12)}\n`;
    expect(() => headOf(`${head};; @tests x`, "a/b.wat")).toThrow(
      "test/conformance/a/b.wat: it must have a line",
    );
    expect(() => headOf(`${head};; @test x`, "a/b.wat")).toThrow("there is no @test");
    expect(() => headOf(";; short", "a/b.wat")).toThrow("the first line must be its title");
  });
});
