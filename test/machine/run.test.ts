import { describe, expect, it } from "vitest";
import { boot, chatter, guest, hello, idle, run, spin, text } from "./guests.js";

const POWEROFF = 0;
const REBOOT = 1;
const CRASH = 3;

describe("a domain", () => {
  it("runs until hv_start returns, which is a power-off with code 0", async () => {
    const { outcome, domain, output } = await run({ module: hello, name: "greeter" });
    expect(outcome).toEqual({ kind: "poweroff", code: 0 });
    expect(output).toBe("hello\n");
    expect(domain.info()).toMatchObject({
      name: "greeter",
      state: "ended",
      pages: 1,
      hypercalls: 1,
      reboots: 0,
    });
  });

  it("ends with the code that it gives", async () => {
    const module = guest(`(drop (call $shutdown (i32.const ${POWEROFF}) (i32.const -7)))`);
    expect((await run({ module })).outcome).toEqual({ kind: "poweroff", code: -7 });
  });

  it("is told its name and its command line", async () => {
    const module = guest(`(drop (call $write (i32.const 128)
      (i32.sub (call $info (i32.const 100) (i32.const 400)) (i32.const 28))))`);
    const { output } = await run({ module, name: "Jürgen", commandLine: " --fast" });
    expect(output).toBe("Jürgen --fast");
  });

  it("sleeps until its timer wakes it, while others run", async () => {
    const machine = await boot();
    const sleeper = await machine.create({
      module: guest(`(call $sleep (i64.const 3000000)) (call $say (i32.const 65))
        (call $sleep (i64.const 3000000)) (call $say (i32.const 66))`),
    });
    const spinner = await machine.create({ module: spin });
    expect(await sleeper.ended).toEqual({ kind: "poweroff", code: 0 });
    expect(text(sleeper.console.output)).toBe("AB");
    expect(sleeper.info().blockedNs).toBeGreaterThanOrEqual(6_000_000);
    expect(spinner.state).toBe("running");
  });

  it("begins again with a fresh memory when it reboots, under the same number", async () => {
    // The console outlives the reboot: the guest asks for a byte, and reboots unless it is the last.
    const module = guest(`(if (i32.load (i32.const 200)) (then (unreachable)))
      (i32.store (i32.const 200) (i32.const 1))
      (drop (call $read (i32.const 8) (i32.const 1) (i32.const 0)))
      (drop (call $write (i32.const 8) (i32.const 1)))
      (if (i32.ne (i32.load8_u (i32.const 8)) (i32.const 99))
        (then (drop (call $shutdown (i32.const ${REBOOT}) (i32.const 0)))))`);
    const machine = await boot();
    const domain = await machine.create({ module });
    // A life takes all input that has come: each is given its byte when it has begun.
    for (const [i, letter] of ["a", "b", "c"].entries()) {
      while (domain.info().reboots < i || domain.info().contexts === 0) await machine.settled();
      await machine.settled();
      domain.console.write(letter);
    }
    expect(await domain.ended).toEqual({ kind: "poweroff", code: 0 });
    expect(text(domain.console.output)).toBe("abc");
    expect(domain.info()).toMatchObject({ id: domain.id, reboots: 2, hypercalls: 8 });
  });

  it("stands still while it is paused, and goes on where it was", async () => {
    const machine = await boot({ quantumUnits: 1000 });
    const domain = await machine.create({ module: chatter("x", 3, 50_000), paused: true });
    expect(await machine.settled()).toBe("idle");
    expect(domain.state).toBe("paused");
    expect(domain.info().spentUnits).toBe(0);
    domain.unpause();
    while (domain.console.output.length === 0) await new Promise(setImmediate);
    domain.pause();
    domain.pause();
    expect(await machine.settled()).toBe("idle");
    const { spentUnits, runState } = domain.info();
    expect(runState).toBe("offline");
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(domain.info().spentUnits).toBe(spentUnits);
    domain.unpause();
    expect(await domain.ended).toEqual({ kind: "poweroff", code: 0 });
    expect(text(domain.console.output)).toBe("xxx");
  });

  it("ends when its budget is spent, exactly", async () => {
    const { outcome, domain } = await run({ module: spin, budget: 123_456 });
    expect(outcome).toEqual({ kind: "budget" });
    expect(domain.info().spentUnits).toBe(123_456);
  });

  it("ends when its time is over, whether it runs or waits", async () => {
    const machine = await boot();
    const both = await Promise.all([spin, idle].map((module) => machine.create({ module, timeoutMs: 20 })));
    expect(await machine.settled()).toBe("ended");
    for (const { ended } of both) expect(await ended).toEqual({ kind: "timeout" });
  });

  it("can be destroyed while it runs, waits, or is paused", async () => {
    const machine = await boot();
    const running = await machine.create({ module: spin });
    const waiting = await machine.create({ module: idle });
    const paused = await machine.create({ module: spin, paused: true });
    await new Promise((resolve) => setTimeout(resolve, 5));
    for (const domain of [running, waiting, paused]) {
      domain.destroy();
      domain.destroy();
      expect(await domain.ended).toEqual({ kind: "destroyed" });
      domain.pause();
      domain.unpause();
      domain.console.write("nobody reads this");
    }
    expect(machine.domains.size).toBe(0);
    expect(machine.stats().memoryPages).toBe(0);
    expect(await machine.settled()).toBe("ended");
  });

  it("tells the code with which it crashed by its own wish", async () => {
    const module = guest(`(drop (call $shutdown (i32.const ${CRASH}) (i32.const 42)))`);
    const { outcome } = await run({ module });
    expect(outcome).toMatchObject({
      kind: "crash",
      record: { cause: "requested", code: 42, lastHypercall: "sched_shutdown" },
    });
  });
});

