import { describe, expect, it } from "vitest";
import { DomainRefused } from "../../src/base/errors.js";
import type { DomainOptions, MachineOptions } from "../../src/machine/index.js";
import { assemble, boot, guest, hello, spin } from "./guests.js";

async function refusal(options: DomainOptions, machineOptions?: MachineOptions): Promise<DomainRefused> {
  const machine = await boot(machineOptions);
  const error = await machine.create(options).then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(DomainRefused);
  expect(machine.domains.size, "domains left").toBe(0);
  expect(machine.stats().memoryPages, "pages left").toBe(0);
  expect(await machine.settled()).toBe("ended");
  return error;
}
const refused = (wat: string, options = {}, machineOptions?: MachineOptions) =>
  refusal({ module: assemble(wat), ...options }, machineOptions);
const start = `(func (export "hv_start"))`;

describe("a domain is refused", () => {
  it("when its module is no module", async () => {
    const error = await refusal({ module: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]), name: "noise" });
    expect(error).toMatchObject({ reason: "malformed", message: expect.stringContaining('"noise"') });
  });

  it("when its module is not valid, with what the engine says of the original", async () => {
    const wrong = assemble(`(module ${start} (func (result i32) (i32.const 1)))`);
    // i64.const in place of i32.const.
    wrong[wrong.indexOf(0x41)] = 0x42;
    const error = await refusal({ module: wrong });
    expect(error).toMatchObject({ reason: "malformed", message: expect.stringContaining("not valid") });
  });

  it("when it uses a feature that is not supported, with its name and place", async () => {
    // A type section with a struct.
    const module = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 3, 1, 0x5f, 0]);
    const error = await refusal({ module });
    expect(error).toMatchObject({ reason: "feature" });
    expect(error.refusals[0]!.byteOffset).toBeGreaterThan(8);
  });

  it("when it imports what domains do not have: everything is named", async () => {
    const error = await refused(`(module
      (import "hv" "no_such_call" (func))
      (import "hv" "raw:version" (func (result i32)))
      (import "env" "log" (func))
      (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
      (import "env" "base" (global i32))
      (import "env" "memory" (memory 1))
      (import "env" "table" (table 1 funcref))
      ${start})`);
    expect(error.reason).toBe("import");
    const told = error.refusals.map(({ message }) => message);
    expect(told).toHaveLength(7);
    expect(told[0]).toMatch(/no_such_call.*no such hypercall/);
    expect(told[1]).toMatch(/raw:version.*no such hypercall/);
    expect(told[2]).toMatch(/"env" "log".*module "hv" alone/);
    expect(told[3]).toMatch(/WASI program.*above a kernel/);
    for (const [i, kind] of ["global", "memory", "table"].entries())
      expect(told[4 + i]).toContain(`the ${kind} "env"`);
  });

  it("when it imports a hypercall with another type", async () => {
    const error = await refused(`(module (import "hv" "version" (func (param i64))) ${start})`);
    expect(error).toMatchObject({ reason: "import", message: expect.stringContaining("version") });
  });

  it("when an entry point is missing or has another type", async () => {
    expect(await refused("(module)")).toMatchObject({
      reason: "entry",
      message: expect.stringContaining("exports no function hv_start"),
    });
    const error = await refused(`(module (func (export "hv_start") (param i32))
      (func (export "hv_upcall")) (func (export "hv_context") (param i32) (result i64) (i64.const 0)))`);
    expect(error.refusals.map(({ message }) => message.match(/hv_\w+/)![0])).toEqual([
      "hv_start",
      "hv_upcall",
      "hv_context",
    ]);
  });

  it("when it waits for notifications that can't come", async () => {
    const error = await refused(`(module (memory 1 1 shared) (func (export "hv_start")
      (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))`);
    expect(error).toMatchObject({
      reason: "feature",
      message: expect.stringContaining("memory.atomic.wait"),
    });
  });

  it("when it declares more memory than it may have", async () => {
    const error = await refused(`(module (memory 300) ${start})`);
    expect(error).toMatchObject({
      reason: "memory",
      message: expect.stringMatching(/300 pages.*may have 256.*memoryPages/),
    });
    expect((await refused(`(module (memory 3) ${start})`, { memoryPages: 2 })).reason).toBe("memory");
  });

  it("when it declares more memory than the machine has left", async () => {
    const error = await refused(`(module (memory 10) ${start})`, {}, { memoryPages: 9 });
    expect(error).toMatchObject({ reason: "memory", message: expect.stringContaining("9 left of 9") });
  });

  it("when it declares more table elements than it may have", async () => {
    const error = await refused(`(module (table 60 funcref) (table 50 externref) ${start})`, {
      tableElements: 100,
    });
    expect(error).toMatchObject({ reason: "table", message: expect.stringContaining("110 elements") });
  });

  it("when its module is too large", async () => {
    const error = await refusal({ module: hello }, { quotas: { moduleBytes: 100 } });
    expect(error).toMatchObject({ reason: "size", message: expect.stringContaining("100") });
  });

  it("when its translation takes too long; the next one is translated by another Worker", async () => {
    const large = (tail: string) =>
      guest(`(local i32) ${"(local.set 0 (i32.add (local.get 0) (i32.const 1)))".repeat(3000)} ${tail}`);
    const machine = await boot({ quotas: { translateMs: 0.001 } });
    await expect(machine.create({ module: large("") })).rejects.toMatchObject({ reason: "time" });
    await expect(machine.create({ module: large("(nop)") })).rejects.toMatchObject({ reason: "time" });
    expect((await machine.create({ module: hello })).id).toBe(3);
  });

  it("when an option is at fault", async () => {
    const options: Omit<DomainOptions, "module">[] = [
      { memoryPages: -1 },
      { contextsMax: 0 },
      { tableElements: 2 ** 31 },
      { stackBytes: 1 },
      { frameBytes: 1 },
      { budget: 0.5 },
      { timeoutMs: Number.NaN },
      { name: "n".repeat(65) },
      { commandLine: "c".repeat(65_537) },
    ];
    for (const option of options) {
      const error = await refusal({ module: spin, ...option });
      expect(error, Object.keys(option)[0]).toMatchObject({
        reason: "option",
        message: expect.stringContaining(Object.keys(option)[0]!),
      });
    }
  });

  it("when the machine is full", async () => {
    const machine = await boot({ quotas: { domains: 1 } });
    const first = await machine.create({ module: spin });
    await expect(machine.create({ module: hello })).rejects.toMatchObject({ reason: "machine" });
    first.destroy();
    await expect(machine.create({ module: hello })).resolves.toBeDefined();
  });
});

