// Guests in WAT, and machines to run them.

import { afterEach } from "vitest";
import wabt from "wabt";
import { loadMachineCore } from "../../src/core/assets.js";
import type { DomainOptions, MachineOptions } from "../../src/machine/index.js";
import type { Life } from "../../src/machine/life.js";
import { Machine as InnerMachine } from "../../src/machine/machine.js";
import { machineSettings } from "../../src/machine/options.js";
import { Machine } from "../../src/node.js";
import { nodePlatform } from "../../src/platform/node/index.js";
import { RoundRobin } from "../../src/sched/round-robin.js";

const { parseWat } = await wabt();
const features = {
  multi_value: true,
  bulk_memory: true,
  reference_types: true,
  mutable_globals: true,
  exceptions: true,
  threads: true,
  tail_call: true,
};

export function assemble(text: string): Uint8Array<ArrayBuffer> {
  const module = parseWat("guest.wat", text, features);
  const { buffer } = module.toBinary({ write_debug_names: true });
  module.destroy();
  return new Uint8Array(buffer);
}

const imports = `
  (import "hv" "console_write" (func $write (param i32 i32) (result i32)))
  (import "hv" "console_read" (func $read (param i32 i32 i32) (result i32)))
  (import "hv" "sched_yield" (func $yield (result i32)))
  (import "hv" "sched_block" (func $block (result i32)))
  (import "hv" "sched_shutdown" (func $shutdown (param i32 i32) (result i32)))
  (import "hv" "timer_set" (func $timer (param i64) (result i32)))
  (import "hv" "time_monotonic" (func $time (param i32) (result i32)))
  (import "hv" "evtchn_next" (func $next (result i32)))
  (import "hv" "random_bytes" (func $random (param i32 i32) (result i32)))
  (import "hv" "start_info" (func $info (param i32 i32) (result i32)))`;

/**
 * A guest with one page of memory, whose `hv_start` is `body`. Bytes 0 to 15 are free; `$say` writes a byte as a letter;
 * `$sleep` waits for so many ns.
 */
export function guest(body: string, rest = ""): Uint8Array<ArrayBuffer> {
  return assemble(`(module ${imports}
    (memory (export "memory") 1 16)
    (func $say (param $letter i32)
      (i32.store8 (i32.const 8) (local.get $letter))
      (drop (call $write (i32.const 8) (i32.const 1))))
    (func $sleep (param $ns i64)
      (drop (call $time (i32.const 0)))
      (drop (call $timer (i64.add (i64.load (i32.const 0)) (local.get $ns))))
      (drop (call $block))
      (drop (call $next)))
    ${rest}
    (func (export "hv_start") ${body}))`);
}

export const hello = guest(
  `(drop (call $write (i32.const 64) (i32.const 6)))`,
  `(data (i32.const 64) "hello\\n")`,
);
export const spin = guest("(loop $again (br $again))");
export const idle = guest("(drop (call $block))");
export const trap = guest("(unreachable)");

/** Writes `letter` as often as told, and counts up to `work` before each. */
export const chatter = (letter: string, times: number, work: number) =>
  guest(`(local $i i32) (local $j i32)
    (loop $times
      (local.set $j (i32.const ${work}))
      (loop $count (br_if $count (local.tee $j (i32.sub (local.get $j) (i32.const 1)))))
      (call $say (i32.const ${letter.charCodeAt(0)}))
      (br_if $times (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const ${times}))))`);

export const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const machines: Machine[] = [];

/** A machine that is closed behind the test. */
export async function boot(options?: MachineOptions): Promise<Machine> {
  const machine = await Machine.boot(options);
  machines.push(machine);
  return machine;
}

/** A machine that grants stack accounts beyond its native stack. */
export async function bootWithoutStackBound(): Promise<Machine> {
  const settings = { ...machineSettings({}), largestStackBytes: 0x7fff_ffff };
  const scheduler = new RoundRobin<Life>({ sliceNs: settings.sliceNs });
  const machine = new InnerMachine(await loadMachineCore(nodePlatform), settings, scheduler);
  machines.push(machine);
  return machine;
}

/** One domain in a machine of its own, until it has ended. */
export async function run(options: DomainOptions, machineOptions?: MachineOptions) {
  const machine = await boot(machineOptions);
  const domain = await machine.create(options);
  const outcome = await domain.ended;
  return { outcome, domain, machine, output: text(domain.console.output) };
}

afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.close();
});
