// Hostile guests on a machine whose every step the test decides: the core is as before when they are gone.
import { describe, expect, it } from "vitest";
import { OVERFLOWS, QUIET_ENDS, TRAPS } from "./ending.js";
import { LOOPS, STORMS } from "./holding.js";
import { checkCore, checkDomain, checkNothingLeaks } from "./invariants.js";
import { RawMachine } from "./raw-machine.js";
import { edgeGuest, runToEnd } from "./stack-edge.js";
import { call, guest } from "./wat.js";

const modes = { ordinary: {}, deterministic: { deterministic: true } };

for (const [mode, options] of Object.entries(modes)) {
  describe(`when a hostile guest is gone the core is as before, and nothing is lost: ${mode}`, () => {
    for (const villain of [...TRAPS, ...OVERFLOWS, ...QUIET_ENDS, ...LOOPS, ...STORMS]) {
      it(villain.name, async () => {
        const machine = new RawMachine(options);
        await checkCore(machine);
        await checkNothingLeaks(machine, async () => {
          for (const units of [9_973, 1_000_000]) {
            const domain = await machine.create(villain.module as string, villain.options);
            if (villain.ends === "held") machine.runAll(units, 20);
            else runToEnd(machine, domain, () => units);
            checkDomain(machine, domain);
            machine.destroy(domain);
            await checkCore(machine);
          }
        });
      });
    }
  });
}

describe("a guest is stopped in the middle, at any point, and destroyed", () => {
  it("the core is as before, however deep it was", async () => {
    const machine = new RawMachine();
    const text = edgeGuest({ hypercall: "context_switch", locals: 3 });
    await checkCore(machine);
    await checkNothingLeaks(machine, async () => {
      for (let units = 1; units < 100_000; units = units * 2 + 1) {
        const domain = await machine.create(text);
        for (let turn = 0; turn < 3 && domain.end === undefined; turn++) machine.run(domain, units);
        checkDomain(machine, domain);
        machine.destroy(domain);
      }
      await checkCore(machine);
    });
  });
});

describe("the host says what makes no sense", () => {
  const spin = guest({ body: '(func (export "hv_start") (loop (br 0)))' });

  it("budgets that are negative or huge do not run anybody", async () => {
    const machine = new RawMachine();
    const domain = await machine.create(spin);
    const { core } = machine;
    for (const units of [-1, -(2 ** 31), 2 ** 30 + 1, 2 ** 31 - 1]) core.run(domain.vcpu, units);
    expect(core.spentUnits(domain.vcpu)).toBe(0);
    core.run(domain.vcpu, 0);
    expect(core.spentUnits(domain.vcpu)).toBe(0);
    await checkCore(machine);
  });

  it("ports that do not exist are not raised; input that does not fit is not counted", async () => {
    const machine = new RawMachine();
    const domain = await machine.create(
      guest({
        imports: ["all"],
        memory: "(memory 1)",
        body: `(func (export "hv_start") (drop ${call("sched_block")}))`,
      }),
    );
    const { core } = machine;
    machine.run(domain, 1000);
    expect(core.raise(domain.vcpu, 32)).toBe(0);
    expect(core.raise(domain.vcpu, 0xffff_ffff)).toBe(0);
    expect(core.pendingPorts(domain.vcpu)).toBe(0);
    core.consoleInput(domain.handle);
    core.consoleGiven(domain.handle, 1 << 20);
    expect(core.consoleInputRoom(domain.handle)).toBe(0);
    core.consoleTaken(domain.handle, 1 << 20);
    expect(core.consoleOutputLength(domain.handle)).toBe(0);
    machine.destroy(domain);
    await checkCore(machine);
  });

  it("pause and unpause twice in a row count once", async () => {
    const machine = new RawMachine();
    const domain = await machine.create(spin);
    const { core } = machine;
    machine.run(domain, 1000);
    core.pause(domain.handle);
    core.pause(domain.handle);
    machine.nowNs += 1000;
    core.unpause(domain.handle);
    core.unpause(domain.handle);
    machine.run(domain, 1000);
    checkDomain(machine, domain);
    expect(core.runstateNs(domain.vcpu, 3)).toBe(1000);
  });
});
