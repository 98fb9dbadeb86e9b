import { describe, expect, it } from "vitest";
import type { CrashRecord, Outcome } from "../../src/machine/index.js";
import {
  assemble,
  boot,
  bootWithoutStackBound,
  chatter,
  guest,
  hello,
  run,
  spin,
  text,
  trap,
} from "./guests.js";

function recordOf(outcome: Outcome): CrashRecord {
  if (outcome.kind !== "crash") throw new Error(`the domain ended by ${outcome.kind}`);
  return outcome.record;
}
const crashOf = async (module: Uint8Array, options = {}) =>
  recordOf((await run({ module, ...options })).outcome);
const names = ({ stack }: CrashRecord) => stack.map(({ functionName }) => functionName);

describe("a crash", () => {
  it("is told with the functions and offsets of the original module, innermost first", async () => {
    const module = guest(
      "(call $outer (i32.const 2))",
      `(func $inner (drop (i32.load (i32.const 0x7fff0000))))
       (func $outer (param i32)
         (if (local.get 0) (then (call $outer (i32.sub (local.get 0) (i32.const 1)))) (else (call $inner))))`,
    );
    const record = await crashOf(module);
    expect(record.cause).toBe("trap");
    expect(record.message).toMatch(/out of bounds/);
    expect(names(record)).toEqual(["inner", "outer", "outer", "outer", expect.any(String)]);
    expect(record.location).toEqual(record.stack[0]);
    // The load itself.
    expect(module[record.location!.byteOffset!]).toBe(0x28);
    for (const { byteOffset } of record.stack.slice(1)) expect(module[byteOffset!]).toBe(0x10);
    expect(record).toMatchObject({ context: 0, pages: 1, upcallsMasked: true });
  });

  it("knows the place in a module that is too large to be translated at once", async () => {
    const padding = `(data (i32.const 1000) "${"x".repeat(8000)}")`;
    const record = await crashOf(guest("(call $fall)", `(func $fall (unreachable)) ${padding}`));
    expect(names(record)).toEqual(["fall", expect.any(String)]);
  });

  it("names the hypercall that was entered last, and says what was spent", async () => {
    const record = await crashOf(guest(`(call $say (i32.const 65)) (unreachable)`));
    expect(record.lastHypercall).toBe("console_write");
    expect(record.spentUnits).toBeGreaterThan(32);
  });

  it("knows the stack-pointer global by its name, exported or not", async () => {
    const module = (global: string) =>
      assemble(
        `(module ${global} (func (export "hv_start") (global.set 0 (i32.const 0xfffffff0)) (unreachable)))`,
      );
    const hidden = await crashOf(module(`(global $__stack_pointer (mut i32) (i32.const 4096))`));
    expect(hidden.stackPointer).toBe(0xfffffff0);
    const shown = await crashOf(module(`(global (export "__stack_pointer") (mut i32) (i32.const 4096))`));
    expect(shown.stackPointer).toBe(0xfffffff0);
    const other = await crashOf(module(`(global $other (mut i32) (i32.const 4096))`));
    expect(other).not.toHaveProperty("stackPointer");
  });

  it("comes of a stack that is used up, with the innermost frames", async () => {
    const record = await crashOf(
      guest("(call $forever)", "(func $forever (call $forever) (call $say (i32.const 65)))"),
      { stackBytes: 32_768 },
    );
    expect(record.cause).toBe("stack overflow");
    expect(new Set(names(record))).toEqual(new Set(["forever"]));
  });

  it("comes of frames that do not fit", async () => {
    const body = `(func $deep (param $n i64)
      (if (i64.eqz (local.get $n)) (then (call $sleep (i64.const 1000000)))
        (else (call $deep (i64.sub (local.get $n) (i64.const 1)))))
      (call $sleep (local.get $n)))`;
    const record = await crashOf(guest("(call $deep (i64.const 500))", body), { frameBytes: 4096 });
    expect(record.cause).toBe("frame store full");
  });

  it("comes of an exception that nobody catches", async () => {
    const record = await crashOf(assemble(`(module (tag $oops) (func (export "hv_start") (throw $oops)))`));
    expect(record.cause).toBe("uncaught exception");
  });

  it("of one domain leaves the output of the others as it is", async () => {
    const outputs = async (bad: Uint8Array[]) => {
      const machine = await boot({ quantumUnits: 2000 });
      const good = await Promise.all(
        ["a", "b"].map((letter) => machine.create({ module: chatter(letter, 20, 500) })),
      );
      const ended = bad.map((module) => machine.create({ module }));
      await Promise.all([
        ...good.map((domain) => domain.ended),
        ...ended.map(async (domain) => (await domain).ended),
      ]);
      return good.map((domain) => text(domain.console.output));
    };
    expect(await outputs([trap, trap, hello])).toEqual(await outputs([]));
  });

  it("ends a domain that is deep in recursion when its native stack is used up, and nobody else", async () => {
    const machine = await bootWithoutStackBound();
    // More account than native stack: the engine's own overflow comes first.
    const module = guest("(call $forever)", "(func $forever (call $forever) (call $say (i32.const 65)))");
    const bad = await machine.create({ module, stackBytes: 0x7fff_ffff });
    const good = await machine.create({ module: hello });
    expect(recordOf(await bad.ended).cause).toBe("native stack overflow");
    expect(await good.ended).toEqual({ kind: "poweroff", code: 0 });
    const later = await machine.create({ module: hello });
    expect(await later.ended).toEqual({ kind: "poweroff", code: 0 });
  });

  it("does not stop a machine: a domain that spins goes on", async () => {
    const machine = await boot();
    const spinner = await machine.create({ module: spin });
    await (await machine.create({ module: trap })).ended;
    const { spentUnits } = spinner.info();
    while (spinner.info().spentUnits === spentUnits) await new Promise(setImmediate);
    expect(spinner.state).toBe("running");
  });
});
