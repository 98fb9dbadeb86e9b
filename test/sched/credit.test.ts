import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Heap } from "../../src/base/heap.js";
import { Credit } from "../../src/sched/credit.js";
import {
  type Behaviour,
  hog,
  idealShares,
  mostWithin,
  patientShares,
  Simulation,
  type SimulationOptions,
  Vcpu,
  type Wish,
  worker,
} from "./simulation.js";

const QUANTUM_NS = 1e6;
const SLICE_NS = 10e6;
const FOR_NS = 20e9;
const weight = fc.oneof(fc.integer({ min: 200, max: 300 }), fc.integer({ min: 64, max: 1024 }));
const cap = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100 }));
const work = fc
  .record({
    periodNs: fc.integer({ min: 1e6, max: 50e6 }),
    part: fc.double({ min: 0.01, max: 0.9, noNaN: true }),
  })
  .map(({ periodNs, part }) => ({ periodNs, runNs: part * periodNs }));
const weighed = fc.record({ weight, cap: fc.constant(0) });
const capped = fc.record({ weight, cap });
const working = fc.record({ weight, cap: fc.constant(0), work });
const cappedWorking = fc.record({ weight, cap, work });
const several = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: 1, maxLength: 8 });
/** Whether quanta take a fifth more or less than they should. */
const inexact = fc.boolean();

function simulation(isInexact: boolean): Simulation {
  let state = 1;
  const random = () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const options: SimulationOptions = isInexact ? { inexact: (ns) => ns * (0.8 + 0.4 * random()) } : {};
  return new Simulation(new Credit<Vcpu>(), options);
}

function run(wishes: readonly Wish[], isInexact = false) {
  const machine = simulation(isInexact);
  const vcpus = wishes.map((wish) =>
    machine.add(wish.work === undefined ? hog() : worker(wish.work.runNs, wish.work.periodNs), wish),
  );
  machine.run(FOR_NS);
  return { machine, vcpus, shares: vcpus.map(({ ranNs }) => ranNs / machine.nowNs) };
}