describe("a machine", () => {
  it("shares its CPU among guests that never call", async () => {
    const machine = await boot({ sliceMs: 1 });
    const domains = await Promise.all([1, 2, 3].map(() => machine.create({ module: spin })));
    while (machine.stats().switches < 7) await new Promise(setImmediate);
    for (const domain of domains) expect(domain.info().spentUnits).toBeGreaterThan(0);
  });

  it("gives the event loop its turns while guests spin", async () => {
    const machine = await boot();
    await machine.create({ module: spin });
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(machine.stats().turns).toBeGreaterThanOrEqual(20);
  });

  it("says when nobody can run without help from outside", async () => {
    const machine = await boot();
    expect(await machine.settled()).toBe("ended");
    const domain = await machine.create({ module: idle });
    expect(await machine.settled()).toBe("idle");
    expect(domain.info().runState).toBe("blocked");
    domain.console.write("wake up");
    expect(await machine.settled()).toBe("ended");
  });

  it("gives each domain another number, and forgets those that are destroyed", async () => {
    const machine = await boot();
    const first = await machine.create({ module: hello });
    const second = await machine.create({ module: hello });
    await machine.settled();
    expect([...machine.domains.keys()]).toEqual([first.id, second.id]);
    first.destroy();
    expect([...machine.domains.values()]).toEqual([second]);
    expect(await first.ended).toEqual({ kind: "poweroff", code: 0 });
  });

  it("destroys everybody when it is closed, and creates nobody any more", async () => {
    const machine = await boot();
    const domain = await machine.create({ module: spin });
    const late = machine.create({ module: guest("(loop (br 0)) (nop)") });
    const closed = machine.close();
    await expect(late).rejects.toThrow("closed");
    await closed;
    expect(await domain.ended).toEqual({ kind: "destroyed" });
    await expect(machine.create({ module: hello })).rejects.toThrow("closed");
    expect(await machine.settled()).toBe("ended");
  });

  it("names the option that is at fault", async () => {
    await expect(boot({ sliceMs: 0 })).rejects.toThrow("sliceMs is 0");
    await expect(boot({ traceEntries: 1000 })).rejects.toThrow("power of two");
    await expect(boot({ quotas: { moduleBytes: -1 } })).rejects.toThrow("quotas.moduleBytes is -1");
  });

  it("traces who ran, and what guests say themselves", async () => {
    const machine = await boot();
    const domain = await machine.create({ module: idle });
    await machine.settled();
    domain.destroy();
    const kinds = machine.trace().map(({ kind }) => kind);
    expect(kinds).toEqual(["create", "enter", "exit", "destroy"]);
    expect(machine.trace().every((event, i) => event.index === i && event.domain === domain.id)).toBe(true);
  });
});
