import { sha256 } from "../base/digest.js";
import { DomainRefused, MachinePanic, type Refusal, SnapshotError, WasmvisorError } from "../base/errors.js";
import type { Platform } from "../base/platform.js";
import { loadMachineCore, type MachineCore } from "../core/assets.js";
import { instantiateHypervisor } from "../core/hypervisor.js";
import type { Maps } from "../core/maps.js";
import { Credit } from "../sched/credit.js";
import type { Scheduler } from "../sched/scheduler.js";
import { Alarms } from "./alarms.js";
import { refusalsOf } from "./checks.js";
import type { DomainConsole } from "./console.js";
import type { Domain } from "./domain.js";
import { GuestImports } from "./guest.js";
import { type Inspection, inspectGuest } from "./inspection.js";
import type { Life } from "./life.js";
import {
  type DomainOptions,
  domainSettings,
  type MachineOptions,
  type MachineSettings,
  machineSettings,
  type RestoreOptions,
} from "./options.js";
import { type Occupant, Pcpu, type PcpuStats } from "./pcpu.js";
import { programRefusals } from "./program-checks.js";
import { Programs } from "./programs.js";
import { Reservation } from "./reservation.js";
import { Resident, type ResidentHost } from "./resident.js";
import { restoreInto, Snapshot } from "./restoring.js";
import { closeServices } from "./services.js";
import { Slots } from "./slots.js";
import type { Subject } from "./snapshot.js";
import { readTrace, type TraceEvent } from "./trace.js";
import { Translation, TranslationRefused } from "./translation.js";

export interface MachineStats extends Readonly<PcpuStats> {
  /** Machine time: since the boot, or virtual. */
  readonly timeNs: number;
  /** Pages of 64 KiB that the memories of all domains have. */
  readonly memoryPages: number;
  /** Bytes of the core's own memory. */
  readonly coreBytes: number;
  /** The largest `stackBytes` of a domain: the native stack of this thread, less a reserve; 4 MiB at most. */
  readonly largestStackBytes: number;
}

/** ended: all domains have. idle: those that have not all wait, and no time passing will wake them. */
export type Settled = "ended" | "idle";

/** Loads the library and makes a machine. Rejects with a WasmvisorError when an option is at fault. */
export async function bootMachine(platform: Platform, options: MachineOptions = {}): Promise<Machine> {
  const settings = machineSettings(options);
  const scheduler = options.scheduler ?? new Credit({ sliceNs: settings.sliceNs });
  return new Machine(await loadMachineCore(platform), settings, scheduler as Scheduler<Life>);
}

/** A machine: domains that share one physical CPU, in the thread of whoever booted it. */
export class Machine {
  readonly #settings: MachineSettings;
  readonly #host: ResidentHost;
  readonly #programs: Programs;
  readonly #domains = new Map<number, Resident>();
  #lastId = 0;
  /** Domains that are there or about to be, and have not ended. */
  #living = 0;
  /** Creations and reboots under way. */
  #pendings = 0;
  #closed = false;
  #panic: unknown;
  /** In deterministic mode domains are created one after the other, in the order in which they were asked for. */
  #created: Promise<unknown> = Promise.resolve();
  #waiting: { readonly resolve: (settled: Settled) => void; readonly reject: (error: unknown) => void }[] =
    [];

