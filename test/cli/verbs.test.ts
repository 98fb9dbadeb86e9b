import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { verify } from "../../src/checker/index.js";
import { instantiate } from "../../src/translator.js";
import { folderWith, stuckGuest, wv, wvBytes } from "./support.js";

const add = `(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))`;
const wasi = `(module (import "wasi_snapshot_preview1" "proc_exit" (func (param i32))) (memory (export "memory") 1 2))`;
const folder = folderWith({
  "add.wat": add,
  "wasi.wat": wasi,
  "stuck.wat": stuckGuest,
  "bad.wasm": Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 3, 9]),
  // A body that leaves nothing where an i32 is due: the translator does not validate, the engine does.
  "invalid.wasm": Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7f],
    ...[3, 2, 1, 0, 7, 5, 1, 1, 0x66, 0, 0, 10, 4, 1, 2, 0, 0x0b],
  ]),
});
const file = (name: string) => join(folder, name);
const root = fileURLToPath(new URL("../..", import.meta.url));

describe("wv translate", () => {
  it("writes a module that keeps the rules and does what the original does", async () => {
    const { code, stdout, stderr } = wv(["translate", file("add.wat"), "-o", file("out.wasm"), "--verify"]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: "" });
    const translated = new Uint8Array(readFileSync(file("out.wasm")));
    expect(verify(translated).ok).toBe(true);
    const instance = await instantiate({ bytes: translated });
    expect(await instance.call("add", [2, 3])).toBe(5);
  });

  it("reads the standard input and writes the standard output", () => {
    expect(wvBytes(["translate", "-", "-o", "-"], add)).toEqual(readFileSync(file("out.wasm")));
  });

  it("tells what it did with --stats, beside the output", () => {
    const { stdout, stderr } = wv(["translate", "clock", "-o", "-", "--stats", "--verify"]);
    expect(stdout.startsWith("\0asm")).toBe(true);
    expect(stderr).toMatch(
      /^clock\n {2}size +[\d,]+ -> [\d,]+ bytes[\s\S]*can be stopped[\s\S]*checker +it holds/,
    );
  });

  it("refuses what is not valid, and writes nothing then", () => {
    writeFileSync(file("kept"), "kept");
    for (const name of ["bad.wasm", "invalid.wasm", "missing.wasm"]) {
      const { code, stderr } = wv(["translate", file(name), "-o", file("kept")]);
      expect(code, stderr).toBe(3);
      expect(stderr).toContain(name);
    }
    expect(readFileSync(file("kept"), "utf8")).toBe("kept");
  });

  it("tells that the output cannot be written", () => {
    const { code, stderr } = wv(["translate", file("add.wat"), "-o", join(folder, "no/such/folder")]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/cannot be written/);
  });
});

describe("wv inspect", () => {
  it("lists the hypercalls that a guest uses, and what each does", () => {
    const { code, stdout } = wv(["inspect", "shell"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}0x71 console_read +Reads what was typed/m);
    expect(stdout).toMatch(/^ {2}entry points +hv_start, hv_upcall, hv_context$/m);
    expect(stdout).toMatch(/It can be run\.\n$/);
  });

  it("tells of a WASI program what it imports, and why it would be refused", () => {
    const { code, stdout } = wv(["inspect", file("wasi.wat")]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/proc_exit from wasi_snapshot_preview1/);
    expect(stdout).toMatch(/memory +1 page \(64 KiB\) at first, at most 2 pages/);
    expect(stdout).toMatch(/It would be refused:\n {2}- [\s\S]*WASI[\s\S]*hv_start/);
  });

  it("tells of a damaged module where it is damaged", () => {
    const { code, stdout } = wv(["inspect", file("bad.wasm")]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/It would be refused:\n {2}- .*malformed at byte \d+/);
  });

  it("tells the same as a document with --json", () => {
    const { code, stdout } = wv(["inspect", "--json", file("stuck.wat")]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      refusals: [],
      guest: {
        entryPoints: ["hv_start"],
        hypercalls: [
          { name: "sched_block", number: 0x11, text: expect.any(String) },
          { name: "evtchn_next" },
        ],
      },
    });
    expect(JSON.parse(wv(["inspect", "--json", file("wasi.wat")]).stdout).refusals.length).toBeGreaterThan(0);
  });
});

describe("wv guests", () => {
  it("lists guests that can all be inspected and run by their names", () => {
    const guests = JSON.parse(wv(["guests", "--json"]).stdout) as { name: string; title: string }[];
    expect(guests.map(({ name }) => name)).toEqual(expect.arrayContaining(["hello", "shell", "spin"]));
    const { stdout } = wv(["guests"]);
    for (const { name, title } of guests)
      expect(stdout).toMatch(new RegExp(`^${name} .*${title.slice(0, 20)}`, "m"));
  });
});

describe("help", () => {
  it("is in docs/cli.md as it is printed", () => {
    const tool = join(root, "tools/cli-docs.mjs");
    const { status, stderr } = spawnSync(process.execPath, [tool, "--check"], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });

  it("fits into 80 columns, and is printed for every verb", () => {
    const verbs = [...wv(["--help"]).stdout.matchAll(/^ {2}([a-z]+) (?:\[|<)/gm)].map(([, verb]) => verb!);
    expect(verbs).toEqual(
      expect.arrayContaining(["run", "translate", "inspect", "guests", "demo", "completion"]),
    );
    for (const verb of verbs) {
      const { code, stdout, stderr } = wv([verb, "--help"]);
      expect({ code, stderr }, verb).toEqual({ code: 0, stderr: "" });
      expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    }
  });

  it("tells the version of the package", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(wv(["--version"]).stdout).toBe(`${version}\n`);
  });
});
