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
import type { Reservation } from "./reservation.js";
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
}

/** What a life is told to do with what happens to it. */
export interface LifeOwner {
  readonly id: number;
  readonly program: Program;
  readonly settings: DomainSettings;
  readonly console: DomainConsole;
  /** Units that it may still spend in this life. */
  readonly unitsLeft: number;
  shutDown(): void;
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
  readonly pace: Pace;
  readonly #host: LifeHost;
  readonly #owner: LifeOwner;
  readonly #slot: number;
  readonly #maximumPages: number;
  /** 0 until the core knows it. */
  handle = 0 as DomainHandle;
  vcpu = 0 as VcpuHandle;
  /** It has been ended: nothing of it is in the core any more. */
  over = false;
  // The alarm of its timer.
  atNs = Number.POSITIVE_INFINITY;
  place = -1;

  private constructor(host: LifeHost, owner: LifeOwner, guest: Guest, slot: number, maximum: number) {
    this.#host = host;
    this.#owner = owner;
    this.guest = guest;
    this.#slot = slot;
    this.#maximumPages = maximum;
    this.pace = new Pace(host.quantumNs / 1e6, FIRST_QUANTUM, LARGEST_QUANTUM);
  }

  /**
   * Charges what the guest declares, instantiates it and makes it known to the core, paused. Rejects with a TranslationRefused,
   * and then keeps nothing.
   */
  static async boot(host: LifeHost, owner: LifeOwner): Promise<Life> {
    const { program, settings } = owner;
    const { core } = host.hypervisor;
    const pages = program.manifest.memory?.minPages ?? 0;
    const maximum = maximumPages(program.manifest, settings.memoryPages);
    if (!host.pages.take(pages)) {
      const message =
        `it declares ${pages} pages of memory at least, but the machine has ${host.pages.left} left of ` +
        `${host.pages.limit}: destroy domains, or raise the machine's memoryPages`;
      throw new TranslationRefused({ reason: "memory", message });
    }
    const link: { handle: DomainHandle } = { handle: 0 as DomainHandle };
    let guest: Guest;
    let slot: number;
    let entryBits = 0;
    try {
      guest = await Guest.create(host.hypervisor, host.imports, program, maximum, link);
      const entries = guest.entries(host.stackPointerModule);
      for (const [entry] of entries) entryBits |= 1 << entry;
      slot = host.slots.fill(entries, guest.memory);
    } catch (cause) {
      host.pages.give(pages);
      throw instantiationRefused(cause);
    }
    const life = new Life(host, owner, guest, slot, maximum);
    const elements = declaredElements(program.manifest);
    const handle = core.createDomain(
      slot,
      owner.id,
      entryBits,
      pages,
      maximum,
      elements,
      settings.tableElements,
      settings.contextsMax,
      settings.stackBytes,
      settings.frameBytes,
      settings.allFrameBytes,
    );
    if (handle === 0 || !life.#begin(handle)) {
      if (handle !== 0) core.destroyDomain(handle);
      host.slots.empty(slot);
      throw new TranslationRefused({
        reason: "machine",
        message: "the core has no memory for another domain",
      });
    }
    link.handle = handle;
    return life;
  }

  /** Its instances, by their numbers. */
  get guests(): readonly Guest[] {
    return [this.guest];
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
    if (this.#core.runState(this.vcpu) === RunState.Runnable) this.#host.wake(this);
  }

  /** The timer is due. */
  ring(): void {
    const runnable = this.#core.expireTimer(this.vcpu);
    this.#host.alarms.set(this, this.#core.timerDeadline(this.vcpu));
    if (runnable !== 0) this.#host.wake(this);
  }

  ran(exit: Exit): void {
    const { console } = this.#owner;
    if (exit === Exit.Shutdown) {
      this.#owner.shutDown();
      return;
    }
    this.#host.alarms.set(this, this.#core.timerDeadline(this.vcpu));
    console.feed();
    console.deliver();
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
      pages: core.pages(handle),
      maximumPages: this.#maximumPages,
      contexts: core.contexts(handle),
      runningNs: core.runstateNs(vcpu, RunState.Running),
      runnableNs: core.runstateNs(vcpu, RunState.Runnable),
      blockedNs: core.runstateNs(vcpu, RunState.Blocked),
      offlineNs: core.runstateNs(vcpu, RunState.Offline),
      spentUnits: core.spentUnits(vcpu),
      slices: core.slices(vcpu),
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
    this.#host.slots.empty(this.#slot);
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

function instantiationRefused(cause: unknown): TranslationRefused {
  const said = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof WebAssembly.LinkError) {
    const message = `it imports a hypercall with another type than docs/abi.md says: ${said}`;
    return new TranslationRefused({ reason: "import", message }, { cause });
  }
  const message = `the host has no memory left for what it declares: ${said}`;
  return new TranslationRefused({ reason: "memory", message }, { cause });
}
