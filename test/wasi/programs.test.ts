// Ordinary programs, compiled from C with wasi-libc (test/wasi/programs), above the kernel in a machine.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DomainRefused, Machine, wasiProgram } from "../../src/node.js";
import { program, type RunOptions, run, runUnderNode } from "./support/run.js";

const folders: string[] = [];
function folder(): string {
  folders.push(mkdtempSync(join(tmpdir(), "wv-wasi-")));
  return folders.at(-1)!;
}
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

const UNITS_BETWEEN_SAVES = 100_000;

const script = `
: fib dup 2 < if else dup 1 - recurse swap 2 - recurse + then ;
: count begin dup . 1 - dup 0 = until drop ;
9 fib . cr 5 count cr 1 0 / nonsense 3 bye
`;
const cases: Record<string, RunOptions> = {
  files: { args: ["files", ""], env: { USER: "me" } },
  forth: { args: ["forth"], input: script },
  waits: { args: ["waits", "1"], input: "first\nsecond" },
};

describe.each(Object.entries(cases))("the program %s", (name, options) => {
  const wasm = program(name);

  it("does the same as under node:wasi", async () => {
    const expected = await runUnderNode(wasm, options, { "/": folder() });
    expect(expected.stdout.length).toBeGreaterThan(40);
    // node:wasi does not poll a file, and may wake some microseconds before the time.
    if (name === "waits") {
      expected.stdout = expected.stdout
        .replace("once: -1", "once: 1\ngot first\nsecond")
        .replace("slept long enough: 0", "slept long enough: 1");
    }
    expect(await run(wasm, options), "in memory").toEqual(expected);
    const dir = folder();
    expect(await run(wasm, { ...options, dirs: [`${dir}::/`] }), "in a folder").toEqual(expected);
    expect(readdirSync(dir)).toEqual([]);
  });

  it("does the same when it and its kernel are stopped at every safepoint, or at some", async () => {
    const deterministic = (quantumUnits: number) =>
      run(wasm, { ...options, dirs: [`${folder()}::/data`], machine: { deterministic: true, quantumUnits } });
    const whole = await deterministic(1_000_000);
    expect(whole.code).toBeGreaterThan(0);
    for (const units of [1, 37, 1009]) expect(await deterministic(units), `${units} units`).toEqual(whole);
  });
});

describe("a program", () => {
  it("keeps to a read-only folder", async () => {
    const dir = folder();
    writeFileSync(join(dir, "kept"), "as it is");
    const { stdout, code } = await run(program("files"), {
      args: ["files", "/data"],
      dirs: [`${dir}::/data:ro`],
    });
    expect(stdout).toContain("mkdir: Read-only file system");
    expect(code).toBe(1);
    expect(readdirSync(dir)).toEqual(["kept"]);
    expect(readFileSync(join(dir, "kept"), "utf8")).toBe("as it is");
  });

  it("reads its files from a folder, by relative paths too", async () => {
    const dir = folder();
    writeFileSync(join(dir, "lib.f"), ": square dup * ;");
    const args = ["forth", "lib.f"];
    const ran = { code: 0, stdout: "49 ", stderr: "" };
    expect(await run(program("forth"), { args, input: "7 square .", dirs: [`${dir}::/`] })).toEqual(ran);
    const missing = await run(program("forth"), { args: ["forth", "none.f"] });
    expect(missing).toEqual({ code: 1, stdout: "", stderr: "none.f: No such file or directory\n" });
  });

  it("waits for input that comes late, as long as it must", async () => {
    const machine = await Machine.boot();
    const parts = await wasiProgram(program("forth"));
    let output = "";
    const domain = await machine.create({
      ...parts,
      onOutput: (bytes) => {
        output += Buffer.from(bytes);
        if (output === "1 ") domain.console.write("2 .\n");
        if (output === "1 2 ") domain.console.write("77 bye\n");
      },
    });
    while (domain.info().runState !== "blocked") await new Promise((resolve) => setTimeout(resolve, 1));
    expect(await machine.settled()).toBe("idle");
    domain.console.write("1 .\n");
    expect(await domain.ended).toEqual({ kind: "poweroff", code: 77 });
    expect(output).toBe("1 2 ");
    await machine.close();
  });

  it.each(["in memory", "in a folder"])(
    "goes on elsewhere with its open files when it was saved, at many moments: %s",
    async (where) => {
      const wasm = program("files");
      const options = { args: ["files", ""], dirs: where === "in memory" ? [] : [`${folder()}::/`] };
      const expected = await run(wasm, options);
      let output = "";
      let errors = "";
      const onOutput = (bytes: Uint8Array) => {
        output += Buffer.from(bytes);
      };
      const onError = (bytes: Uint8Array) => {
        errors += Buffer.from(bytes);
      };
      let file: Uint8Array | undefined;
      let code: number | undefined;
      let legs = 0;
      while (code === undefined) {
        legs += 1;
        const machine = await Machine.boot({ deterministic: true, quantumUnits: 500, quantumMs: 0.001 });
        const parts = await wasiProgram(wasm, { ...options, onError });
        const domain =
          file === undefined
            ? await machine.create({ ...parts, onOutput, paused: true })
            : await machine.restore(file, { services: parts.services, onOutput, paused: true });
        await domain.prepareSave();
        const until = domain.info().spentUnits + UNITS_BETWEEN_SAVES;
        domain.unpause();
        while (domain.state === "running" && domain.info().spentUnits < until) {
          await new Promise((resolve) => setImmediate(resolve));
        }
        if (domain.state === "running") {
          file = await domain.save({ destroy: true });
        } else {
          const outcome = await domain.ended;
          code = outcome.kind === "poweroff" ? outcome.code : -1;
        }
        await machine.close();
      }
      // A file of the host that was removed while it was open cannot be found again.
      const kept = (text: string) =>
        where === "in memory" ? text : text.replace("kept by its descriptor", "");
      expect({ code, stdout: kept(output), stderr: errors }).toEqual({
        ...expected,
        stdout: kept(expected.stdout),
      });
      expect(legs).toBeGreaterThan(3);
    },
  );

  it("has memory together with its kernel, and is told when there is none left", async () => {
    const { stdout } = await run(program("files"), { args: ["files", ""], domain: { memoryPages: 4 } });
    expect(stdout).toContain("mkdir: 0");
    await expect(run(program("files"), { domain: { memoryPages: 2 } })).rejects.toThrow(DomainRefused);
  });
});

