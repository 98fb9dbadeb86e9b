// The hypervisor: what the host calls, what the entries of hypercalls call, and what guests import through them.
// src/core/hypervisor-exports.ts says what each of the host's functions takes and gives; docs/core.md says how they
// work together. Handles are addresses of records: the host is trusted with them, guests never see one.

import { GuestEntry } from "./abi/guest-entry";
import { RunState } from "./abi/scheduling";
import { Errno } from "./abi/errno";
import { SERVICE_MAX_BYTES } from "./abi/service";
import * as clock from "./object/clock";
import * as consoles from "./object/console";
import * as domains from "./object/domain";
import * as events from "./object/event-channel";
import { getStackPointer, hasEntry } from "./object/guest";
import * as images from "./object/image";
import * as machine from "./object/machine";
import { timeIn } from "./object/runstate";
import * as services from "./object/service";
import * as timers from "./object/timer";
import * as vcpus from "./object/vcpu";
import { findContext } from "./object/context";
import { Context } from "./state/context";
import { scratch } from "./state/machine";
import { Call, Domain } from "./state/domain";
import { Vcpu } from "./state/vcpu";

// --- what guests import as `wv`, and the glue as `runtime` ---

export { budget, handoff, overflow, peek, resume, stack } from "./frame/state";
export { takeCause } from "./frame/cause";
export { suspend } from "./object/unwinding";
export { base, externs, funcs, limit, reserve, sp, usedBytes } from "./frame/store";
export { giveExternSlot, giveFuncSlot, referencesFull, slotBelow, takeExternSlot, takeFuncSlot } from "./frame/references";

// --- what the entries of hypercalls import as `core` ---

export { unwindHypercall } from "./object/unwinding";
export { again, hypercallCount, lastHypercall } from "./state/machine";
export { consoleRead, consoleWrite } from "./hypercall/console";
export {
  contextCreate,
  contextCurrent,
  contextDestroy,
  contextSwitch,
  upcallMask,
  upcallUnmask,
} from "./hypercall/context";
export { domainId, features, startInfo, version } from "./hypercall/discovery";
export { evtchnNext } from "./hypercall/event-channel";
export { memoryReservation } from "./hypercall/memory";
export { programPages, programRead, programRun, programWrite } from "./hypercall/program";
export { schedBlock, schedShutdown, schedYield } from "./hypercall/scheduling";
export { serviceCall } from "./hypercall/service";
export { randomBytes, traceEmit } from "./hypercall/system";
export { timeMonotonic, timerSet, timeWall, vcpuId, vcpuRunstate } from "./hypercall/vcpu";

// --- what the host calls ---

export function configure(deterministic: i32, traceEntries: u32, wallNs: f64, seed: f64): i32 {
  return machine.configure(deterministic != 0, traceEntries, wallNs, seed) ? 0 : -Errno.Inval;
}

export function machineNow(): f64 {
  return clock.now();
}

export function advance(ns: f64): void {
  clock.advance(ns);
}

export { createDomain, destroyDomain, pause, unpause } from "./object/domain";

export function startInfoText(domain: Domain, nameLength: u32, commandLineLength: u32): usize {
  return domains.setStartText(domain, nameLength, commandLineLength);
}

export function vcpuOf(domain: Domain, index: u32): usize {
  return index == 0 ? domain.vcpu : 0;
}

export function run(vcpu: Vcpu, units: i32): i32 {
  return vcpus.run(vcpu, units);
}

export function crashed(vcpu: Vcpu, uncaught: i32): i32 {
  return vcpus.crash(vcpu, uncaught != 0);
}

export function raise(vcpu: Vcpu, port: u32): i32 {
  return events.raise(vcpu, port) ? 1 : 0;
}

export function timerDeadline(vcpu: Vcpu): f64 {
  return vcpu.timerDeadlineNs;
}

export function expireTimer(vcpu: Vcpu): i32 {
  return timers.expireTimer(vcpu) ? 1 : 0;
}

export function consoleOutput(domain: Domain): usize {
  return domain.output;
}

export function consoleOutputLength(domain: Domain): u32 {
  return domain.outputLength;
}

export function consoleTaken(domain: Domain, length: u32): i32 {
  return consoles.takeOutput(domain, length) ? 1 : 0;
}

export function consoleInput(domain: Domain): usize {
  return consoles.inputEnd(domain);
}

export function consoleInputRoom(domain: Domain): u32 {
  return consoles.inputRoom(domain);
}

export function consoleGiven(domain: Domain, length: u32): i32 {
  return consoles.giveInput(domain, length) ? 1 : 0;
}

export function consoleInputEnded(domain: Domain): i32 {
  return consoles.endInput(domain) ? 1 : 0;
}

