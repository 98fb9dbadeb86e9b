import type { Branded } from "../base/ids.js";

/** Address of a domain's record in the core's memory; 0 is none. */
export type DomainHandle = Branded<number, "DomainHandle">;
/** Address of a context's record in the core's memory. */
export type ContextHandle = Branded<number, "ContextHandle">;
/** Address of a vCPU's record in the core's memory. */
export type VcpuHandle = Branded<number, "VcpuHandle">;

/**
 * What assembly/hypervisor.ts exports to the host; docs/core.md says more. Only `run` calls guests: whatever it throws
 * is a guest's trap, and `crashed` must be called before anything else. Times are nanoseconds as f64.
 */
export interface HypervisorExports {
  readonly memory: WebAssembly.Memory;

  /**
   * Once, before anything else. `deterministic`: 1 or 0. `traceEntries`: a power of two. `wallNs`: the wall clock
   * (since 1970) at machine time 0. `seed`: a whole number from 0 to 2^53. 0, or a negative errno.
   */
  configure(deterministic: number, traceEntries: number, wallNs: number, seed: number): number;
  /** Machine time in ns: host.now(), or the virtual clock of deterministic mode. */
  machineNow(): number;
  /** Deterministic mode: moves the virtual clock on, when nobody can run. */
  advance(ns: number): void;

  /**
   * A domain of one vCPU, offline until `unpause`. `slot`: its part of the function table (SLOT_ENTRIES entries from
   * FIRST_SLOT_ENTRY + slot * SLOT_ENTRIES on: assembly/abi/guest-entry.ts), from 1 up. `entries`: which of them are there (1 << GuestEntry). `frameBytes`: what
   * the frames of one context may take, `frameAllowance`: of all together. 0: no memory for it.
   */
  createDomain(
    slot: number,
    id: number,
    entries: number,
    pages: number,
    maximumPages: number,
    tableElements: number,
    maximumTableElements: number,
    contextsMax: number,
    stackBytes: number,
    frameBytes: number,
    frameAllowance: number,
  ): DomainHandle;
  /** Room of `length` bytes for the start information after its fields: name, then command line. 0: no memory. */
  startInfoText(domain: DomainHandle, nameLength: number, commandLineLength: number): number;
  /** Frees all that the domain has in the core. It must not be running. */
  destroyDomain(domain: DomainHandle): void;
  vcpuOf(domain: DomainHandle, index: number): VcpuHandle;
  /** The vCPU can run from now on. Both may be said twice. */
  unpause(domain: DomainHandle): void;
  pause(domain: DomainHandle): void;

  /** Lets a vCPU run for `budget` units; see Exit. */
  run(vcpu: VcpuHandle, budget: number): number;
  /** After `run` threw: the domain has crashed. `uncaught`: 1 when it was not a trap. Returns the Cause. */
  crashed(vcpu: VcpuHandle, uncaught: number): number;

  /** Makes a port pending: 1 when that made the vCPU runnable, else 0. */
  raise(vcpu: VcpuHandle, port: number): number;
  /** When its one-shot timer expires, in machine time; Infinity: it is not armed. */
  timerDeadline(vcpu: VcpuHandle): number;
  /** Expires the timer when it is due by machine time: 1 when that made the vCPU runnable, else 0. */
  expireTimer(vcpu: VcpuHandle): number;

  /** Console output that waits for the host: where it lies, how much; then how much was taken (1: the vCPU became runnable). */
  consoleOutput(domain: DomainHandle): number;
  consoleOutputLength(domain: DomainHandle): number;
  consoleTaken(domain: DomainHandle, length: number): number;
  /** Where the host may put input; 0 when there is no memory for it. How much fits; then how much was put (1: became runnable). */
  consoleInput(domain: DomainHandle): number;
  consoleInputRoom(domain: DomainHandle): number;
  consoleGiven(domain: DomainHandle, length: number): number;
  /** No more input will come. */
  consoleInputEnded(domain: DomainHandle): number;

  /** Which services the domain may call: bit 1 << Service. */
  allowServices(domain: DomainHandle, services: number): void;
  /** Loads a program above the domain's guest (docs/core.md, section 5), before it first runs. `entries`: Init and Start. 0, or a negative errno. */
  addProgram(domain: DomainHandle, slot: number, entries: number, pages: number): number;
  /** The service whose answer the domain waits for; -1: none. Where its request lies and how long it is. */
  serviceCalled(domain: DomainHandle): number;
  serviceRequest(domain: DomainHandle): number;
  serviceRequestLength(domain: DomainHandle): number;
  /** Room for an answer, in place of the request (read it before); 0: nobody asked, or there is no memory. */
  serviceAnswerRoom(domain: DomainHandle, length: number): number;
  /** The answer is in its room, or `length` is a negative errno. 1 when that made the vCPU runnable. */
  serviceAnswered(domain: DomainHandle, length: number): number;

