import { describe, expect, it } from "vitest";
import { MachinePanic } from "../../src/base/errors.js";
import { RoundRobin } from "../../src/sched/round-robin.js";
import type { Slice } from "../../src/sched/scheduler.js";
import { boot, chatter, hello, spin } from "./guests.js";

describe("a scheduler of the user's", () => {
  it("decides who runs", async () => {
    const order: unknown[] = [];
    /** The newest first. */
    class Newest extends RoundRobin<unknown> {
      readonly ready = new Set<unknown>();
      override wake(vcpu: unknown): undefined {
        this.ready.add(vcpu);
      }
      override sleep(vcpu: unknown): void {
        this.ready.delete(vcpu);
      }
      override pick(): Slice<unknown> | undefined {
        const vcpu = [...this.ready].pop();
        if (vcpu === undefined) return undefined;
        this.ready.delete(vcpu);
        return { vcpu, sliceNs: 1e9 };
      }
      override charge(vcpu: unknown, _ranNs: number, reason: string): void {
        if (reason !== "asleep") this.ready.add(vcpu);
      }
    }
    const machine = await boot({ scheduler: new Newest() });
    const domains = await Promise.all(
      ["a", "b", "c"].map((name) =>
        machine.create({
          module: chatter(name, 3, 10),
          name,
          paused: true,
          onOutput: () => void order.push(name),
        }),
      ),
    );
    for (const domain of domains) domain.unpause();
    expect(await machine.settled()).toBe("ended");
    expect(new Set(order)).toEqual(new Set(["a", "b", "c"]));
    expect(order[0]).toBe("c");
    expect(order.at(-1)).toBe("a");
  });

  it("is asked for slices, which each domain counts, and not for the quanta that they are made of", async () => {
    let picks = 0;
    class Counting extends RoundRobin<unknown> {
      override pick(): Slice<unknown> | undefined {
        const slice = super.pick();
        if (slice !== undefined) picks += 1;
        return slice;
      }
    }
    const scheduler = new Counting({ sliceNs: 1e6 });
    const machine = await boot({ scheduler, deterministic: true, quantumUnits: 10_000 });
    const options = { module: spin, budget: 10_000_000, paused: true };
    const domains = [await machine.create(options), await machine.create(options)];
    for (const domain of domains) domain.unpause();
    expect(await machine.settled()).toBe("ended");
    const infos = domains.map((domain) => domain.info());
    expect(infos[0]!.slices + infos[1]!.slices).toBe(picks);
    for (const { slices, quanta } of infos) {
      expect(slices).toBeGreaterThanOrEqual(10);
      expect(quanta).toBeGreaterThanOrEqual(50 * slices);
    }
  });

  it("that picks who is gone stops the machine with a panic, before the core is harmed", async () => {
    class Forgetful extends RoundRobin<unknown> {
      first: unknown;
      override add(vcpu: unknown): void {
        this.first ??= vcpu;
        super.add(vcpu);
      }
      override pick(): Slice<unknown> {
        return { vcpu: this.first, sliceNs: 1e6 };
      }
    }
    const machine = await boot({ scheduler: new Forgetful() });
    const domain = await machine.create({ module: spin });
    domain.destroy();
    await expect(machine.settled()).rejects.toThrow(MachinePanic);
    await expect(machine.create({ module: hello })).rejects.toThrow("picked a vCPU that was removed");
  });

  it("that grants no time stops the machine with a panic", async () => {
    class Stingy extends RoundRobin<unknown> {
      override pick(): Slice<unknown> | undefined {
        const slice = super.pick();
        return slice && { ...slice, sliceNs: Number.NaN };
      }
    }
    const machine = await boot({ scheduler: new Stingy() });
    await machine.create({ module: spin });
    await expect(machine.settled()).rejects.toThrow("a slice of NaN ns");
  });
});
