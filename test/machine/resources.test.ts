import { describe, expect, it } from "vitest";
import { Alarms } from "../../src/machine/alarms.js";
import { Reservation } from "../../src/machine/reservation.js";
import { boot, guest, hello, idle, run, spin, trap } from "./guests.js";

/** Grows its memory until that is refused; the code is how many pages it has then. */
const grow = (by = 1) =>
  guest(`(loop $again (br_if $again (i32.ne (memory.grow (i32.const ${by})) (i32.const -1))))
    (drop (call $shutdown (i32.const 0) (memory.size)))`);

describe("what domains own", () => {
  it("is all given back: a thousand that come and go leave the core as it was", async () => {
    const machine = await boot();
    const modules = [hello, idle, trap, spin, grow()];
    const round = async () => {
      for (let i = 0; i < 100; i++) {
        const domain = await machine.create({ module: modules[i % modules.length]! });
        if (i % 2 === 0) await new Promise(setImmediate);
        domain.destroy();
      }
    };
    await round();
    const { coreBytes } = machine.stats();
    for (let rounds = 0; rounds < 9; rounds++) await round();
    expect(machine.stats()).toMatchObject({ coreBytes, memoryPages: 0 });
    expect(machine.domains.size).toBe(0);
  });

  it("is given back when a module is refused", async () => {
    const machine = await boot({ memoryPages: 1 });
    for (let i = 0; i < 50; i++) {
      await expect(machine.create({ module: guest("(nop)", "(table 200000 funcref)") })).rejects.toThrow();
    }
    await expect(machine.create({ module: hello })).resolves.toBeDefined();
  });

  it("has its maximum for memory, the domain's or the module's", async () => {
    const code = async (options: { memoryPages?: number }) =>
      (await run({ module: grow(), ...options })).outcome;
    expect(await code({})).toEqual({ kind: "poweroff", code: 16 });
    expect(await code({ memoryPages: 5 })).toEqual({ kind: "poweroff", code: 5 });
    expect(await code({ memoryPages: 500 })).toEqual({ kind: "poweroff", code: 16 });
  });

  it("shares the machine's reservation for memory", async () => {
    const machine = await boot({ memoryPages: 10 });
    const waits = await machine.create({ module: idle });
    const grows = await machine.create({ module: grow() });
    expect(await grows.ended).toEqual({ kind: "poweroff", code: 9 });
    expect(machine.stats().memoryPages).toBe(1);
    waits.destroy();
    const again = await machine.create({ module: grow() });
    expect(await again.ended).toEqual({ kind: "poweroff", code: 10 });
  });

  it("is not used up by growths that a table refuses by its own maximum", async () => {
    const module = guest(
      `(local $i i32)
       (loop $again
         (if (i32.ne (table.grow $narrow (ref.null func) (i32.const 100)) (i32.const -1)) (then unreachable))
         (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 20))))
       (drop (call $shutdown (i32.const 0) (table.grow $wide (ref.null func) (i32.const 90))))`,
      `(table $narrow 1 2 funcref) (table $wide 5 funcref)`,
    );
    const { outcome } = await run({ module, tableElements: 100 });
    expect(outcome).toEqual({ kind: "poweroff", code: 5 });
  });

  it("has its maximum for tables", async () => {
    const module = guest(
      `(loop $again (br_if $again (i32.ne (table.grow 0 (ref.null func) (i32.const 10)) (i32.const -1))))
       (drop (call $shutdown (i32.const 0) (table.size 0)))`,
      `(table 3 1000 funcref)`,
    );
    expect((await run({ module, tableElements: 25 })).outcome).toEqual({ kind: "poweroff", code: 23 });
    expect((await run({ module })).outcome).toEqual({ kind: "poweroff", code: 993 });
  });

  it("copies of memory are right after growth, small and large", async () => {
    const module = guest(`(drop (memory.grow (i32.const 1)))
      (memory.fill (i32.const 65530) (i32.const 97) (i32.const 100))
      (drop (call $write (i32.const 65530) (i32.const 100)))
      (drop (call $write (i32.const 65530) (i32.const 20)))
      (drop (memory.grow (i32.const 1)))
      (drop (call $write (i32.const 65530) (i32.const 3)))`);
    expect((await run({ module })).output).toBe("a".repeat(123));
  });

  it("lets a thousand idle domains be there at once, each with little in the core", async () => {
    const machine = await boot();
    const domains = [];
    for (let i = 0; i < 1000; i++) domains.push(await machine.create({ module: idle }));
    expect(await machine.settled()).toBe("idle");
    const bytes = domains.reduce((sum, domain) => sum + domain.info().coreBytes, 0) / domains.length;
    expect(bytes).toBeLessThan(4096);
    const { quanta } = machine.stats();
    domains[500]!.console.write("only you");
    await domains[500]!.ended;
    expect(machine.stats().quanta).toBe(quanta + 1);
  });
});

describe("a reservation", () => {
  it("gives no more than there is", () => {
    const pages = new Reservation(10);
    expect(pages.take(4)).toBe(true);
    expect(pages.take(7)).toBe(false);
    expect(pages.left).toBe(6);
    expect(pages.take(6)).toBe(true);
    pages.give(10);
    expect(pages.taken).toBe(0);
  });
});

describe("alarms", () => {
  it("ring in the order of their times, whatever was set, moved and cleared before", () => {
    let seed = 1;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % below;
    };
    for (let round = 0; round < 50; round++) {
      const alarms = new Alarms();
      const rung: number[] = [];
      const all = Array.from({ length: 40 }, () => {
        const alarm = { atNs: Number.POSITIVE_INFINITY, place: -1, ring: () => void rung.push(alarm.atNs) };
        return alarm;
      });
      const times = new Map<object, number>();
      for (let step = 0; step < 200; step++) {
        const alarm = all[random(all.length)]!;
        const atNs = random(4) === 0 ? Number.POSITIVE_INFINITY : random(100);
        alarms.set(alarm, atNs);
        if (atNs === Number.POSITIVE_INFINITY) times.delete(alarm);
        else times.set(alarm, atNs);
      }
      const expected = [...times.values()].sort((a, b) => a - b);
      expect(alarms.nextNs).toBe(expected[0] ?? Number.POSITIVE_INFINITY);
      alarms.ringDue(49);
      expect(rung).toEqual(expected.filter((at) => at <= 49));
      alarms.ringDue(1000);
      expect(rung).toEqual(expected);
      expect(alarms.nextNs).toBe(Number.POSITIVE_INFINITY);
    }
  });
});
