import { describe, expect, it } from "vitest";
import * as library from "../../src/node.js";
import { leg, randomFrom, relay } from "./relay.mjs";
import { starts } from "./relay-cases.mjs";

// `npm run soak:snapshot` does the same a thousand times, in other processes, versions of Node.js and a browser.
const SEED = Number(process.env.WASMVISOR_SEED ?? 20261122);

describe("a saved domain goes on as if nothing had happened", async () => {
  const all = await starts();
  const cases = all.map((start) => [start.name, start.quantumUnits, start] as const);
  it.each(cases)(
    `%s, in quanta of %i units, at random safepoints (seed ${SEED})`,
    async (_name, _, start) => {
      const below = randomFrom(SEED + start.quantumUnits);
      const whole = await leg(library, start);
      expect(whole.quanta).toBeGreaterThan(2);
      const first = 1 + below(Math.min(whole.quanta - 1, 50));
      let legs = 0;
      const parts = await relay(library, start, () => {
        legs += 1;
        return legs === 1 ? first : 1 + below(Math.ceil(whole.quanta / 3));
      });
      expect(parts.result).toEqual(whole.result);
      expect(parts.saves).toBeGreaterThan(0);
    },
  );

  it("also when it rebooted before", async () => {
    const start = all.find(({ input }) => input?.endsWith("reboot\r"))!;
    const { quanta, result } = await leg(library, start);
    expect(result?.counts.reboots).toBe(1);
    const parts = await relay(library, start, () => quanta - 100);
    expect(parts).toEqual({ result, saves: 1 });
  });
});

describe("a domain that was saved", () => {
  it("goes on beside its copies", async () => {
    const start = (await starts()).find(({ name }) => name === "threads")!;
    const { result } = await leg(library, start);
    // Each runs to its end in one slice, as if it were alone: its ticks are counted in virtual time.
    const machine = await library.Machine.boot({
      deterministic: true,
      quantumUnits: start.quantumUnits,
      scheduler: new library.RoundRobin({ sliceNs: 1e9 }),
    });
    const domain = await machine.create({
      ...{ name: start.name, module: start.modules[0]!, commandLine: start.commandLine! },
      paused: true,
    });
    const copies = await Promise.all([domain.save(), domain.save({ withModules: false })]);
    const twins = await Promise.all(
      copies.map((file) => machine.restore(file, { findModule: () => start.modules[0] })),
    );
    domain.unpause();
    const decoder = new TextDecoder();
    for (const one of [domain, ...twins]) {
      expect(await one.ended).toEqual(result?.outcome);
      expect(decoder.decode(one.console.output)).toBe(result?.output);
    }
    await machine.close();
  });

  it("wakes where it is restored when it sleeps until a timer", async () => {
    const [clock] = (await starts()).filter(({ name }) => name === "clock");
    const machine = await library.Machine.boot();
    const options = { module: clock!.modules[0]!, commandLine: "2 20" };
    const domain = await machine.create(options);
    const saved = new Promise<Uint8Array>((resolve) => {
      const look = () => {
        if (domain.info().runState === "blocked") resolve(domain.save({ destroy: true }));
        else setTimeout(look, 1);
      };
      look();
    });
    const again = await machine.restore(await saved);
    expect(await again.ended).toEqual({ kind: "poweroff", code: 0 });
    await machine.close();
  });

  it("is refused where the clock is of another kind, and where it has no room", async () => {
    const [hello] = await starts();
    const [plain, other] = [
      await library.Machine.boot(),
      await library.Machine.boot({ deterministic: true }),
    ];
    const domain = await plain.create({ module: hello!.modules[0]!, paused: true });
    const file = await domain.save();
    await expect(other.restore(file)).rejects.toThrow("ordinary mode");
    await expect(plain.restore(file, { memoryPages: 0 })).rejects.toThrow(/memory/);
    expect([other.domains.size, plain.domains.size]).toEqual([0, 1]);
    await Promise.all([plain.close(), other.close()]);
  });
});
