// Each hostile guest shares a machine with the witnesses: it ends or is held alone, and they see nothing of it.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  bootMachine,
  type Domain,
  DomainRefused,
  type Machine,
  type MachineOptions,
} from "../../../src/index.js";
import { nodePlatform } from "../../../src/platform/node/index.js";
import { assemble } from "../../checker/assemble.js";
import { OVERFLOWS, QUIET_ENDS, TRAPS } from "./ending.js";
import { LOOPS, STORMS } from "./holding.js";
import { PROGRAMS } from "./programs.js";
import { ENTRIES, IMPORTS, MALFORMED, SIZES } from "./refused.js";
import type { Villain } from "./villain.js";
import { WITNESSES } from "./witnesses.js";

const GROUPS = { TRAPS, OVERFLOWS, QUIET_ENDS, LOOPS, STORMS, PROGRAMS, IMPORTS, ENTRIES, SIZES, MALFORMED };
const PAGES = 10_000;
const MOST_CORE_BYTES = 20 << 20;
const SLICE_NS = 1_000_000;
/** How often the witnesses sleep or yield, one after the other at worst. */
const ROUNDS = 100;

const witnessModules = Object.entries(WITNESSES).map(([name, text]) => [name, assemble(text)] as const);

interface Witnessed {
  readonly output: string;
  readonly spentUnits: number;
}

/** Creates the witnesses; resolves with what they did when all are done. */
async function witness(machine: Machine): Promise<Record<string, Witnessed>> {
  const decoder = new TextDecoder();
  const domains: [Domain, { output: string }][] = [];
  for (const [name, module] of witnessModules) {
    const heard = { output: "" };
    const onOutput = (bytes: Uint8Array) => {
      heard.output += decoder.decode(bytes);
    };
    domains.push([await machine.create({ module, name, onOutput }), heard]);
  }
  const seen: Record<string, Witnessed> = {};
  for (const [domain] of domains) expect(await domain.ended).toEqual({ kind: "poweroff", code: 0 });
  for (const [domain, { output }] of domains) {
    seen[domain.name] = { output, spentUnits: domain.info().spentUnits };
    domain.destroy();
  }
  return seen;
}

/** `exact`: time is virtual, so that it can be judged. */
async function meet(machine: Machine, villain: Villain, alone: Record<string, Witnessed>, exact: boolean) {
  const module = typeof villain.module === "string" ? assemble(villain.module) : villain.module();
  const pagesBefore = machine.stats().memoryPages;
  const create = () =>
    machine.create({
      ...(villain.program && { program: { module: assemble(villain.program) }, memoryPages: 16 }),
      ...{ module, name: "villain", onOutput: () => !villain.unheard, ...villain.options },
    });
  if (villain.ends === "refused") {
    const refusal = await create().then(
      () => expect.fail("it was accepted"),
      (error: unknown) => error,
    );
    expect(refusal).toBeInstanceOf(DomainRefused);
    expect((refusal as Error).message).toMatch(villain.refusal!);
    expect(machine.stats().memoryPages).toBe(pagesBefore);
    return;
  }
  const domain = await create();
  const seen = await witness(machine);
  for (const [name, { output }] of Object.entries(alone)) expect(seen[name]!.output, name).toBe(output);
  if (villain.ends === "held") {
    expect(domain.state).toBe("running");
    expect(domain.info().coreBytes).toBeLessThan(MOST_CORE_BYTES);
    // Each time that a witness has slept or yielded it waits for a slice of the villain's at most.
    if (exact) expect(domain.info().runningNs).toBeLessThan(ROUNDS * SLICE_NS);
    domain.destroy();
    expect(await domain.ended).toEqual({ kind: "destroyed" });
  } else {
    const outcome = await domain.ended;
    if (villain.ends === "poweroff") expect(outcome).toMatchObject({ kind: "poweroff" });
    else {
      expect(outcome.kind).toBe("crash");
      if (outcome.kind === "crash") expect(outcome.record.cause).toMatch(villain.ends);
    }
    domain.destroy();
  }
  await machine.settled();
  expect(machine.stats().memoryPages, "its pages are given back").toBe(pagesBefore);
  expect(machine.domains.size).toBe(0);
}

const MODES: Record<string, MachineOptions> = {
  deterministic: { deterministic: true, quantumUnits: 20_000 },
  ordinary: {},
};

for (const [mode, options] of Object.entries(MODES)) {
  describe(`beside a hostile guest the others' output is as without it: ${mode}`, () => {
    let machine: Machine;
    let alone: Record<string, Witnessed>;
    beforeAll(async () => {
      machine = await bootMachine(nodePlatform, { memoryPages: PAGES, sliceMs: SLICE_NS / 1e6, ...options });
      alone = await witness(machine);
    });
    afterAll(() => machine.close());

    afterEach(() => {
      for (const domain of machine.domains.values()) domain.destroy();
    });

    for (const [group, villains] of Object.entries(GROUPS)) {
      describe(group, () => {
        for (const villain of villains)
          it(villain.name, () => meet(machine, villain, alone, mode === "deterministic"));
      });
    }
  });
}
