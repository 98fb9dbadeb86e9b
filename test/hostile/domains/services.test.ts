// A call of a service belongs to the one that made it, whatever happens while it is under way.
import { expect, it } from "vitest";
import { Errno, Exit, Virq } from "../../../src/abi.js";
import { checkCore, checkDomain } from "./invariants.js";
import { type RawDomain, RawMachine } from "./raw-machine.js";
import { drop } from "./villain.js";
import { call, guest } from "./wat.js";

const all = (body: string) => guest({ imports: ["all"], memory: "(memory 1)", body });

/** The request that waits, and an answer to it. */
function serve({ core }: RawMachine, { handle }: RawDomain, answer: number): number {
  const at = core.serviceRequest(handle) >>> 0;
  expect(core.serviceRequestLength(handle)).toBe(4);
  const request = new DataView(core.memory.buffer).getUint32(at, true);
  const room = core.serviceAnswerRoom(handle, 4) >>> 0;
  new DataView(core.memory.buffer).setUint32(room, answer, true);
  core.serviceAnswered(handle, 4);
  return request;
}

it("an upcall that interrupts a call does not take its answer, and the call is made once", async () => {
  const machine = new RawMachine();
  await checkCore(machine);
  const domain = await machine.create(
    all(`
      (func (export "hv_upcall") (param i32)
        (i32.store (i32.const 64) (i32.const 222))
        (i32.store (i32.const 68) ${call("service_call", "1", "64", "4", "72", "4")}))
      (func (export "hv_start")
        ${drop("upcall_unmask")}
        (i32.store (i32.const 0) (i32.const 111))
        (i32.store (i32.const 4) ${call("service_call", "1", "0", "4", "8", "4")})
        ${drop("sched_block")})`),
    { services: 2 },
  );
  expect(machine.run(domain, 1 << 20)).toBe(Exit.Service);
  machine.core.raise(domain.vcpu, Virq.Timer);
  const requests: number[] = [];
  for (let turn = 0; turn < 10 && machine.run(domain, 1 << 20) === Exit.Service; turn++) {
    requests.push(serve(machine, domain, 1000 + requests.length));
  }
  // The upcall's own call is refused, or made for itself.
  expect(requests.filter((request) => request === 111)).toEqual([111]);
  expect(domain.u32(4)).toBe(4);
  expect(domain.u32(8)).toBe(1000 + requests.indexOf(111));
  if (requests.includes(222)) expect(domain.u32(72)).toBe(1000 + requests.indexOf(222));
  else expect(domain.u32(68) | 0).toBeLessThan(0);
  machine.destroy(domain);
  await checkCore(machine);
});

it("a context that is destroyed while it waits leaves the next call of its number alone", async () => {
  const machine = new RawMachine();
  await checkCore(machine);
  const domain = await machine.create(
    all(`
      (func (export "hv_upcall") (param i32) ${drop("context_switch", "0")})
      (func (export "hv_context") (param i32) (result i32)
        ${drop("upcall_unmask")}
        (i32.store (i32.const 0) (local.get 0))
        (i32.store (i32.const 4) ${call("service_call", "1", "0", "4", "8", "4")})
        (i32.const 0))
      (func (export "hv_start")
        ${drop("context_create", "111", "0")} ${drop("context_switch", "1")}
        ${drop("context_destroy", "1")}
        ${drop("context_create", "222", "0")} ${drop("context_switch", "1")}
        ${drop("sched_block")} ${drop("evtchn_next")}
        ${drop("context_create", "333", "0")} ${drop("context_switch", "1")}
        ${drop("sched_block")})`),
    { services: 2 },
  );
  const { core } = machine;
  expect(machine.run(domain, 1 << 20)).toBe(Exit.Service);
  core.raise(domain.vcpu, Virq.Timer);
  // The host has not answered the one that is gone: the second is refused.
  expect(machine.run(domain, 1 << 20)).toBe(Exit.Blocked);
  expect(domain.u32(4) | 0).toBe(-Errno.Busy);
  expect(serve(machine, domain, 1000)).toBe(111);
  core.raise(domain.vcpu, Virq.Timer);
  expect(machine.run(domain, 1 << 20)).toBe(Exit.Service);
  expect(serve(machine, domain, 3000)).toBe(333);
  expect(machine.run(domain, 1 << 20)).toBe(Exit.Blocked);
  expect(domain.u32(4)).toBe(4);
  expect(domain.u32(8)).toBe(3000);
  checkDomain(machine, domain);
  machine.destroy(domain);
  await checkCore(machine);
});
