// Random hypercalls: the same however the run is sliced, and nothing that the core does not survive.
import fc from "fast-check";
import { expect, it } from "vitest";
import { Exit } from "../../../src/abi.js";
import { checkCore, checkDomain } from "./invariants.js";
import { RANDOM_GUEST, RESULTS_AT, type Step, writeLists } from "./random-guest.js";
import { lists } from "./random-steps.js";
import { type RawDomain, RawMachine } from "./raw-machine.js";

const RUNS = Number(process.env.WASMVISOR_FUZZ_RUNS ?? 60);
const FUEL = 300;
const MOST_UNITS = 1_000_000;
const INPUT = "input for whoever reads it, and no more than that";

function type({ core }: RawMachine, { handle }: RawDomain, text: string): void {
  const at = core.consoleInput(handle) >>> 0;
  new Uint8Array(core.memory.buffer).set(new TextEncoder().encode(text), at);
  core.consoleGiven(handle, text.length);
}

/** All that can be seen of a run, in pieces of `units`. */
async function observe(program: Step[][], units: number, most: number) {
  const machine = new RawMachine({ deterministic: true });
  machine.lazy = true;
  const domain = await machine.create(RANDOM_GUEST, { contextsMax: 6, stackBytes: 32 * 1024 });
  const { core } = machine;
  writeLists(domain.guest.memory!, program, FUEL);
  type(machine, domain, INPUT);
  core.consoleInputEnded(domain.handle);
  // A list that overwrote itself may compute for ever.
  let ranOut = true;
  while (core.spentUnits(domain.vcpu) < most) {
    if (machine.run(domain, units) === Exit.Blocked || domain.end !== undefined) {
      ranOut = false;
      break;
    }
  }
  machine.takeOutput(domain);
  checkDomain(machine, domain);
  const memory = new Uint8Array(domain.guest.memory!.buffer);
  const seen = {
    ranOut,
    end: domain.end,
    output: domain.output,
    results: domain.u32(RESULTS_AT),
    memory: await digest(memory),
    pages: core.pages(domain.handle),
    hypercalls: core.hypercalls(domain.vcpu),
    switches: core.contextSwitches(domain.vcpu),
    upcalls: core.upcalls(domain.vcpu),
    pending: core.pendingPorts(domain.vcpu),
    context: core.currentContext(domain.vcpu),
    last: core.lastHypercallOf(domain.vcpu),
    stackPointer: core.stackPointer(domain.vcpu),
    // What a crash had left of its grant counts as spent.
    spentUnits: domain.end !== undefined && "crash" in domain.end ? 0 : core.spentUnits(domain.vcpu),
  };
  machine.destroy(domain);
  return seen;
}

async function digest(bytes: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Buffer.from(hash).toString("hex").slice(0, 16);
}

it("random hypercalls do the same, and cost the same, however the run is sliced", async () => {
  await fc.assert(
    fc.asyncProperty(lists({ timeless: true }), async (program) => {
      const whole = await observe(program, 1_000_000, MOST_UNITS);
      fc.pre(!whole.ranOut);
      for (const units of [1, 7, 1000]) {
        expect(await observe(program, units, 3 * MOST_UNITS), `units: ${units}`).toEqual(whole);
      }
    }),
    { numRuns: RUNS, interruptAfterTimeLimit: 300_000 },
  );
}, 600_000);

/** What the world does to domains, in random order. */
type Event =
  | { readonly what: "run"; readonly units: number }
  | { readonly what: "raise"; readonly port: number }
  | { readonly what: "type"; readonly length: number }
  | { readonly what: "wait"; readonly ns: number }
  | { readonly what: "pause" | "unpause" | "destroy" | "take" | "end" | "answer" };

const few = { weight: 1 };
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      what: fc.constant("run" as const),
      units: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 1 << 20 })),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant("raise" as const),
      port: fc.oneof(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 40 })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant("type" as const), length: fc.integer({ min: 0, max: 5000 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant("wait" as const), ns: fc.integer({ min: 0, max: 2_000_000 }) }),
  },
  ...(["pause", "unpause", "take", "end", "answer"] as const).map((what) => ({
    ...few,
    arbitrary: fc.constant({ what }),
  })),
  { weight: 1, arbitrary: fc.constant({ what: "unpause" as const }) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 0, max: 9 }).map((n): Event => ({ what: n === 0 ? "destroy" : "answer" })),
  },
);
const DOMAINS = 3;
const history = fc.array(fc.tuple(fc.integer({ min: 0, max: DOMAINS - 1 }), event), {
  minLength: 20,
  maxLength: 300,
});

function happens(machine: RawMachine, domain: RawDomain, { what, ...rest }: Event): void {
  const { core } = machine;
  const { handle, vcpu } = domain;
  const { units = 0, port = 0, length = 0, ns = 0 } = rest as Record<string, number>;
  switch (what) {
    case "run":
      if (domain.end === undefined) machine.run(domain, units);
      break;
    case "raise":
      core.raise(vcpu, port);
      break;
    case "type":
      type(machine, domain, "x".repeat(Math.min(length, core.consoleInputRoom(handle))));
      break;
    case "wait":
      machine.nowNs += ns;
      core.advance(ns);
      break;
    case "pause":
      core.pause(handle);
      break;
    case "unpause":
      core.unpause(handle);
      break;
    case "take":
      machine.takeOutput(domain);
      break;
    case "end":
      core.consoleInputEnded(handle);
      break;
    case "answer": {
      const at = core.serviceAnswerRoom(handle, 100) >>> 0;
      if (at !== 0) new Uint8Array(core.memory.buffer).fill(9, at, at + 100);
      core.serviceAnswered(handle, at === 0 ? -5 : 100);
      break;
    }
    case "destroy":
      machine.destroy(domain);
  }
}

it("no sequence of hypercalls in several domains, and of events from outside, hurts the core or the others", async () => {
  const options = { contextsMax: 6, stackBytes: 32 * 1024, services: 2 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(lists({ timeless: false }), { minLength: DOMAINS, maxLength: DOMAINS }),
      history,
      fc.boolean(),
      async (programs, events, deterministic) => {
        const machine = new RawMachine({ deterministic });
        machine.lazy = true;
        await checkCore(machine);
        const create = async (index: number) => {
          const domain = await machine.create(RANDOM_GUEST, options);
          writeLists(domain.guest.memory!, programs[index]!, FUEL);
          return domain;
        };
        const domains = await Promise.all(programs.map((_, index) => create(index)));
        for (const [index, event] of events) {
          const domain = domains[index]!;
          happens(machine, domain, event);
          if (!machine.domains.has(domain)) domains[index] = await create(index);
          else checkDomain(machine, domain);
          // A trap of the engine's for want of stack, or a protocol that was broken, would be the core's fault.
          expect(Object.keys(domain.end ?? {})).not.toContain("thrown");
          expect(domain.end).not.toEqual({ crash: "Protocol" });
        }
        await checkCore(machine);
        for (const domain of domains) machine.destroy(domain);
        await checkCore(machine);
      },
    ),
    { numRuns: RUNS, interruptAfterTimeLimit: 300_000 },
  );
}, 600_000);
