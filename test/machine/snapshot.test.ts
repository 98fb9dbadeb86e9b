import { describe, expect, it } from "vitest";
import { type Domain, Machine } from "../../src/node.js";
import { RoundRobin } from "../../src/sched/round-robin.js";
import type { LeaveReason } from "../../src/sched/scheduler.js";
import { guestBytes } from "./bundled.js";

const decoder = new TextDecoder();

/** Round robin with slices of one quantum, that says when so many are over. */
class Stopwatch extends RoundRobin<object> {
  left = Number.POSITIVE_INFINITY;
  ring: () => void = () => undefined;

  override charge(vcpu: object, ranNs: number, reason: LeaveReason): void {
    super.charge(vcpu, ranNs, reason);
    this.left -= 1;
    if (this.left === 0) queueMicrotask(this.ring);
  }
}

/**
 * Runs a guest in deterministic mode. It is saved, destroyed and restored in a new machine as soon as it has run for
 * the next number of quanta that `pauses` gives.
 */
async function relay(name: string, quantumUnits: number, pauses: () => number) {
  const module = await guestBytes(name);
  let file: Uint8Array<ArrayBuffer> | undefined;
  for (let saves = 0; ; saves++) {
    const scheduler = new Stopwatch({ sliceNs: 1 });
    const machine = await Machine.boot({ deterministic: true, quantumUnits, scheduler });
    const domain: Domain =
      file === undefined
        ? await machine.create({ module, name, commandLine: "3", paused: true })
        : await machine.restore(file, { paused: true });
    // Once beforehand, so that what it needs to know of the module is there: the next one copies without delay.
    await domain.save({ withModules: false });
    scheduler.left = pauses();
    const saved = new Promise<Uint8Array<ArrayBuffer> | undefined>((resolve) => {
      scheduler.ring = () => {
        if (domain.state === "ended") resolve(undefined);
        else resolve(domain.save({ destroy: true }));
      };
    });
    domain.unpause();
    file = await Promise.race([
      saved,
      domain.ended.then(({ kind }) => (kind === "destroyed" ? saved : undefined)),
    ]);
    if (file === undefined) {
      const result = {
        outcome: await domain.ended,
        output: decoder.decode(domain.console.output),
        spentUnits: domain.info().spentUnits,
      };
      await machine.close();
      return { result, saves };
    }
    await machine.close();
  }
}

/** A generator of numbers that repeats: the test prints its seed when it fails, as part of its name. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("a saved domain goes on as if nothing had happened", () => {
  const cases = [
    ["clock", 10, 40],
    ["threads", 20_000, 60],
  ] as const;
  it.each(cases)("%s, saved every few quanta of %i units", async (name, quantumUnits, most) => {
    const next = random(name.length * 7919);
    const whole = await relay(name, quantumUnits, () => Number.POSITIVE_INFINITY);
    const parts = await relay(name, quantumUnits, () => 1 + Math.floor(next() * most));
    expect(parts.result).toEqual(whole.result);
    expect(parts.saves).toBeGreaterThan(0);
  });
});