  /** See bootMachine. */
  constructor(modules: MachineCore, settings: MachineSettings, scheduler: Scheduler<Life>) {
    const { platform } = modules;
    const { deterministic, quotas, quantumNs, quantumUnits } = settings;
    this.#settings = settings;
    const pages = new Reservation(settings.memoryPages);
    const slots = new Slots(pages);
    const bootNs = platform.nowNs();
    const hypervisor = instantiateHypervisor(modules, {
      now: () => platform.nowNs() - bootNs,
      copy: (slot, guestAt, coreAt, length, toGuest) => slots.copy(slot, guestAt, coreAt, length, toGuest),
      copyProgram: (above, aboveAt, slot, at, length, toProgram) => {
        if (toProgram !== 0) slots.copyBetween(slot, at, above, aboveAt, length);
        else slots.copyBetween(above, aboveAt, slot, at, length);
      },
      random: (at, length) => platform.fillRandom(slots.coreView().subarray(at >>> 0, (at >>> 0) + length)),
      grow: (slot, delta) => slots.grow(slot, delta),
    });
    const { core, table } = hypervisor;
    slots.connect(table, core.memory);
    if (
      core.configure(deterministic ? 1 : 0, settings.traceEntries, settings.wallClockNs, settings.seed) !== 0
    ) {
      throw new WasmvisorError("The core refuses the machine's options: use a smaller trace");
    }
    const alarms = new Alarms();
    const pcpu = new Pcpu({
      platform,
      core,
      scheduler: scheduler as Scheduler<Occupant>,
      alarms,
      deterministic,
      quantumNs,
      quantumUnits,
      rests: () => this.#settle(),
      panicked: (error) => this.#panicked(error),
    });
    const translation = new Translation(platform, modules.translator, quotas.translateMs, deterministic);
    this.#programs = new Programs(translation, quotas.moduleBytes);
    this.#host = {
      hypervisor,
      imports: new GuestImports(hypervisor),
      stackPointerModule: modules.stackPointer,
      slots,
      pages,
      alarms,
      quantumNs,
      pcpu,
      platform,
      deterministic,
      scheduler,
      translation,
      wake: (life) => pcpu.wake(life),
      left: () => {
        this.#living -= 1;
        pcpu.kick();
      },
      forget: (resident) => this.#domains.delete(resident.id),
      pending: (over) => this.#pending(over),
    };
  }

  /** Those that have not been forgotten (by `destroy`), by number. */
  get domains(): ReadonlyMap<number, Domain> {
    return this.#domains;
  }

  /** Loads, checks, translates and boots a guest. Rejects with a DomainRefused; nothing of the guest was run then. */
  async create(options: DomainOptions): Promise<Domain> {
    this.#checkOpen();
    return this.#create(options);
  }

  /**
   * Goes on with a domain that was saved, here or elsewhere. Rejects with a SnapshotError when the file is damaged or says what is not possible,
   * with a DomainRefused as create() does; nothing is left of it then, and nothing of it was run. The limits are those that it
   * was created with, as far as this machine grants them, unless `options` says otherwise.
   */
  async restore(file: Uint8Array, options: RestoreOptions = {}): Promise<Domain> {
    this.#checkOpen();
    const { hypervisor, platform, translation } = this.#host;
    const snapshot = new Snapshot(file);
    const { subject } = snapshot;
    if (subject.deterministic !== this.#settings.deterministic) {
      const mode = subject.deterministic ? "deterministic" : "ordinary";
      throw new SnapshotError(`it is of a machine in ${mode} mode, and this one is not`);
    }
    const { moduleBytes } = this.#settings.quotas;
    let carried: ReadonlyMap<string, Uint8Array> | undefined;
    const modules: Uint8Array[] = [];
    for (const { hash } of subject.instances) {
      let module = await options.findModule?.(hash);
      if (module === undefined) {
        carried ??= await snapshot.modules(platform.compression, moduleBytes);
        module = carried.get(hash);
      }
      if (module === undefined) throw new SnapshotError(`its module ${hash} is not in it: give the module`);
      if ((await sha256(module.slice())) !== hash) {
        throw new SnapshotError(`the module that was given for ${hash} is another one`);
      }
      modules.push(module);
    }
    const { findModule: _, ...own } = options;
    const [module, above] = modules;
    const program = above && { program: { module: above } };
    return this.#create(
      { ...subject.options, ...own, module: module!, ...program },
      subject,
      async (life, console) => {
        const maps = new Map<number, Maps>();
        for (const { number, program } of life.guests) maps.set(number, await program.maps(translation));
        await restoreInto(hypervisor, platform.compression, snapshot, {
          handle: life.handle,
          guests: life.guests,
          maps,
          maximumPages: life.maximumPages,
          restoreConsole: (image) => console.restore(life.handle, image),
        });
      },
    );
  }

  /** `subject` and `prepare`: of a snapshot; prepare() puts its state into the new domain before that runs. */
  async #create(
    options: DomainOptions,
    subject?: Subject,
    prepare?: (life: Life, console: DomainConsole) => Promise<void>,
  ): Promise<Domain> {
    this.#lastId += 1;
    const id = this.#lastId;
    const settings = domainSettings(options, id, this.#settings);
    if (this.#living >= this.#settings.quotas.domains) {
      const message = `the machine has ${this.#living} domains, as many as quotas.domains allows`;
      throw new DomainRefused(JSON.stringify(settings.name), [{ reason: "machine", message }]);
    }
    this.#living += 1;
    const earlier = this.#created;
    const create = async (): Promise<Domain> => {
      const verify = options.verify ?? false;
      const program = await this.#programs.load(options.module, verify);
      const above = options.program && (await this.#programs.load(options.program.module, verify));
      if (this.#settings.deterministic) await earlier;
      this.#checkOpen();
      const refusals = refusalsOf(program, settings, this.#host.imports.hypercalls);
      if (above !== undefined) refusals.push(...programRefusals(above, program, settings));
      if (refusals.length > 0) throw new DomainRefused(JSON.stringify(settings.name), refusals);
      const { onOutput, paused, services = {} } = options;
      const modules = { program, above };
      const resident = new Resident(this.#host, id, modules, services, settings, onOutput, paused ?? false);
      if (subject !== undefined) resident.rebooted(subject);
      await resident.boot(prepare && ((life) => prepare(life, resident.console)));
      this.#checkOpen(() => resident.destroy());
      this.#domains.set(id, resident);
      return resident;
    };
    const created = create();
    this.#created = created.catch(() => undefined);
    this.#pending(this.#created);
    try {
      return await created;
    } catch (error) {
      this.#living -= 1;
      closeServices(options.services ?? {});
      if (!(error instanceof TranslationRefused)) throw error;
      const { cause, refusal } = error;
      throw new DomainRefused(JSON.stringify(settings.name), [refusal], { cause });
    }
  }

  /** What a module is and what would be refused. Rejects only when the machine cannot look at all. */
  async inspect(module: Uint8Array | ArrayBuffer): Promise<Inspection> {
    this.#checkOpen();
    const original = new Uint8Array(module instanceof ArrayBuffer ? module.slice(0) : module);
    const compiled = await WebAssembly.compile(original).catch(() => undefined);
    const found = {
      bytes: original.length,
      imports: compiled === undefined ? [] : WebAssembly.Module.imports(compiled),
      exports: compiled === undefined ? [] : WebAssembly.Module.exports(compiled),
    };
    try {
      const program = await this.#programs.load(original, false);
      const limits = { memoryPages: undefined, tableElements: this.#settings.quotas.tableElements };
      const refusals: Refusal[] = refusalsOf(program, limits, this.#host.imports.hypercalls);
      return { ...found, refusals, guest: inspectGuest(program) };
    } catch (error) {
      if (!(error instanceof TranslationRefused)) throw error;
      return { ...found, refusals: [error.refusal] };
    }
  }

  /**
   * Resolves when all domains have ended and their outcomes are known, or when nobody can ever run again without help
   * from outside: all that live are paused or wait, and no timer is armed. Rejects with a MachinePanic.
   */
  settled(): Promise<Settled> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#settle();
    });
  }

  /** What happened lately, oldest first. */
  trace(): TraceEvent[] {
    const { core } = this.#host.hypervisor;
    return readTrace(core, core.memory.buffer as ArrayBuffer);
  }

  stats(): MachineStats {
    const { hypervisor, pages, pcpu } = this.#host;
    const { core } = hypervisor;
    return {
      ...pcpu.stats,
      timeNs: core.machineNow(),
      memoryPages: pages.taken,
      coreBytes: core.memory.buffer.byteLength,
      largestStackBytes: this.#settings.largestStackBytes,
    };
  }

  /** Destroys all domains and ends the Worker. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const resident of this.#domains.values()) resident.destroy();
    this.#host.translation.close();
    this.#host.pcpu.close();
    await this.#created;
    this.#settle();
  }

  #pending(over: Promise<unknown>): void {
    const { pcpu } = this.#host;
    const { deterministic } = this.#settings;
    this.#pendings += 1;
    if (deterministic) pcpu.hold();
    over.finally(() => {
      this.#pendings -= 1;
      if (deterministic) pcpu.release();
      this.#settle();
    });
  }

  /** Tells those who wait for it that nothing happens any more, when that is so. */
  #settle(): void {
    if (this.#panic !== undefined) {
      for (const { reject } of this.#waiting.splice(0)) reject(this.#panic);
    }
    if (this.#waiting.length === 0 || this.#pendings > 0) return;
    if (!this.#closed && !this.#host.pcpu.rests) return;
    const waiting = this.#waiting.splice(0);
    const settled: Settled = this.#living === 0 ? "ended" : "idle";
    // Where a guest crashed is found out beside us.
    const ended = [...this.#domains.values()].flatMap((one) => (one.state === "ended" ? [one.ended] : []));
    Promise.all(ended).then(() => {
      for (const { resolve } of waiting) resolve(settled);
    });
  }

  #panicked(error: unknown): void {
    const message = `The machine failed: ${error instanceof Error ? error.message : String(error)}`;
    this.#panic = new MachinePanic(message, { cause: error });
    this.#closed = true;
    this.#settle();
  }

  /** `otherwise`: what is to be undone. */
  #checkOpen(otherwise?: () => void): void {
    if (!this.#closed) return;
    otherwise?.();
    throw this.#panic ?? new WasmvisorError("The machine is closed: boot another one");
  }
}