describe("a module that is no WASI program", () => {
  const machine = Machine.boot();
  afterAll(async () => (await machine).close());
  const refused = async (text: string) => {
    const wabt = await (await import("wabt")).default();
    const module = wabt.parseWat("test.wat", text);
    const bytes = new Uint8Array(module.toBinary({}).buffer);
    const parts = await wasiProgram(bytes);
    const error = await (await machine).create(parts).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DomainRefused);
    return (error as DomainRefused).message;
  };
  const start = `(memory (export "memory") 1) (func (export "_start"))`;

  it("is refused, and told why", async () => {
    expect(await refused(`(module (memory 1) (func (export "_initialize")))`)).toMatch(/reactor/);
    expect(await refused("(module (memory 1))")).toMatch(/no function _start/);
    expect(await refused(`(module (memory 1) (func (export "_start") (param i32)))`)).toMatch(/another type/);
    expect(await refused(`(module (func (export "_start")))`)).toMatch(/no memory/);
    expect(await refused(`(module (import "env" "f" (func)) ${start})`)).toMatch(
      /"env" "f": a program imports/,
    );
    expect(await refused(`(module (import "wasi_snapshot_preview1" "hv_start" (func)) ${start})`)).toMatch(
      /hv_start/,
    );
    expect(
      await refused(`(module (import "wasi_snapshot_preview1" "fd_close" (func (param i64))) ${start})`),
    ).toMatch(/another type/);
    expect(await refused(`(module (import "wasi_unstable" "fd_close" (func)) ${start})`)).toMatch(/older/);
    expect(await refused(`(module (import "wasi_snapshot_preview1" "x" (global i32)) ${start})`)).toMatch(
      /functions/,
    );
    expect(await refused(`(module (memory 30000) (func (export "_start")))`)).toMatch(/raise memoryPages/);
  });

  it("leaves no folder open", async () => {
    const dir = folder();
    const open = () => readdirSync("/proc/self/fd").length;
    if (!existsSync("/proc/self/fd")) return;
    const before = open();
    const machine = await Machine.boot();
    for (let i = 0; i < 20; i++) {
      const parts = await wasiProgram(Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]), {
        dirs: [`${dir}::/`],
      });
      await expect(machine.create(parts)).rejects.toThrow(DomainRefused);
      await expect(
        wasiProgram(program("files"), { dirs: [`${dir}::/a`, "/does/not/exist::/b"] }),
      ).rejects.toThrow(/cannot be opened as a folder/);
    }
    await machine.close();
    expect(open()).toBeLessThan(before + 10);
  });
});
