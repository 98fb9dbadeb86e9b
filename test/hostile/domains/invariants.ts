// What has to be true of the core whatever a guest did, told by its exports alone.
import { expect } from "vitest";
import { Exit, RunState } from "../../../src/abi.js";
import { readTrace, type TraceEvent } from "../../../src/machine/trace.js";
import type { RawDomain, RawMachine } from "./raw-machine.js";
import { call, guest } from "./wat.js";

/** Uses contexts, frames, references, console and timer: what a damaged core would most likely fail at. */
export const PROBE = guest({
  imports: ["console_write", "context_create", "context_switch", "timer_set", "sched_block", "upcall_unmask"],
  memory: '(memory 1) (data (i32.const 0) "probe ok\\n")',
  body: `
    (table 1 funcref) (elem (i32.const 0) $deep)
    (func (export "hv_upcall") (param i32) (i32.store8 (i32.const 5) (i32.const 32)))
    (func (export "hv_context") (param i32) (result i32) (local $f funcref)
      (local.set $f (table.get (i32.const 0)))
      (call $deep (i32.const 40))
      (drop ${call("context_switch", "0")})
      (if (ref.is_null (local.get $f)) (then unreachable))
      (call $deep (i32.const 40))
      (i32.const 0))
    (func $deep (param i32)
      (if (local.get 0)
        (then (call $deep (i32.sub (local.get 0) (i32.const 1))))
        (else (drop ${call("context_switch", "0")}))))
    (func (export "hv_start") (local $i i32)
      (drop ${call("timer_set", "0")}) (drop ${call("sched_block")}) (drop ${call("upcall_unmask")})
      (loop $next
        (drop ${call("context_create", "0", "0")})
        (drop ${call("context_switch", "1")})
        (drop ${call("context_switch", "1")})
        (drop ${call("context_switch", "1")})
        (drop ${call("context_switch", "1")})
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 3))))
      (drop ${call("console_write", "0", "9")}))`,
});

interface Fresh {
  readonly coreBytes: number;
  readonly spentUnits: number;
  readonly hypercalls: number;
}

const fresh = new WeakMap<RawMachine, Fresh>();

/** A well-behaved domain comes, runs in small pieces, and goes: exactly as on a machine that nobody has hurt. */
export async function checkCore(machine: RawMachine): Promise<void> {
  const { core, hypervisor } = machine;
  for (const domain of machine.domains) checkDomain(machine, domain);
  checkTrace(machine);

  const probe = await machine.create(PROBE);
  const coreBytes = core.coreBytes(probe.handle);
  while (probe.end === undefined) {
    if (machine.run(probe, 997) === Exit.Blocked) {
      const ns = core.timerDeadline(probe.vcpu);
      machine.nowNs = Math.max(machine.nowNs, ns);
      core.advance(ns - core.machineNow());
    }
    checkDomain(machine, probe);
  }
  expect(probe.output, "a probe's output").toBe("probe ok\n");
  expect(probe.end).toEqual({ poweroff: 0 });
  const seen = {
    coreBytes,
    spentUnits: core.spentUnits(probe.vcpu),
    hypercalls: core.hypercalls(probe.vcpu),
  };
  const first = fresh.get(machine);
  if (first === undefined) fresh.set(machine, seen);
  else expect(seen, "a probe's accounts, as of the machine's first").toEqual(first);
  machine.destroy(probe);

  expect((hypervisor.glue.functions as WebAssembly.Table).length).toBeLessThan(5_000_000);
}

/** A domain's accounts add up. */
export function checkDomain({ core }: RawMachine, { handle, vcpu, end }: RawDomain): void {
  const states = [RunState.Running, RunState.Runnable, RunState.Blocked, RunState.Offline];
  const times = states.map((state) => core.runstateNs(vcpu, state));
  for (const time of times) expect(time).toBeGreaterThanOrEqual(0);
  expect(core.runstateNs(vcpu, RunState.Running)).toBeLessThanOrEqual(core.machineNow());
  expect(times.reduce((sum, time) => sum + time)).toBeLessThanOrEqual(core.machineNow() + 1);
  expect(core.runState(vcpu), "nobody is running now").not.toBe(RunState.Running);
  expect(core.spentUnits(vcpu)).toBeGreaterThanOrEqual(0);
  expect(core.pages(handle)).toBeGreaterThanOrEqual(0);
  if (end === undefined) {
    expect(core.contexts(handle)).toBeGreaterThan(0);
  } else {
    expect(core.runState(vcpu)).toBe(RunState.Offline);
    expect(core.contexts(handle), "an ended domain keeps no context").toBe(0);
    expect(core.run(vcpu, 1000), "an ended domain does not run").toBe(Exit.Offline);
  }
}

/** Whoever got the CPU left it, before another got it; time does not go back. */
function checkTrace({ core }: RawMachine): void {
  const wrong: TraceEvent[] = [];
  let running: number | undefined;
  let timeNs = 0;
  for (const event of readTrace(core, core.memory.buffer as ArrayBuffer)) {
    if (event.timeNs < timeNs) wrong.push(event);
    timeNs = event.timeNs;
    if (event.kind === "enter") {
      if (running !== undefined) wrong.push(event);
      running = event.domain;
    } else if (event.kind === "exit") {
      // The oldest events are gone: the first may be an exit.
      if (running !== undefined && event.domain !== running) wrong.push(event);
      running = undefined;
    }
  }
  expect(wrong).toEqual([]);
}

/** What a case does to the core's memory does not grow with repetition: all that it took was given back. */
export async function checkNothingLeaks(machine: RawMachine, once: () => Promise<void>): Promise<void> {
  await once();
  const bytes = machine.core.memory.buffer.byteLength;
  for (let i = 0; i < 2; i++) await once();
  expect(machine.core.memory.buffer.byteLength).toBe(bytes);
}
