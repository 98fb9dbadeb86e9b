import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderWith, wv, wvUntil } from "./support.js";

const folder = folderWith({
  "own.wat": `
    (module
      (import "hv" "console_write" (func $write (param i32 i32) (result i32)))
      (memory (export "memory") 1)
      (data (i32.const 0) "begun\\nover\\n")
      (func (export "hv_start") (local $i i64)
        (drop (call $write (i32.const 0) (i32.const 6)))
        (loop $more
          (local.set $i (i64.add (local.get $i) (i64.const 1)))
          (br_if $more (i64.lt_u (local.get $i) (i64.const 3000000000))))
        (drop (call $write (i32.const 6) (i32.const 5)))))`,
});
const file = (name: string) => join(folder, name);

/** `clock` in the middle of its ticks. */
const clock = file("clock.wvsnap");
const saved = wv(["save", "clock 8 250", "--after", "400ms", "-o", clock]);

describe("wv save and restore", () => {
  it("go on in the middle: no line is lost, none comes twice", () => {
    expect(saved).toMatchObject({ code: 0, stderr: expect.stringContaining(`Saved clock as ${clock}`) });
    const rest = wv(["restore", clock]);
    expect(rest).toMatchObject({ code: 0, stderr: expect.stringContaining("clock powered off") });
    const ticks = (saved.stdout + rest.stdout).match(/^tick \d/gm);
    expect(ticks).toEqual(Array.from({ length: 8 }, (_, i) => `tick ${i + 1}`));
  });

  it("prints one JSON document when asked, as run does", () => {
    const { code, stdout, stderr } = wv(["restore", clock, "--json"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { domains } = JSON.parse(stdout);
    expect(domains[0]).toMatchObject({ name: "clock", guest: clock, outcome: { kind: "poweroff", code: 0 } });
    expect(domains[0].console.data).toMatch(/^tick \d/);
  });

  it("carry modules that are not bundled", () => {
    const path = file("own.wvsnap");
    const { code, stdout } = wv(["save", file("own.wat"), "--after", "50ms", "-o", path]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "begun\n" });
    expect(readFileSync(path).length).toBeGreaterThan(readFileSync(clock).length / 4);
    expect(wv(["restore", path])).toMatchObject({ code: 0, stdout: "over\n" });
  });

  it("give a guest the limits that are said now", () => {
    const { code, stderr } = wv(["restore", clock, "--budget", "1"]);
    expect({ code, stderr }).toEqual({ code: 125, stderr: expect.stringContaining("spent its budget") });
  });

  it("write no file for a guest that ended before", () => {
    const path = file("none.wvsnap");
    const { code, stderr } = wv(["save", "hello", "--after", "1h", "-o", path]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("hello ended before") });
    expect(existsSync(path)).toBe(false);
  });

  it("refuse what is not a snapshot, or a damaged one, with code 3 and the place", () => {
    const damaged = file("damaged.wvsnap");
    copyFileSync(clock, damaged);
    const bytes = readFileSync(damaged);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(damaged, bytes);
    for (const [path, text] of [
      [damaged, /checksum.*byte \d+/],
      [file("own.wat"), /does not begin as a snapshot does/],
      [file("missing"), /cannot be read/],
    ] as const) {
      const { code, stdout, stderr } = wv(["restore", path]);
      expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
      expect(stderr).toContain(path);
      expect(stderr).toMatch(text);
    }
  });

  it("write no file when a signal ends the run first", async () => {
    const path = file("signal.wvsnap");
    const { code } = await wvUntil(["save", "clock 1000 20", "--after", "1h", "-o", path], "tick 1", (pid) =>
      process.kill(pid, "SIGINT"),
    );
    expect(code).toBe(130);
    expect(existsSync(path)).toBe(false);
  });
});
