// Guests that recurse towards the end of their stack account and make hypercalls on the way.
import { Exit, Virq } from "../../../src/abi.js";
import type { RawDomain, RawMachine } from "./raw-machine.js";
import { call, guest, HYPERCALLS } from "./wat.js";

/** Arguments of each hypercall: such that it is refused, and such that it does its work. */
export const ARGUMENTS: Record<string, readonly (readonly string[])[]> = {
  version: [[]],
  features: [["1"], ["0"]],
  domain_id: [[]],
  start_info: [
    ["-1", "64"],
    ["0", "64"],
  ],
  sched_yield: [[]],
  sched_block: [[]],
  // One that is done ends the domain: it is asked for at the very end, in `last`.
  sched_shutdown: [["2", "0"]],
  vcpu_id: [[]],
  vcpu_runstate: [["-8"], ["0"]],
  timer_set: [["-1"], ["0"]],
  time_monotonic: [["65529"], ["0"]],
  time_wall: [["65529"], ["0"]],
  // The partner of the other cases has number 1: these make number 2 and take it away again.
  context_create: [["1", "0"]],
  context_switch: [["99"], ["0"], ["1"]],
  context_destroy: [["99"], ["0"], ["2"]],
  context_current: [[]],
  upcall_mask: [[]],
  upcall_unmask: [[]],
  evtchn_next: [[]],
  memory_reservation: [["9"], ["0"]],
  console_write: [
    ["-1", "1"],
    ["0", "4000"],
  ],
  console_read: [
    ["0", "16", "2"],
    ["0", "16", "1"],
    ["0", "16", "0"],
  ],
  service_call: [
    ["1", "-1", "1", "0", "0"],
    ["1", "0", "64", "0", "64"],
  ],
  program_run: [[]],
  program_pages: [[]],
  program_read: [["0", "0", "8"]],
  program_write: [["0", "0", "8"]],
  random_bytes: [
    ["-1", "1"],
    ["0", "256"],
  ],
  trace_emit: [
    ["-1", "0", "0"],
    ["1", "2", "3"],
  ],
};

/** Where the guest keeps how deep it came. */
export const DEPTH_AT = 0x8000;
/** Where it is told from which depth on it makes the hypercall. */
export const FROM_AT = 0x8004;

export interface Edge {
  readonly hypercall: string;
  /** i64 locals of each frame: 24 bytes of account each. */
  readonly locals: number;
  /** What it finds at FROM_AT; else the test writes that there before it runs. */
  readonly from?: number;
}

/** A guest that recurses to the end of its account and writes each depth to its console: the last one is the deepest. */
export function depthGuest(locals: number): string {
  return edgeText(locals, "", "version", `(drop ${call("console_write", String(DEPTH_AT), "4")})`);
}

/** What asks the host, or calls helpers of the translator's, without being a hypercall. */
export const OPERATIONS: Readonly<Record<string, string>> = {
  "memory.grow": "(drop (memory.grow (i32.const 0))) (drop (memory.grow (i32.const 1)))",
  "memory.size": "(drop (memory.size))",
  "table.grow": "(drop (table.grow (ref.null func) (i32.const 1)))",
  "memory.fill": "(memory.fill (i32.const 0) (i32.const 1) (i32.const 0x7000))",
  "memory.copy": "(memory.copy (i32.const 1) (i32.const 0) (i32.const 0x7000))",
  exceptions: "(try (do (throw $t)) (catch $t))",
};

export function operationGuest(operation: string, locals: number): string {
  return edgeText(locals, "(tag $t)", "version", OPERATIONS[operation]!);
}

/** The hypercall ends the domain, at the depth that it finds at FROM_AT. */
export function shutdownGuest(locals: number): string {
  return edgeText(locals, "", "version", `(drop ${call("sched_shutdown", "0", "7")})`);
}

