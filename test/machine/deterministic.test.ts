import { describe, expect, it } from "vitest";
import type { DomainOptions, MachineOptions } from "../../src/machine/index.js";
import { boot, chatter, guest, spin, text, trap } from "./guests.js";

/** Writes 16 random bytes as letters, with sleeps of random lengths in between. */
const gambler = guest(`(local $i i32)
  (drop (call $random (i32.const 100) (i32.const 16)))
  (loop $again
    (call $sleep (i64.mul (i64.load8_u (i32.add (i32.const 100) (local.get $i))) (i64.const 9973)))
    (call $say (i32.add (i32.const 97)
      (i32.rem_u (i32.load8_u (i32.add (i32.const 100) (local.get $i))) (i32.const 26))))
    (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 16))))`);

/** All that several guests leave behind. */
async function story(options: MachineOptions = {}, delayMs = 0) {
  const machine = await boot({ deterministic: true, ...options });
  const order: string[] = [];
  const noted = (name: string, domain: DomainOptions): DomainOptions => ({
    ...domain,
    name,
    onOutput: (bytes) => void order.push(`${name}: ${text(bytes)}`),
  });
  const domains = await Promise.all([
    machine.create(noted("gambler", { module: gambler })),
    machine.create(noted("chatter", { module: chatter("c", 300, 20_000) })),
    machine.create(noted("trap", { module: trap })),
    machine.create(noted("other", { module: gambler })),
    machine.create(noted("budget", { module: spin, budget: 3_333_333 })),
    machine.create(noted("timeout", { module: spin, timeoutMs: 7 })),
    machine.create(noted("waiting", { module: guest("(drop (call $block)) (call $say (i32.const 119))") })),
  ]);
  if (delayMs > 0) {
    // The event loop is held up: real time must not matter.
    const until = performance.now() + delayMs;
    while (performance.now() < until);
  }
  expect(await machine.settled()).toBe("idle");
  domains[6]!.console.write("go on");
  expect(await machine.settled()).toBe("ended");
  return {
    order,
    outcomes: await Promise.all(domains.map((domain) => domain.ended)),
    infos: domains.map((domain) => domain.info()),
    trace: machine.trace(),
    timeNs: machine.stats().timeNs,
  };
}

describe("a deterministic machine", () => {
  it("does the same twice: consoles, outcomes, budgets, times and the trace", async () => {
    const first = await story();
    expect(first.order.length).toBeGreaterThan(20);
    expect(first.outcomes.map(({ kind }) => kind)).toEqual([
      "poweroff",
      "poweroff",
      "crash",
      "poweroff",
      "budget",
      "timeout",
      "poweroff",
    ]);
    expect(await story({}, 20)).toEqual(first);
  });

  it("does something else with another seed or another quantum, but guests spend the same", async () => {
    const first = await story();
    const seeded = await story({ seed: 7 });
    expect(seeded.order).not.toEqual(first.order);
    const sliced = await story({ quantumUnits: 5000 });
    expect(sliced.trace).not.toEqual(first.trace);
    expect(sliced.infos[1]!.spentUnits).toBe(first.infos[1]!.spentUnits);
    expect(sliced.infos[4]!.spentUnits).toBe(3_333_333);
  });

  it("has a clock that jumps to the next deadline when all sleep", async () => {
    const machine = await boot({ deterministic: true });
    const hour = guest("(call $sleep (i64.const 3600000000000))");
    const domain = await machine.create({ module: hour });
    expect(await machine.settled()).toBe("ended");
    expect(await domain.ended).toEqual({ kind: "poweroff", code: 0 });
    expect(machine.stats().timeNs).toBeGreaterThanOrEqual(3600e9);
    expect(domain.info().blockedNs).toBeGreaterThan(3599e9);
  });

  it("creates domains in the order in which they are asked for, and runs nobody meanwhile", async () => {
    const machine = await boot({ deterministic: true });
    const large = guest(`(local i32) ${"(local.set 0 (i32.const 1))".repeat(3000)}`);
    const [first, second] = await Promise.all([large, spin].map((module) => machine.create({ module })));
    expect([first!.id, second!.id]).toEqual([1, 2]);
    expect(machine.trace().map(({ kind, domain }) => `${kind} ${domain}`)).toEqual(["create 1", "create 2"]);
    expect(machine.stats().quanta).toBe(0);
  });
});

describe("a guest that is stopped at every safepoint", () => {
  it("does what it does when it is not", async () => {
    const output = async (quantumUnits: number | undefined) => {
      const machine = await boot(quantumUnits === undefined ? {} : { quantumUnits });
      const domain = await machine.create({ module: chatter("q", 30, 20) });
      await domain.ended;
      return { output: text(domain.console.output), spent: domain.info().spentUnits };
    };
    expect(await output(1)).toEqual(await output(undefined));
  });
});
