// Saving a domain's own state, and loading it into a new domain of the same shape that has not run yet. The host keeps
// what it knows better: memories, globals, tables, console, and the frames (as it finds them in an opened store).
//
// What is loaded may come from anybody: each number is checked here, so that a forged one can crash its domain at most.

import { ContextImage, DomainImage } from "../abi/domain-image";
import { allowance, leaveContext, switchContext } from "../frame/store";
import { Activation, Context } from "../state/context";
import { Call, Domain, DomainState } from "../state/domain";
import { scratch } from "../state/machine";
import { NEVER, vcpuOf, Waits } from "../state/vcpu";
import { now } from "./clock";
import { createContextAt, destroyContext, findContext } from "./context";
import { timeIn } from "./runstate";
import { RunState } from "../abi/scheduling";
import { SERVICE_MAX_BYTES } from "../abi/service";

/** Ports that exist. */
const PORTS: u32 = 0b11;
/** Larger debts cannot come about: a run is granted at most 2^30 units. */
const LARGEST_DEBT: i32 = -(1 << 30);

/** Writes a domain that is not running, and has not ended, to scratch memory. */
export function saveDomain(domain: Domain): bool {
  if (domain.state != DomainState.Alive) return false;
  const vcpu = vcpuOf(domain);
  const time = now();
  store<u32>(scratch + DomainImage.Context, vcpu.context.id);
  store<u32>(scratch + DomainImage.Waits, vcpu.waits);
  store<i32>(scratch + DomainImage.Debt, vcpu.debt);
  store<u32>(scratch + DomainImage.Pending, vcpu.pending);
  store<i32>(scratch + DomainImage.LastHypercall, vcpu.lastHypercall);
  store<u32>(scratch + DomainImage.Slices, vcpu.slices);
  store<u32>(scratch + DomainImage.Hypercalls, vcpu.hypercalls);
  store<u32>(scratch + DomainImage.Upcalls, vcpu.upcalls);
  store<u32>(scratch + DomainImage.Switches, vcpu.switches);
  store<u32>(scratch + DomainImage.TableElements, domain.tableElements);
  store<u32>(scratch + DomainImage.InputEnded, domain.inputEnded ? 1 : 0);
  store<u32>(scratch + DomainImage.Call, domain.call);
  store<u32>(scratch + DomainImage.CallService, domain.callService);
  store<u32>(scratch + DomainImage.CallContext, domain.callContext);
  store<i32>(scratch + DomainImage.CallLength, domain.callLength);
  store<u64>(scratch + DomainImage.Random, domain.random);
  store<f64>(scratch + DomainImage.SpentUnits, vcpu.spentUnits);
  store<f64>(scratch + DomainImage.RunningNs, timeIn(vcpu, RunState.Running, time));
  store<f64>(scratch + DomainImage.RunnableNs, timeIn(vcpu, RunState.Runnable, time));
  store<f64>(scratch + DomainImage.BlockedNs, timeIn(vcpu, RunState.Blocked, time));
  store<f64>(scratch + DomainImage.OfflineNs, timeIn(vcpu, RunState.Offline, time));
  store<f64>(scratch + DomainImage.AgeNs, time - domain.createdNs);
  store<f64>(scratch + DomainImage.TimerDeadlineNs, vcpu.timerDeadlineNs - domain.createdNs);
  store<f64>(scratch + DomainImage.TimerLastNs, vcpu.timerLastNs - domain.createdNs);
  return true;
}

/**
 * Loads what saveDomain() wrote, from scratch memory, into a paused domain that has its contexts, console and message
 * already. False when a number is not possible; the domain is to be destroyed then.
 */