/** It makes the hypercall with all its arguments in all ways, in each frame. */
export function edgeGuest({ hypercall, locals, from }: Edge): string {
  const { parameters, number } = HYPERCALLS.find(({ name }) => name === hypercall)!;
  const types = parameters.map(({ wasm }) => wasm).join(" ");
  const calls = ARGUMENTS[hypercall]!.flatMap((values) => {
    const constants = parameters.map(({ wasm }, index) => `(${wasm}.const ${values[index]})`);
    const five = [0, 1, 2, 3, 4].map((index) => `(i64.const ${values[index] ?? 0})`);
    return [
      `(drop (call $${hypercall} ${constants.join(" ")}))`,
      `(drop (call $hypercall (i32.const ${number}) ${five.join(" ")}))`,
      `(drop (call_indirect (type $handler) ${constants.join(" ")} (i32.const 0)))`,
    ];
  });
  // What a call leaves behind is put right before the next.
  const before = hypercall === "context_destroy" ? `(drop ${call("context_create", "1", "0")})` : "";
  const behind = hypercall === "context_create" ? `(drop ${call("context_destroy", "2")})` : "";
  const calling = calls.map((each) => before + each + behind).join("\n");
  return edgeText(
    locals,
    `(type $handler (func ${types && `(param ${types})`} (result i32)))`,
    hypercall,
    calling,
    from,
  );
}

function edgeText(locals: number, type: string, tabled: string, calling: string, from?: number): string {
  const names = Array.from({ length: locals }, (_, index) => `$l${index}`);
  return guest({
    imports: ["all"],
    memory: "(memory 1)",
    body: `
      ${type}
      (table 1 funcref) (elem (i32.const 0) $${tabled})
      ${from === undefined ? "" : `(data (i32.const ${FROM_AT}) "${littleEndian(from)}")`}
      (func (export "hv_upcall") (param i32))
      (func (export "hv_context") (param i32) (result i32)
        ;; The partner: deep as well, goes back at once whenever it is switched to.
        (call $sleep (i32.const 5)) (i32.const 0))
      (func $sleep (param i32)
        (if (local.get 0) (then (call $sleep (i32.sub (local.get 0) (i32.const 1)))))
        (loop $again (drop ${call("context_switch", "0")}) (br $again)))
      (func $down (param $depth i32) (result i64) ${names.map((name) => `(local ${name} i64)`).join(" ")}
        ${names.map((name, index) => `(local.set ${name} (i64.extend_i32_u (i32.add (local.get $depth) (i32.const ${index}))))`).join(" ")}
        (i32.store (i32.const ${DEPTH_AT}) (local.get $depth))
        (if (i32.ge_u (local.get $depth) (i32.load (i32.const ${FROM_AT})))
          (then
            ${calling}))
        (call $down (i32.add (local.get $depth) (i32.const 1)))
        ${names.map((name) => `(local.get ${name}) (i64.add)`).join(" ")})
      (func (export "hv_start")
        (drop ${call("context_create", "1", "0")})
        (drop ${call("context_switch", "1")})
        (drop (call $down (i32.const 0))))`,
  });
}

/** Runs it to its end; whatever it waits for comes at once. */
export function runToEnd(machine: RawMachine, domain: RawDomain, units: () => number): void {
  const { core } = machine;
  for (let rounds = 0; domain.end === undefined; rounds++) {
    if (rounds > 3_000_000) throw new Error("it never ends");
    const exit = machine.run(domain, units());
    if (exit === Exit.Blocked) {
      if (core.consoleInputRoom(domain.handle) > 0) {
        new Uint8Array(core.memory.buffer)[core.consoleInput(domain.handle) >>> 0] = 65;
        core.consoleGiven(domain.handle, 1);
      }
      core.raise(domain.vcpu, Virq.Timer);
    } else if (exit === Exit.Service) {
      const at = core.serviceAnswerRoom(domain.handle, 32) >>> 0;
      new Uint8Array(core.memory.buffer).fill(7, at, at + 32);
      core.serviceAnswered(domain.handle, 32);
    }
    machine.nowNs += 50_000;
  }
}

function littleEndian(value: number): string {
  return [0, 8, 16, 24]
    .map((shift) => `\\${((value >>> shift) & 255).toString(16).padStart(2, "0")}`)
    .join("");
}