describe("inspect", () => {
  it("tells what a guest imports, uses and exports", async () => {
    const machine = await boot();
    const inspection = await machine.inspect(spin);
    expect(inspection.refusals).toEqual([]);
    expect(inspection.exports.map(({ name }) => name)).toEqual(["memory", "hv_start"]);
    expect(inspection.guest).toMatchObject({
      entryPoints: ["hv_start"],
      memory: { minPages: 1, maxPages: 16, shared: false },
      stackPointer: false,
    });
    expect(inspection.guest!.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(inspection.guest!.hypercalls).toContainEqual({ name: "console_write", number: 0x70 });
  });

  it("tells what a guest uses beyond the first version of WebAssembly, also in its bodies alone", async () => {
    const machine = await boot();
    const featuresOf = async (body: string, rest = "") =>
      (await machine.inspect(guest(body, rest))).guest!.features;
    expect(await featuresOf("(nop)")).toEqual([]);
    const bodies: [feature: string, body: string, rest?: string][] = [
      ["atomic operations", "(atomic.fence)"],
      ["atomic wait", "(drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0)))"],
      ["bulk memory", "(memory.fill (i32.const 0) (i32.const 1) (i32.const 2))"],
      ["bulk memory", "(data.drop $d) (drop (memory.grow (i32.const 1)))", '(data $d "x")'],
      ["exceptions", "(try (do) (catch_all))"],
      ["exceptions", "(throw $t)", "(tag $t)"],
      ["growing memory", "(drop (memory.grow (i32.const 1)))"],
      ["growing tables", "(drop (table.grow (ref.null func) (i32.const 1)))", "(table 1 funcref)"],
      ["multiple results", "(block (result i32 i32) (i32.const 1) (i32.const 2)) (drop) (drop)"],
      ["reference types", "(drop (ref.null extern))"],
      ["reference types", "(local externref)"],
      ["saturating conversions", "(drop (i32.trunc_sat_f32_s (f32.const 1)))"],
      ["sign extension", "(drop (i32.extend8_s (i32.const 1)))"],
      ["tail calls", "(return_call $f)", "(func $f)"],
      ["vectors", "(drop (v128.const i32x4 1 2 3 4))"],
      ["vectors", "(local v128)"],
    ];
    for (const [feature, body, rest] of bodies) {
      expect(await featuresOf(body, rest), body).toContain(feature);
    }
  });

  it("tells what would be refused, and never runs anything", async () => {
    const machine = await boot();
    const { refusals, guest: found } = await machine.inspect(
      assemble(`(module (import "env" "f" (func)) (start 0))`),
    );
    expect(refusals.map(({ reason }) => reason)).toEqual(["import", "entry"]);
    expect(found).toBeDefined();
    const noise = await machine.inspect(new Uint8Array(20));
    expect(noise).toMatchObject({ imports: [], refusals: [{ reason: "malformed" }] });
    expect(machine.stats().quanta).toBe(0);
  });
});
