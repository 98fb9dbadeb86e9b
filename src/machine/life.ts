// One life of a domain: a guest from its boot to its end. A reboot begins another.
import { Exit, RunState } from "../abi.js";
import type { Hypervisor } from "../core/hypervisor.js";
import type { DomainHandle, HypervisorExports, VcpuHandle } from "../core/hypervisor-exports.js";
import { Pace } from "../embed/pace.js";
import type { Alarm, Alarms } from "./alarms.js";
import { declaredElements, maximumPages } from "./checks.js";
import type { DomainConsole } from "./console.js";
import type { DomainInfo, VcpuState } from "./domain-info.js";
import { Guest, type GuestImports } from "./guest.js";
import type { DomainSettings } from "./options.js";
import type { Occupant } from "./pcpu.js";
import type { Program } from "./program.js";
import { pagesWithProgram } from "./program-checks.js";
import type { Reservation } from "./reservation.js";
import { ServiceDesk, type Services, serviceBits } from "./services.js";
import type { Slots } from "./slots.js";
import { TranslationRefused } from "./translation.js";

/** What lives need of their machine. */
export interface LifeHost {
  readonly hypervisor: Hypervisor;
  readonly imports: GuestImports;
  readonly stackPointerModule: WebAssembly.Module;
  readonly slots: Slots;
  /** Pages of all domains together. */
  readonly pages: Reservation;
  readonly alarms: Alarms;
  readonly quantumNs: number;
  /** `life` can run. */
  wake(life: Life): void;
  /** Something is under way, until `over` is settled, that may make somebody run. */
  pending(over: Promise<unknown>): void;
}

/** What a life is told to do with what happens to it. */
export interface LifeOwner {
  readonly id: number;
  readonly program: Program;
  /** The program above it. */
  readonly above: Program | undefined;
  readonly services: Services;
  readonly settings: DomainSettings;
  readonly console: DomainConsole;
  /** Units that it may still spend in this life. */
  readonly unitsLeft: number;
  shutDown(): void;
  /** An answer made the vCPU runnable. */
  stirred(): void;
  threw(thrown: unknown): void;
  /** The whole budget is spent. */
  spent(): void;
}

/** What a life counts. */
export type LifeInfo = Omit<DomainInfo, "id" | "name" | "state" | "reboots">;

const FIRST_QUANTUM = 100_000;
/** Fast code would take more in a quantum; but then slow code behind it would hold the event loop for too long. */
const LARGEST_QUANTUM = 1 << 22;

const utf8 = new TextEncoder();
const vcpuStates: Record<RunState, VcpuState> = {
  [RunState.Running]: "running",
  [RunState.Runnable]: "runnable",
  [RunState.Blocked]: "blocked",
  [RunState.Offline]: "offline",
};

export class Life implements Occupant, Alarm {
  readonly guest: Guest;
  /** The program above it. */
  readonly above: Guest | undefined;
  readonly pace: Pace;
  readonly #host: LifeHost;
  readonly #owner: LifeOwner;
  readonly #slots: readonly FilledSlot[];
  readonly #desk: ServiceDesk;
  readonly #maximumPages: number;
  /** 0 until the core knows it. */
  handle = 0 as DomainHandle;
  vcpu = 0 as VcpuHandle;
  /** It has been ended: nothing of it is in the core any more. */
  over = false;
  slices = 0;
  // The alarm of its timer.
  atNs = Number.POSITIVE_INFINITY;
  place = -1;

