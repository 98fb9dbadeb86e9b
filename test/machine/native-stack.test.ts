// The stack account keeps guests off the end of the native stack, however large an account a machine grants. Then it is
// set so high that it does not: whatever a hypercall has half done when the engine's own overflow strikes, the core must be
// whole afterwards.
import { describe, expect, it } from "vitest";
import { assemble, boot, bootWithoutStackBound, guest, hello, text } from "./guests.js";

const calls: readonly (readonly [name: string, params: string, args: string])[] = [
  ["version", "", ""],
  ["start_info", "i32 i32", "(i32.const 0) (i32.const 100)"],
  ["sched_yield", "", ""],
  ["vcpu_runstate", "i32", "(i32.const 0)"],
  ["timer_set", "i64", "(i64.const 99999999999)"],
  ["time_monotonic", "i32", "(i32.const 0)"],
  ["time_wall", "i32", "(i32.const 0)"],
  ["context_create", "i32 i32", "(i32.const 0) (i32.const 0)"],
  ["context_switch", "i32", "(i32.const 0)"],
  ["context_destroy", "i32", "(i32.const 77)"],
  ["upcall_unmask", "", ""],
  ["evtchn_next", "", ""],
  ["memory_reservation", "i32", "(i32.const 0)"],
  ["console_write", "i32 i32", "(i32.const 0) (i32.const 64)"],
  ["console_read", "i32 i32 i32", "(i32.const 0) (i32.const 64) (i32.const 1)"],
  ["random_bytes", "i32 i32", "(i32.const 0) (i32.const 64)"],
  ["trace_emit", "i32 i32 i32", "(i32.const 1) (i32.const 2) (i32.const 3)"],
];

/** Recurses for ever, with so many locals that live across the call. */
function forever(locals: number): Uint8Array<ArrayBuffer> {
  const each = (text: (local: number) => string) =>
    Array.from({ length: locals }, (_, i) => text(i + 1)).join(" ");
  return guest(
    "(call $deep (i64.const 0))",
    `(func $deep (param i64) ${"(local i64)".repeat(locals)}
      ${each((i) => `(local.set ${i} (i64.mul (local.get 0) (i64.const ${i})))`)}
      (call $deep (i64.add (local.get 0) (i64.const 1)))
      ${each((i) => `(i64.store (i32.const 0) (local.get ${i}))`)})`,
  );
}

describe("the largest stack account that a machine grants", () => {
  it("ends before the native stack does, with small frames and large ones", async () => {
    const machine = await boot();
    const { largestStackBytes } = machine.stats();
    for (const locals of [1, 10, 100, 1000]) {
      const domain = await machine.create({ module: forever(locals), stackBytes: largestStackBytes });
      expect(await domain.ended, `${locals} locals`).toMatchObject({ record: { cause: "stack overflow" } });
    }
  });

  it("is the largest that a domain can have, and the refusal names it", async () => {
    const machine = await boot();
    const { largestStackBytes } = machine.stats();
    const creation = machine.create({ module: hello, stackBytes: largestStackBytes + 1 });
    await expect(creation).rejects.toThrow(
      new RegExp(`stackBytes is \\d+, more than the ${largestStackBytes}`),
    );
  });

  it("is more than domains have when nothing is said", async () => {
    expect((await boot()).stats().largestStackBytes).toBeGreaterThan(384 * 1024);
  });
});

/** A yield unwinds the whole stack: not at each depth. */
const everyDepths = (name: string) => (name === "sched_yield" ? 256 : 1);

/** Calls at each depth on the way down. Frames of other sizes end at other places. */
function edge([name, params, args]: (typeof calls)[number], locals: number): Uint8Array<ArrayBuffer> {
  const mask = `(i64.and (local.get $n) (i64.const ${everyDepths(name) - 1}))`;
  const call = `(if (i64.eqz ${mask}) (then (drop (call $hypercall ${args}))))`;
  const uses = Array.from({ length: locals }, (_, i) => `(local.set ${i + 1} (local.get $n))`).join(" ");
  return assemble(`(module
    (import "hv" "${name}" (func $hypercall (param ${params}) (result i32)))
    (memory 1)
    (func $deep (param $n i64) (local ${"i64 ".repeat(locals)})
      ${call} (call $deep (i64.add (local.get $n) (i64.const 1))) ${uses})
    (func (export "hv_context") (param i32) (result i32) (i32.const 0))
    (func (export "hv_upcall") (param i32))
    (func (export "hv_start") (call $deep (i64.const 0))))`);
}

describe("a guest that meets the end of the native stack", () => {
  it.each(calls)("inside %s ends alone, and the core goes on", async (...call) => {
    const machine = await bootWithoutStackBound();
    for (const locals of [0, 7, 20]) {
      const bad = await machine.create({
        module: edge(call, locals),
        stackBytes: 0x7fff_ffff,
        frameBytes: 1 << 26,
        allFrameBytes: 2 ** 31,
      });
      const outcome = await bad.ended;
      expect(outcome.kind).toBe("crash");
      bad.destroy();
      const good = await machine.create({ module: hello });
      expect(await good.ended).toEqual({ kind: "poweroff", code: 0 });
      expect(text(good.console.output)).toBe("hello\n");
      good.destroy();
    }
    expect(machine.stats().memoryPages).toBe(0);
  });
});