/** `services`: bit 1 << Service for each that the domain may call. */
export function allowServices(domain: Domain, services: u32): void {
  domain.services = services;
}

export function addProgram(domain: Domain, slot: u32, entries: u32, pages: u32): i32 {
  return domains.addProgram(domain, slot, entries, pages) ? 0 : -Errno.Inval;
}

export function serviceCalled(domain: Domain): i32 {
  return domain.call == Call.Asked ? domain.callService : -1;
}

export function serviceRequest(domain: Domain): usize {
  return domain.message;
}

export function serviceRequestLength(domain: Domain): u32 {
  return domain.callLength;
}

export function serviceAnswerRoom(domain: Domain, length: u32): usize {
  return services.answerRoom(domain, length);
}

export function serviceAnswered(domain: Domain, length: i32): i32 {
  return services.answer(domain, length) ? 1 : 0;
}

export function memoryGrow(domain: Domain, deltaPages: u32): i32 {
  return domains.growMemory(domain, deltaPages, false);
}

export function programMemoryGrow(domain: Domain, deltaPages: u32): i32 {
  return domains.growMemory(domain, deltaPages, true);
}

export function tableGrow(domain: Domain, delta: u32): i32 {
  return domains.growTable(domain, delta) ? 1 : 0;
}

// --- saving and loading ---

export function scratchAt(): usize {
  return scratch;
}

export function saveDomain(domain: Domain): i32 {
  return images.saveDomain(domain) ? 0 : -Errno.Inval;
}

export function loadDomain(domain: Domain): i32 {
  return images.loadDomain(domain) ? 0 : -Errno.Inval;
}

export function contextNumbers(domain: Domain): u32 {
  return domain.contextsRoom;
}

export function contextHandle(domain: Domain, id: u32): Context | null {
  return findContext(domain, id);
}

export function saveContext(context: Context): void {
  images.saveContext(context);
}

export function loadContext(domain: Domain): Context | null {
  return images.loadContext(domain);
}

export function dropContexts(domain: Domain): void {
  images.dropContexts(domain);
}

export function openFrames(domain: Domain, context: Context): void {
  images.openFrames(domain, context);
}

export function closeFrames(domain: Domain): void {
  images.closeFrames(domain);
}

export function consoleInputAt(domain: Domain): usize {
  return domain.input;
}

export function consoleInputLength(domain: Domain): u32 {
  return domain.inputLength;
}

export function restoreOutput(domain: Domain, length: u32): usize {
  return consoles.restoreOutput(domain, length);
}

export function restoreMessage(domain: Domain, length: u32): usize {
  return length > <u32>SERVICE_MAX_BYTES ? 0 : services.reserveMessage(domain, length);
}

export function messageAt(domain: Domain): usize {
  return domain.message;
}

// --- what the host looks at ---

export function runState(vcpu: Vcpu): i32 {
  return vcpu.runState;
}

export function runstateNs(vcpu: Vcpu, state: RunState): f64 {
  return timeIn(vcpu, state, clock.now());
}

export function spentUnits(vcpu: Vcpu): f64 {
  return vcpu.spentUnits;
}

export function slices(vcpu: Vcpu): u32 {
  return vcpu.slices;
}

export function hypercalls(vcpu: Vcpu): u32 {
  return vcpu.hypercalls;
}

export function upcalls(vcpu: Vcpu): u32 {
  return vcpu.upcalls;
}

export function contextSwitches(vcpu: Vcpu): u32 {
  return vcpu.switches;
}

export function currentContext(vcpu: Vcpu): u32 {
  return vcpu.contextId;
}

export function lastHypercallOf(vcpu: Vcpu): i32 {
  return vcpu.lastHypercall;
}

export function stackPointer(vcpu: Vcpu): f64 {
  return hasEntry(vcpu.domain, GuestEntry.StackPointerGet) ? <f64>getStackPointer(vcpu.domain) : -1;
}

export function upcallsMasked(vcpu: Vcpu): i32 {
  return vcpu.contextMasked ? 1 : 0;
}

export function pendingPorts(vcpu: Vcpu): u32 {
  return vcpu.pending;
}

export function shutdownReason(domain: Domain): u32 {
  return domain.shutdownReason;
}

export function shutdownCode(domain: Domain): i32 {
  return domain.shutdownCode;
}

export function pages(domain: Domain): u32 {
  return domain.pages;
}

export function programPagesOf(domain: Domain): u32 {
  return domain.programPages;
}

export function contexts(domain: Domain): u32 {
  return domain.contextsCount;
}

export function coreBytes(domain: Domain): u32 {
  return domains.coreBytes(domain);
}

export { traceAt, traceCapacity, traceCount } from "./object/trace";