  private constructor(host: LifeHost, owner: LifeOwner, parts: Parts, maximum: number) {
    this.#host = host;
    this.#owner = owner;
    this.guest = parts.guest;
    this.above = parts.above;
    this.#slots = parts.slots;
    this.#maximumPages = maximum;
    this.pace = new Pace(host.quantumNs / 1e6, FIRST_QUANTUM, LARGEST_QUANTUM);
    this.#desk = new ServiceDesk(owner.services, {
      core: host.hypervisor.core,
      slots: host.slots,
      stirred: () => owner.stirred(),
      pending: (over) => host.pending(over),
    });
  }

  /**
   * Charges what the guest declares, instantiates it and makes it known to the core, paused. Rejects with a TranslationRefused,
   * and then keeps nothing.
   */
  static async boot(host: LifeHost, owner: LifeOwner): Promise<Life> {
    const { above, program, services, settings } = owner;
    const { core } = host.hypervisor;
    const maximum =
      above === undefined
        ? maximumPages(program.manifest, settings.memoryPages)
        : pagesWithProgram(settings.memoryPages);
    const link: { handle: DomainHandle } = { handle: 0 as DomainHandle };
    const parts = await instantiate(host, program, above, maximum, link);
    const life = new Life(host, owner, parts, maximum);
    const [slot, programSlot] = parts.slots;
    const elements = declaredElements(program.manifest) + (above ? declaredElements(above.manifest) : 0);
    const handle = core.createDomain(
      slot!.number,
      owner.id,
      slot!.entryBits,
      minimumPages(program),
      maximum,
      elements,
      settings.tableElements,
      settings.contextsMax,
      settings.stackBytes,
      settings.frameBytes,
      settings.allFrameBytes,
    );
    const addProgram = () =>
      programSlot === undefined ||
      core.addProgram(handle, programSlot.number, programSlot.entryBits, minimumPages(above!)) === 0;
    if (handle === 0 || !addProgram() || !life.#begin(handle)) {
      if (handle !== 0) core.destroyDomain(handle);
      for (const { number } of parts.slots) host.slots.empty(number);
      throw new TranslationRefused({
        reason: "machine",
        message: "the core has no memory for another domain",
      });
    }
    core.allowServices(handle, serviceBits(services));
    link.handle = handle;
    return life;
  }

  /** Its instances, by their numbers. */
  get guests(): readonly Guest[] {
    return this.above === undefined ? [this.guest] : [this.guest, this.above];
  }

  get maximumPages(): number {
    return this.#maximumPages;
  }

  get unitsLeft(): number {
    return this.#owner.unitsLeft;
  }

  get spentUnits(): number {
    return this.#core.spentUnits(this.vcpu);
  }

  /** It takes part from now on. */
  start(): void {
    this.#core.unpause(this.handle);
    // A life that was restored may have armed its timer already.
    this.#host.alarms.set(this, this.#core.timerDeadline(this.vcpu));
    // One that was restored may wait for an answer that nobody is about to give.
    this.#desk.serve(this.handle);
    if (this.#core.runState(this.vcpu) === RunState.Runnable) this.#host.wake(this);
  }

  /** The timer is due. */
  ring(): void {
    const runnable = this.#core.expireTimer(this.vcpu);
    this.#host.alarms.set(this, this.#core.timerDeadline(this.vcpu));
    if (runnable !== 0) this.#host.wake(this);
  }

  ran(exit: Exit): void {
    // The scheduler, which was told first, may have ended it.
    if (this.over) return;
    const { console } = this.#owner;
    if (exit === Exit.Shutdown) {
      this.#owner.shutDown();
      return;
    }
    this.#host.alarms.set(this, this.#core.timerDeadline(this.vcpu));
    console.feed();
    console.deliver();
    if (exit === Exit.Service && !this.over) this.#desk.serve(this.handle);
    if (!this.over && this.#owner.unitsLeft <= 0) this.#owner.spent();
  }

  threw(thrown: unknown): void {
    this.#owner.threw(thrown);
  }

  info(): LifeInfo {
    const core = this.#core;
    const { handle, vcpu } = this;
    return {
      runState: vcpuStates[core.runState(vcpu) as RunState],
      pages: core.pages(handle) + core.programPagesOf(handle),
      maximumPages: this.#maximumPages,
      contexts: core.contexts(handle),
      runningNs: core.runstateNs(vcpu, RunState.Running),
      runnableNs: core.runstateNs(vcpu, RunState.Runnable),
      blockedNs: core.runstateNs(vcpu, RunState.Blocked),
      offlineNs: core.runstateNs(vcpu, RunState.Offline),
      spentUnits: core.spentUnits(vcpu),
      slices: this.slices,
      quanta: core.slices(vcpu),
      hypercalls: core.hypercalls(vcpu),
      upcalls: core.upcalls(vcpu),
      contextSwitches: core.contextSwitches(vcpu),
      coreBytes: core.coreBytes(handle),
    };
  }

  /** Gives all back. It must not be on a physical CPU, nor known to the scheduler. */
  end(): void {
    this.over = true;
    this.#host.alarms.clear(this);
    this.#core.destroyDomain(this.handle);
    this.#desk.close();
    for (const { number } of this.#slots) this.#host.slots.empty(number);
  }

  get #core(): HypervisorExports {
    return this.#host.hypervisor.core;
  }

  /** False: there is no memory for its start information. */
  #begin(handle: DomainHandle): boolean {
    const { name, commandLine } = this.#owner.settings;
    this.handle = handle;
    this.vcpu = this.#core.vcpuOf(handle, 0);
    const text = utf8.encode(name + commandLine);
    const nameLength = utf8.encode(name).length;
    const at = this.#core.startInfoText(handle, nameLength, text.length - nameLength) >>> 0;
    if (at !== 0) this.#host.slots.coreView().set(text, at);
    return at !== 0 || text.length === 0;
  }
}