export function loadDomain(domain: Domain): bool {
  const vcpu = vcpuOf(domain);
  const context = findContext(domain, load<u32>(scratch + DomainImage.Context));
  if (context === null || !domain.paused) return false;
  const waits = load<u32>(scratch + DomainImage.Waits);
  const debt = load<i32>(scratch + DomainImage.Debt);
  const tableElements = load<u32>(scratch + DomainImage.TableElements);
  if (waits > <u32>Waits.Service || debt > 0 || debt < LARGEST_DEBT) return false;
  if (tableElements > domain.maximumTableElements) return false;

  const call = load<u32>(scratch + DomainImage.Call);
  const callLength = load<i32>(scratch + DomainImage.CallLength);
  if (call > <u32>Call.Answered || (call == Call.Asked && callLength < 0)) return false;
  if (call != Call.None && callLength > 0 && <u32>callLength > domain.messageBytes) return false;
  if (callLength > <i32>SERVICE_MAX_BYTES) return false;

  const age = load<f64>(scratch + DomainImage.AgeNs);
  const deadline = load<f64>(scratch + DomainImage.TimerDeadlineNs);
  const last = load<f64>(scratch + DomainImage.TimerLastNs);
  if (!isTime(age) || isNaN(deadline) || isNaN(last) || last > age) return false;
  for (let at: u32 = DomainImage.SpentUnits; at <= <u32>DomainImage.OfflineNs; at += 8) {
    if (!isTime(load<f64>(scratch + at))) return false;
  }

  const time = now();
  vcpu.context = context;
  vcpu.contextId = context.id;
  vcpu.contextMasked = context.masked;
  vcpu.waits = waits;
  vcpu.debt = debt;
  vcpu.pending = load<u32>(scratch + DomainImage.Pending) & PORTS;
  vcpu.lastHypercall = load<i32>(scratch + DomainImage.LastHypercall);
  vcpu.slices = load<u32>(scratch + DomainImage.Slices);
  vcpu.hypercalls = load<u32>(scratch + DomainImage.Hypercalls);
  vcpu.upcalls = load<u32>(scratch + DomainImage.Upcalls);
  vcpu.switches = load<u32>(scratch + DomainImage.Switches);
  vcpu.spentUnits = load<f64>(scratch + DomainImage.SpentUnits);
  vcpu.runningNs = load<f64>(scratch + DomainImage.RunningNs);
  vcpu.runnableNs = load<f64>(scratch + DomainImage.RunnableNs);
  vcpu.blockedNs = load<f64>(scratch + DomainImage.BlockedNs);
  vcpu.offlineNs = load<f64>(scratch + DomainImage.OfflineNs);
  vcpu.sinceNs = time;
  domain.createdNs = time - age;
  vcpu.timerDeadlineNs = deadline == NEVER ? NEVER : domain.createdNs + deadline;
  vcpu.timerLastNs = domain.createdNs + last;
  domain.tableElements = tableElements;
  domain.inputEnded = load<u32>(scratch + DomainImage.InputEnded) != 0;
  domain.call = call;
  domain.callService = load<u32>(scratch + DomainImage.CallService) & 31;
  domain.callContext = load<u32>(scratch + DomainImage.CallContext);
  domain.callLength = callLength;
  domain.random = load<u64>(scratch + DomainImage.Random);
  return true;
}

/** Writes a context to scratch memory. */
export function saveContext(context: Context): void {
  store<u32>(scratch + ContextImage.Id, context.id);
  store<u32>(scratch + ContextImage.Activation, context.activation);
  store<u32>(scratch + ContextImage.Fresh, context.fresh ? 1 : 0);
  store<u32>(scratch + ContextImage.Masked, context.masked ? 1 : 0);
  store<u32>(scratch + ContextImage.Argument, context.argument);
  store<u32>(scratch + ContextImage.StackPointer, context.stackPointer);
}

/** Makes the context that scratch memory tells, without frames; null when that is not possible or above a quota. */
export function loadContext(domain: Domain): Context | null {
  const id = load<u32>(scratch + ContextImage.Id);
  const activation = load<u32>(scratch + ContextImage.Activation);
  if (activation > <u32>Activation.Context) return null;
  allowance = domain.frameAllowance;
  const context = createContextAt(domain, id, activation, load<u32>(scratch + ContextImage.Argument));
  domain.frameAllowance = allowance;
  if (context === null) return null;
  context.fresh = load<u32>(scratch + ContextImage.Fresh) != 0;
  context.masked = load<u32>(scratch + ContextImage.Masked) != 0;
  context.stackPointer = load<u32>(scratch + ContextImage.StackPointer);
  return context;
}

/** Takes the contexts of a new domain away, so that others can be loaded. */
export function dropContexts(domain: Domain): void {
  allowance = domain.frameAllowance;
  for (let id: u32 = 0; id < domain.contextsRoom; id++) {
    const context = findContext(domain, id);
    if (context !== null) destroyContext(domain, context);
  }
  domain.frameAllowance = allowance;
}

/** Makes the frames of a context the current store, so that the host can read or write them; then closeFrames(). */
export function openFrames(domain: Domain, context: Context): void {
  allowance = domain.frameAllowance;
  switchContext(context.frames);
}

export function closeFrames(domain: Domain): void {
  leaveContext();
  domain.frameAllowance = allowance;
}

function isTime(value: f64): bool {
  return value >= 0 && value < Infinity;
}
