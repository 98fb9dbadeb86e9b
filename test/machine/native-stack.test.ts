// The stack account keeps guests off the end of the native stack. Here it is set so high that it does not: whatever a
// hypercall has half done when the engine's own overflow strikes, the core must be whole afterwards.
import { describe, expect, it } from "vitest";
import { assemble, boot, hello, text } from "./guests.js";

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
    const machine = await boot();
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