interface FilledSlot {
  readonly number: number;
  /** Which entries it has: 1 << GuestEntry. */
  readonly entryBits: number;
}

/** The instances of a domain, in their slots. */
interface Parts {
  readonly guest: Guest;
  readonly above: Guest | undefined;
  readonly slots: readonly FilledSlot[];
}

/** Charges what the modules declare, instantiates them and fills their slots; when it rejects, nothing is kept. */
async function instantiate(
  host: LifeHost,
  program: Program,
  above: Program | undefined,
  maximum: number,
  link: { readonly handle: DomainHandle },
): Promise<Parts> {
  const slots: FilledSlot[] = [];
  const create = async (module: Program, kernel?: Guest): Promise<Guest> => {
    const pages = minimumPages(module);
    takePages(host.pages, pages);
    try {
      const most = Math.min(module.manifest.memory?.maxPages ?? maximum, maximum);
      const guest = await Guest.create(host.hypervisor, host.imports, module, most, link, kernel);
      const entries = guest.entries(host.stackPointerModule);
      const entryBits = entries.reduce((bits, [entry]) => bits | (1 << entry), 0);
      slots.push({ number: host.slots.fill(entries, guest.memory), entryBits });
      return guest;
    } catch (cause) {
      host.pages.give(pages);
      throw instantiationRefused(cause);
    }
  };
  try {
    const guest = await create(program);
    return { guest, above: above && (await create(above, guest)), slots };
  } catch (error) {
    for (const { number } of slots) host.slots.empty(number);
    throw error;
  }
}

function minimumPages({ manifest }: Program): number {
  return manifest.memory?.minPages ?? 0;
}

function takePages(reservation: Reservation, pages: number): void {
  if (reservation.take(pages)) return;
  const message =
    `it declares ${pages} pages of memory at least, but the machine has ${reservation.left} left of ` +
    `${reservation.limit}: destroy domains, or raise the machine's memoryPages`;
  throw new TranslationRefused({ reason: "memory", message });
}

function instantiationRefused(cause: unknown): TranslationRefused {
  const said = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof WebAssembly.LinkError) {
    const message = `it imports a hypercall with another type than docs/abi.md says: ${said}`;
    return new TranslationRefused({ reason: "import", message }, { cause });
  }
  const message = `the host has no memory left for what it declares: ${said}`;
  return new TranslationRefused({ reason: "memory", message }, { cause });
}
