import { describe, expect, it } from "vitest";
import { WasmvisorError } from "../../src/base/errors.js";
import type { DomainOptions, Machine } from "../../src/machine/index.js";
import { Credit } from "../../src/sched/credit.js";
import { boot, guest, spin } from "./guests.js";

/** A guest that ends after so many ns. */
const alarm = (ns: number) => guest(`(call $sleep (i64.const ${ns}))`);

/** Until so much of virtual time has passed. */
async function pass(machine: Machine, ns: number): Promise<void> {
  const clock = await machine.create({ module: alarm(ns) });
  await clock.ended;
}

async function shares(options: readonly Partial<DomainOptions>[], forNs: number): Promise<number[]> {
  const machine = await boot({ deterministic: true, scheduler: new Credit() });
  const spinners = await Promise.all(options.map((one) => machine.create({ module: spin, ...one })));
  await pass(machine, forNs);
  const { timeNs } = machine.stats();
  return spinners.map((domain) => domain.info().spentUnits / timeNs);
}

describe("a machine with credit", () => {
  it("divides the CPU by the weights of domains", async () => {
    const [a, b, c] = await shares([{ weight: 512 }, {}, { weight: 1024 }], 3e9);
    expect(a).toBeCloseTo(2 / 7, 2);
    expect(b).toBeCloseTo(1 / 7, 2);
    expect(c).toBeCloseTo(4 / 7, 2);
  });

  it("lets nobody run above its cap, and sleeps when nobody else can run", async () => {
    const [a, b] = await shares([{ cap: 30 }, { weight: 1, cap: 15 }], 3e9);
    expect(a).toBeCloseTo(0.3, 2);
    expect(b).toBeCloseTo(0.15, 2);
  });

  it("is not idle while all are out of credit", async () => {
    const machine = await boot({ scheduler: new Credit() });
    const domain = await machine.create({ module: spin, cap: 50, timeoutMs: 50 });
    expect(await machine.settled()).toBe("ended");
    expect(await domain.ended).toEqual({ kind: "timeout" });
  });

  it("takes another weight and cap while a domain runs, and keeps them in snapshots", async () => {
    const machine = await boot({ deterministic: true, scheduler: new Credit() });
    const a = await machine.create({ module: spin });
    const b = await machine.create({ module: spin });
    await pass(machine, 1e9);
    const before = a.info().spentUnits;
    a.setSchedule({ cap: 20 });
    b.setSchedule({ weight: 1000 });
    expect(a.schedule).toEqual({ weight: 256, cap: 20 });
    const { timeNs } = machine.stats();
    await pass(machine, 1e9);
    expect((a.info().spentUnits - before) / (machine.stats().timeNs - timeNs)).toBeCloseTo(0.2, 2);
    const file = await a.save();
    expect((await machine.restore(file)).schedule).toEqual({ weight: 256, cap: 20 });
    expect((await machine.restore(file, { cap: 0 })).schedule).toEqual({ weight: 256, cap: 0 });
  });

  it("refuses weights and caps that have no meaning, and changes nothing then", async () => {
    const machine = await boot();
    await expect(machine.create({ module: spin, weight: 0 })).rejects.toThrow("weight is 0");
    await expect(machine.create({ module: spin, cap: 101 })).rejects.toThrow("cap is 101");
    const domain = await machine.create({ module: spin, weight: 100 });
    expect(() => domain.setSchedule({ cap: Number.NaN })).toThrow(WasmvisorError);
    expect(() => domain.setSchedule({ weight: 0.5, cap: 10 })).toThrow("weight is 0.5");
    expect(domain.schedule).toEqual({ weight: 100, cap: 0 });
  });
});
