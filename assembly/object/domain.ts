// Domains: create, destroy, and what they own.

import { START_INFO_BYTES } from "../abi/start-info";
import { RunState } from "../abi/scheduling";
import { TraceKind } from "../abi/system";
import { allocate, regionBytes, release } from "../frame/arena";
import { allowance, contextBytes } from "../frame/store";
import { recordCause } from "../frame/cause";
import { Cause } from "../abi/exit";
import { Activation } from "../state/context";
import { Domain, DomainState } from "../state/domain";
import { deterministic } from "../state/machine";
import { NEVER, Vcpu, vcpuOf, Waits } from "../state/vcpu";
import { now } from "./clock";
import { freeConsole } from "./console";
import { createContext, destroyContexts, findContext } from "./context";
import { hostGrow } from "./host";
import { seedRandom } from "./random";
import { enterState } from "./runstate";
import { dropMessage } from "./service";
import { trace } from "./trace";

/** A domain with one vCPU and one context, offline until it is unpaused; null when there is no memory for it. */
export function createDomain(
  slot: u32,
  id: u32,
  entries: u32,
  pages: u32,
  maximumPages: u32,
  tableElements: u32,
  maximumTableElements: u32,
  contextsMax: u32,
  stackBytes: i32,
  frameBytes: u32,
  frameAllowance: u32,
): Domain | null {
  const record = allocate(offsetof<Domain>());
  const vcpuRecord = allocate(offsetof<Vcpu>());
  if (record == 0 || vcpuRecord == 0) {
    if (record != 0) release(record, offsetof<Domain>());
    if (vcpuRecord != 0) release(vcpuRecord, offsetof<Vcpu>());
    return null;
  }
  memory.fill(record, 0, offsetof<Domain>());
  memory.fill(vcpuRecord, 0, offsetof<Vcpu>());
  const domain = changetype<Domain>(record);
  domain.id = id;
  domain.slot = slot;
  domain.entries = entries;
  domain.paused = true;
  domain.vcpu = vcpuRecord;
  domain.pages = pages;
  domain.maximumPages = maximumPages;
  domain.tableElements = tableElements;
  domain.maximumTableElements = maximumTableElements;
  domain.stackBytes = stackBytes;
  domain.frameBytes = frameBytes;
  domain.contextsMax = max<u32>(contextsMax, 1);
  domain.createdNs = now();
  seedRandom(domain);

  const vcpu = vcpuOf(domain);
  vcpu.domain = domain;
  vcpu.runState = RunState.Offline;
  vcpu.sinceNs = domain.createdNs;
  vcpu.lastHypercall = -1;
  vcpu.timerDeadlineNs = NEVER;
  vcpu.timerLastNs = -Infinity;

  allowance = frameAllowance;
  const context = createContext(domain, Activation.Init, 0);
  domain.frameAllowance = allowance;
  if (context === null) {
    destroyDomain(domain);
    return null;
  }
  vcpu.context = context;
  trace(TraceKind.Create, domain, pages, contextsMax);
  return domain;
}

/** Frees all that a domain has in the core. It must not be running. */
export function destroyDomain(domain: Domain): void {
  trace(TraceKind.Destroy, domain, 0, 0);
  allowance = domain.frameAllowance;
  destroyContexts(domain);
  freeConsole(domain);
  dropMessage(domain);
  if (domain.startText != 0) release(domain.startText, textBytes(domain));
  release(domain.vcpu, offsetof<Vcpu>());
  release(changetype<usize>(domain), offsetof<Domain>());
}

/** Room for a name and a command line; 0 when there is none. Once for each domain. */
export function setStartText(domain: Domain, nameLength: u32, commandLineLength: u32): usize {
  if (domain.startText != 0) return 0;
  const text = allocate(nameLength + commandLineLength);
  if (text == 0) return 0;
  domain.startText = text;
  domain.nameLength = nameLength;
  domain.commandLineLength = commandLineLength;
  return text;
}

export function textBytes(domain: Domain): u32 {
  return domain.nameLength + domain.commandLineLength;
}

/** Length of the start information. */
export function startInfoLength(domain: Domain): u32 {
  return START_INFO_BYTES + textBytes(domain);
}

/** The vCPU takes part again; what it waited for, it waits for still. */
export function unpause(domain: Domain): void {
  if (!domain.paused) return;
  domain.paused = false;
  if (domain.state != DomainState.Alive) return;
  const vcpu = vcpuOf(domain);
  enterState(vcpu, vcpu.waits != Waits.Nothing ? RunState.Blocked : RunState.Runnable, now());
}

/** The vCPU does not take part until it is unpaused. */
export function pause(domain: Domain): void {
  if (domain.paused) return;
  domain.paused = true;
  const vcpu = vcpuOf(domain);
  if (domain.state == DomainState.Alive) enterState(vcpu, RunState.Offline, now());
}

/** Loads a program above the domain's guest, whose pages the reservation allows; once, before it first runs. */
export function addProgram(domain: Domain, slot: u32, entries: u32, pages: u32): bool {
  if (domain.programSlot != 0 || slot == 0 || pages > domain.maximumPages - domain.pages) return false;
  domain.programSlot = slot;
  domain.programEntries = entries;
  domain.programPages = pages;
  return true;
}

/** `memory.grow` of the domain's guest, or of the program above it: old pages, or -1. */
export function growMemory(domain: Domain, delta: u32, ofProgram: bool): i32 {
  if (delta > domain.maximumPages - domain.pages - domain.programPages) return -1;
  const old = hostGrow(ofProgram ? domain.programSlot : domain.slot, delta);
  if (old < 0) {
    if (!deterministic) return -1;
    // What the host has left must not be seen: the reservation alone decides.
    recordCause(Cause.HostMemory);
    unreachable();
  }
  if (ofProgram) domain.programPages = old + delta;
  else domain.pages = old + delta;
  return old;
}

/** Whether a table of the domain's guest may grow by `delta` elements. */
export function growTable(domain: Domain, delta: u32): bool {
  if (delta > domain.maximumTableElements - domain.tableElements) return false;
  domain.tableElements += delta;
  return true;
}

/** Bytes of core memory that the domain takes. */
export function coreBytes(domain: Domain): u32 {
  let bytes: u32 = regionBytes(offsetof<Domain>()) + regionBytes(offsetof<Vcpu>());
  if (domain.output != 0) bytes += 4096;
  if (domain.input != 0) bytes += 4096;
  if (domain.message != 0) bytes += regionBytes(domain.messageBytes);
  if (domain.startText != 0) bytes += regionBytes(textBytes(domain));
  bytes += domain.contextsRoom * sizeof<usize>();
  for (let id: u32 = 0; id < domain.contextsRoom; id++) {
    const context = findContext(domain, id);
    if (context !== null) bytes += 64 + contextBytes(context.frames);
  }
  return bytes;
}