  /** `wv.memory_grow` and `wv.table_grow` of the domain: old pages or -1; 1 or 0. */
  memoryGrow(domain: DomainHandle, deltaPages: number): number;
  /** `wv.memory_grow` of the program above the domain's guest. */
  programMemoryGrow(domain: DomainHandle, deltaPages: number): number;
  tableGrow(domain: DomainHandle, delta: number): number;

  /** RunState of a vCPU. */
  runState(vcpu: VcpuHandle): number;
  /** ns spent in a RunState until now. */
  runstateNs(vcpu: VcpuHandle, state: number): number;
  spentUnits(vcpu: VcpuHandle): number;
  /** How often run() was called for it. */
  slices(vcpu: VcpuHandle): number;
  hypercalls(vcpu: VcpuHandle): number;
  upcalls(vcpu: VcpuHandle): number;
  contextSwitches(vcpu: VcpuHandle): number;
  /** The context that is current, or was when the domain ended. */
  currentContext(vcpu: VcpuHandle): number;
  /** The hypercall that was entered last; -1: none. */
  lastHypercallOf(vcpu: VcpuHandle): number;
  /** The guest's stack-pointer global; -1 when it has none. */
  stackPointer(vcpu: VcpuHandle): number;
  upcallsMasked(vcpu: VcpuHandle): number;
  pendingPorts(vcpu: VcpuHandle): number;
  /** Reason and code of sched_shutdown. */
  shutdownReason(domain: DomainHandle): number;
  shutdownCode(domain: DomainHandle): number;
  pages(domain: DomainHandle): number;
  programPagesOf(domain: DomainHandle): number;
  contexts(domain: DomainHandle): number;
  /** Bytes of the core's memory that the domain has: records, frames, console. */
  coreBytes(domain: DomainHandle): number;

  // Saving and loading: layouts in assembly/abi/domain-image.ts.

  /** Where images of domains and contexts are written and read. */
  scratchAt(): number;
  /** Writes a domain that is not running to scratch memory: 0, or a negative errno when it has ended. */
  saveDomain(domain: DomainHandle): number;
  /** Loads scratch memory into a new, paused domain that has its contexts, console and message: 0, or a negative errno. */
  loadDomain(domain: DomainHandle): number;
  /** Numbers of contexts are below this. */
  contextNumbers(domain: DomainHandle): number;
  /** 0: there is none of this number. */
  contextHandle(domain: DomainHandle, id: number): ContextHandle;
  saveContext(context: ContextHandle): void;
  /** Makes the context that scratch memory tells; 0: not possible, or above a quota. */
  loadContext(domain: DomainHandle): ContextHandle;
  /** Takes the contexts of a new domain away, so that others can be loaded. */
  dropContexts(domain: DomainHandle): void;
  /** Makes a context's frames current, to be read or written through `base`, `sp`, `funcs`, `externs`; then close. */
  openFrames(domain: DomainHandle, context: ContextHandle): void;
  closeFrames(domain: DomainHandle): void;
  readonly base: WebAssembly.Global;
  readonly sp: WebAssembly.Global;
  readonly funcs: WebAssembly.Global;
  readonly externs: WebAssembly.Global;
  usedBytes(): number;
  /** Makes room for so many bytes of frames. Traps when a quota does not allow it; takeCause tells. */
  reserve(bytes: number): void;
  takeCause(): number;
  slotBelow(slot: number): number;
  consoleInputAt(domain: DomainHandle): number;
  consoleInputLength(domain: DomainHandle): number;
  /** Where `length` bytes of output that was not taken yet are to be put; 0: not possible. */
  restoreOutput(domain: DomainHandle, length: number): number;
  /** Where the message of a call of a service lies, and where one of `length` bytes is to be put; 0: not possible. */
  messageAt(domain: DomainHandle): number;
  restoreMessage(domain: DomainHandle, length: number): number;

  /** The trace: a ring of `traceCapacity` entries (TRACE_ENTRY_BYTES each) at `traceAt`; `traceCount` were ever written. */
  traceAt(): number;
  traceCapacity(): number;
  traceCount(): number;
}

/** What the core imports from the module `host`. None of them may throw, nor call back into the core. */
export interface HypervisorHost {
  /** ns since the machine was booted, monotonic. Not called in deterministic mode. */
  now(): number;
  /** Copies between a guest's memory and the core's; both ranges are checked. */
  copy(slot: number, guestOffset: number, coreOffset: number, length: number, toGuest: number): void;
  /** Copies between the memories of a kernel (`slot`) and of the program above it; both ranges are checked. */
  copyProgram(
    programSlot: number,
    programOffset: number,
    slot: number,
    offset: number,
    length: number,
    toProgram: number,
  ): void;
  /** Fills core memory with random bytes. Not called in deterministic mode. */
  random(coreOffset: number, length: number): void;
  /** Grows a guest's memory, which its reservation allows: old pages, or -1. */
  grow(slot: number, deltaPages: number): number;
}
