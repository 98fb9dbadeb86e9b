import { describe, expect, it } from "vitest";
import { boot, chatter, guest, hello, idle, run, text } from "./guests.js";

/** Writes the letter x for ever, 256 at a time. */
const flood = guest(
  `(memory.fill (i32.const 1024) (i32.const 120) (i32.const 256))
   (loop $again (drop (call $write (i32.const 1024) (i32.const 256))) (br $again))`,
);
/** Writes what it reads, until the end of input. */
const echo = guest(`(local $n i32)
  (loop $again
    (local.set $n (call $read (i32.const 1024) (i32.const 100) (i32.const 0)))
    (if (i32.gt_s (local.get $n) (i32.const 0)) (then
      (drop (call $write (i32.const 1024) (local.get $n)))
      (br $again))))`);

describe("a console", () => {
  it("gives the back-end what was written, in order", async () => {
    const pieces: string[] = [];
    const onOutput = (bytes: Uint8Array) => void pieces.push(text(bytes));
    const { output } = await run({ module: chatter("z", 5, 10), onOutput });
    expect(pieces.join("")).toBe("zzzzz");
    expect(output).toBe("zzzzz");
  });

  it("brings what is written to the guest, and its end, however much it is", async () => {
    const machine = await boot();
    const domain = await machine.create({ module: echo });
    const input = Array.from({ length: 5000 }, (_, i) => `line ${i}\n`).join("");
    domain.console.write(input.slice(0, 100));
    domain.console.write(new TextEncoder().encode(input.slice(100)));
    domain.console.end();
    domain.console.write("too late");
    expect(await domain.ended).toEqual({ kind: "poweroff", code: 0 });
    expect(text(domain.console.output)).toBe(input.slice(-65_536));
  });

  it("wakes a guest that waits for input", async () => {
    const machine = await boot();
    const domain = await machine.create({ module: echo });
    expect(await machine.settled()).toBe("idle");
    domain.console.write("once");
    expect(await machine.settled()).toBe("idle");
    expect(text(domain.console.output)).toBe("once");
    domain.console.end();
    expect(await domain.ended).toEqual({ kind: "poweroff", code: 0 });
  });

  it("holds a guest whose back-end takes nothing, and nobody else", async () => {
    const machine = await boot();
    let takes = false;
    const taken: Uint8Array[] = [];
    const onOutput = (bytes: Uint8Array) => {
      if (takes) taken.push(bytes);
      return takes;
    };
    const held = await machine.create({ module: flood, onOutput });
    const other = await machine.create({ module: chatter("y", 10_000, 1) });
    expect(await other.ended).toEqual({ kind: "poweroff", code: 0 });
    expect(await machine.settled()).toBe("idle");
    expect(held.info().runState).toBe("blocked");
    expect(held.console.output).toHaveLength(0);
    takes = true;
    held.console.drain();
    while (taken.length < 5) await new Promise(setImmediate);
    expect(taken.every((bytes) => text(bytes) === "x".repeat(bytes.length))).toBe(true);
    expect(held.state).toBe("running");
  });

  it("loses nothing of a guest that ended while its back-end took nothing", async () => {
    const machine = await boot();
    let takes = false;
    const taken: string[] = [];
    const domain = await machine.create({
      module: hello,
      onOutput: (bytes) => {
        if (takes) taken.push(text(bytes));
        return takes;
      },
    });
    expect(await domain.ended).toEqual({ kind: "poweroff", code: 0 });
    domain.console.drain();
    expect(taken).toEqual([]);
    takes = true;
    domain.console.drain();
    domain.console.drain();
    expect(taken).toEqual(["hello\n"]);
    expect(text(domain.console.output)).toBe("hello\n");
  });

  it("of a guest that floods does not keep others from running, and keeps 64 KiB", async () => {
    const machine = await boot();
    const flooding = await machine.create({ module: flood });
    const other = await machine.create({ module: chatter("y", 2000, 10) });
    expect(await other.ended).toEqual({ kind: "poweroff", code: 0 });
    while (flooding.info().hypercalls < 1000) await new Promise(setImmediate);
    expect(flooding.console.output).toHaveLength(65_536);
  });

  it("lets its back-end destroy, pause and feed domains, its own too", async () => {
    const machine = await boot();
    const waiting = await machine.create({ module: echo });
    const doomed = await machine.create({
      module: flood,
      onOutput: () => {
        waiting.console.write("fed");
        waiting.console.end();
        machine.domains.get(doomed.id)?.destroy();
      },
      paused: true,
    });
    doomed.unpause();
    expect(await doomed.ended).toEqual({ kind: "destroyed" });
    expect(await waiting.ended).toEqual({ kind: "poweroff", code: 0 });
    expect(text(waiting.console.output)).toBe("fed");
    const shy = await machine.create({
      module: flood,
      onOutput: () => shy.pause(),
      paused: true,
    });
    shy.unpause();
    expect(await machine.settled()).toBe("idle");
    expect(shy.state).toBe("paused");
  });

  it("takes what its back-end throws for an error of the user's, and goes on", async () => {
    const before = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    const reported: unknown[] = [];
    process.on("uncaughtException", (error) => reported.push(error));
    try {
      const oops = new Error("oops");
      const { outcome, output } = await run({
        module: chatter("z", 2, 1),
        onOutput: () => {
          throw oops;
        },
      });
      expect(outcome).toEqual({ kind: "poweroff", code: 0 });
      expect(output).toBe("zz");
      expect(reported).toContain(oops);
    } finally {
      process.removeAllListeners("uncaughtException");
      for (const listener of before) process.on("uncaughtException", listener);
    }
  });

  it("asks whoever writes to wait while more than 64 KiB are not read", async () => {
    const machine = await boot();
    const domain = await machine.create({ module: echo, paused: true });
    const block = new Uint8Array(40_000);
    expect(domain.console.write(block)).toBe(true);
    await domain.console.ready();
    while (domain.console.write(block));
    let isReady = false;
    const ready = domain.console.ready().then(() => {
      isReady = true;
    });
    await new Promise(setImmediate);
    expect(isReady).toBe(false);
    domain.unpause();
    await ready;
    // What waits then is 64 KiB at most: another block may be too much again, nothing more is not.
    expect(domain.console.write("")).toBe(true);
  });

  it("lets nobody wait for a guest that has ended", async () => {
    const machine = await boot();
    const domain = await machine.create({ module: idle });
    expect(domain.console.write(new Uint8Array(1_000_000))).toBe(false);
    const ready = domain.console.ready();
    domain.destroy();
    await ready;
    expect(domain.console.write(new Uint8Array(1_000_000))).toBe(true);
  });

  it("keeps input that came before the guest was ready for it", async () => {
    const machine = await boot();
    const domain = await machine.create({ module: echo, paused: true });
    domain.console.write("early");
    domain.console.end();
    domain.unpause();
    await domain.ended;
    expect(text(domain.console.output)).toBe("early");
  });

  it("is of no use to a domain that has ended", async () => {
    const { domain } = await run({ module: idle, budget: 100_000, timeoutMs: 1 });
    domain.console.write("x");
    domain.console.end();
    domain.console.drain();
    expect(domain.console.output).toHaveLength(0);
  });
});