describe("credit", () => {
  it("divides the time by weights and caps, within 1 %", () => {
    fc.assert(
      fc.property(several(capped), inexact, (wishes, isInexact) => {
        const { shares } = run(wishes, isInexact);
        const ideal = patientShares(wishes);
        for (const [i, share] of shares.entries()) expect(Math.abs(share - ideal[i]!)).toBeLessThan(0.01);
      }),
      { numRuns: 60 },
    );
  });

  it("divides the time by weights, within 1 %, beside some that sleep", () => {
    fc.assert(
      fc.property(several(fc.oneof(weighed, working)), inexact, (wishes, isInexact) => {
        const { shares } = run(wishes, isInexact);
        const ideal = patientShares(wishes);
        for (const [i, share] of shares.entries()) expect(Math.abs(share - ideal[i]!)).toBeLessThan(0.01);
      }),
      { numRuns: 60 },
    );
  });

  it("gives whoever is capped, beside some that sleep, as much as a machine would that makes up for nothing or for all", () => {
    fc.assert(
      fc.property(several(fc.oneof(capped, cappedWorking)), inexact, (wishes, isInexact) => {
        const { machine, shares } = run(wishes, isInexact);
        const [ideal, patient] = [idealShares(wishes, machine.nowNs), patientShares(wishes)];
        for (const [i, share] of shares.entries()) {
          expect(share).toBeGreaterThan(Math.min(ideal[i]!, patient[i]!) - 0.01);
          expect(share).toBeLessThan(Math.max(ideal[i]!, patient[i]!) + 0.01);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("keeps caps over any second, to within two quanta", () => {
    fc.assert(
      fc.property(several(fc.oneof(capped, cappedWorking)), inexact, (wishes, isInexact) => {
        const { vcpus } = run(wishes, isInexact);
        for (const [i, vcpu] of vcpus.entries()) {
          const most = (wishes[i]!.cap || 100) / 100;
          expect(mostWithin(vcpu, 1e9) - most * 1e9).toBeLessThan(2 * QUANTUM_NS);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("wastes no time while somebody without a cap can run", () => {
    fc.assert(
      fc.property(several(fc.oneof(weighed, working, capped, cappedWorking)), (wishes) => {
        expect(run(wishes).machine.wastedNs).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it("lets everybody run, whatever weights and caps say", () => {
    const extreme = fc.record({ weight: fc.constantFrom(1, 256, 65_535), cap: fc.constantFrom(0, 1, 100) });
    fc.assert(
      fc.property(several(fc.oneof(extreme, working)), (wishes) => {
        for (const { ranNs } of run(wishes).vcpus) expect(ranNs).toBeGreaterThan(0);
      }),
      { numRuns: 30 },
    );
  });

  it("lets whoever was woken run within three quanta, among twenty that compute", () => {
    fc.assert(
      fc.property(fc.integer({ min: 3e6, max: 40e6 }), inexact, (periodNs, isInexact) => {
        const machine = simulation(isInexact);
        for (let i = 0; i < 20; i++) machine.add(hog());
        machine.run(1e9);
        const echo = machine.add(worker(periodNs / 30, periodNs, 1.1e9));
        machine.run(10e9);
        expect(echo.waits.length).toBeGreaterThan(200);
        expect(Math.max(...echo.waits)).toBeLessThan(3 * QUANTUM_NS);
      }),
      { numRuns: 30 },
    );
  });

  it("takes new weights and caps at once, in any state", () => {
    const credit = new Credit<Vcpu>();
    const machine = new Simulation(credit);
    const [a, b, c] = [machine.add(hog()), machine.add(hog()), machine.add(worker(1e6, 20e6))];
    const share = (vcpu: Vcpu, change: () => void) => {
      change();
      const before = vcpu.ranNs;
      const beginNs = machine.nowNs;
      machine.run(5e9);
      return (vcpu.ranNs - before) / (machine.nowNs - beginNs);
    };
    expect(share(a, () => credit.configure(a, { weight: 3 * 256, cap: 0 }))).toBeCloseTo(0.95 * 0.75, 2);
    expect(share(a, () => credit.configure(a, { weight: 3 * 256, cap: 20 }))).toBeCloseTo(0.2, 2);
    expect(share(b, () => credit.configure(c, { weight: 65_535, cap: 1 }))).toBeCloseTo(0.79, 2);
    expect(share(a, () => credit.configure(a, { weight: 1, cap: 0 }))).toBeCloseTo(0.99 / 257, 2);
    expect(share(a, () => credit.configure(a, { weight: 256, cap: 0 }))).toBeCloseTo(0.99 / 2, 2);
  });

  it("refuses weights, caps and slices that have no meaning", () => {
    const credit = new Credit<string>();
    credit.add("a");
    for (const weight of [0, 65_536, 1.5, Number.NaN]) {
      expect(() => credit.configure("a", { weight, cap: 0 })).toThrow("from 1 to 65535");
    }
    for (const cap of [-1, 101, Number.NaN]) {
      expect(() => credit.configure("a", { weight: 256, cap })).toThrow("percentage");
    }
    expect(() => new Credit({ sliceNs: 0 })).toThrow("sliceNs");
    expect(() => new Credit({ sliceNs: 1e6, rateLimitNs: 2e6 })).toThrow("rateLimitNs");
  });
});

describe("nobody gains 1 % from credit", () => {
  const tricks: Record<string, () => Behaviour> = {
    "by yielding just before its slice ends": () => {
      let yields = false;
      return (_, leftNs) => {
        yields = !yields;
        return yields && leftNs > 50_000 ? { runNs: leftNs - 40_000 } : "yield";
      };
    },
    "by sleeping just before its slice ends": () => {
      let sleeps = false;
      return (nowNs, leftNs) => {
        sleeps = !sleeps;
        return sleeps && leftNs > 50_000 ? { runNs: leftNs - 40_000 } : { untilNs: nowNs + 1000 };
      };
    },
    "by waking itself again and again": () => {
      let sleeps = false;
      return (nowNs) => {
        sleeps = !sleeps;
        return sleeps ? { runNs: 300_000 } : { untilNs: nowNs + 1 };
      };
    },
    "by sleeping at ticks of 10 ms": () => (nowNs) => {
      const phaseNs = nowNs % 10e6;
      return phaseNs > 9.5e6 ? { untilNs: nowNs - phaseNs + 10.1e6 } : { runNs: 9.6e6 - phaseNs };
    },
    "by sleeping at ticks of 30 ms": () => (nowNs) => {
      const phaseNs = nowNs % 30e6;
      return phaseNs > 29e6 ? { untilNs: nowNs - phaseNs + 31e6 } : { runNs: 29.1e6 - phaseNs };
    },
  };
  for (const [name, trick] of Object.entries(tricks)) {
    it(name, () => {
      fc.assert(
        fc.property(several(weighed), inexact, weight, (others, isInexact, own) => {
          const machine = simulation(isInexact);
          for (const wish of others) machine.add(hog(), wish);
          const adversary = machine.add(new Vcpu(trick()), { weight: own, cap: 0 });
          machine.run(FOR_NS);
          const [fair] = patientShares([{ weight: own, cap: 0 }, ...others]);
          // And one slice, which anybody may be ahead for a while.
          expect(adversary.ranNs).toBeLessThan(1.01 * fair! * machine.nowNs + SLICE_NS);
        }),
        { numRuns: 20 },
      );
    });
  }

  it("by two that wake each other in turn", () => {
    const machine = simulation(false);
    for (let i = 0; i < 4; i++) machine.add(hog());
    const pair = [0, 1].map((i) => machine.add(worker(2e6, 4e6, i * 2e6)));
    machine.run(FOR_NS);
    for (const { ranNs } of pair) expect(ranNs / machine.nowNs).toBeLessThan(1.01 / 6);
  });
});

describe("the cost of a decision of credit", () => {
  afterEach(() => vi.restoreAllMocks());

  /** Changes of queues in a second of five that compute and one that sleeps and wakes, beside `sleepers`. */
  function changes(sleepers: number): number {
    const credit = new Credit<Vcpu>();
    for (let i = 0; i < sleepers; i++) credit.add(hog());
    const machine = new Simulation(credit);
    for (let i = 0; i < 5; i++) machine.add(hog());
    machine.add(worker(1e5, 3e6), { weight: 256, cap: 2 });
    const moves = (["add", "remove", "moved"] as const).map((name) => vi.spyOn(Heap.prototype, name));
    const walks = (["values", "keys", "entries", "forEach"] as const).map((name) =>
      vi.spyOn(Map.prototype, name),
    );
    machine.run(1e9);
    const walked = walks.flatMap(({ mock }) => mock.contexts as Map<unknown, unknown>[]);
    for (const map of walked) expect(map.size, "walked through").toBeLessThan(100);
    const count = moves.reduce((sum, { mock }) => sum + mock.calls.length, 0);
    vi.restoreAllMocks();
    return count;
  }

  it("is the same however many sleep", () => {
    const alone = changes(0);
    expect(alone).toBeGreaterThan(100);
    expect(changes(10_000)).toBe(alone);
  });
});
