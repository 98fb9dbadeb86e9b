import { Cause, ShutdownReason } from "../abi.js";
import { SnapshotError, WasmvisorError } from "../base/errors.js";
import type { Platform } from "../base/platform.js";
import type { Maps } from "../core/maps.js";
import { type Schedule, scheduleFault } from "../sched/schedule.js";
import type { Scheduler } from "../sched/scheduler.js";
import type { Alarm } from "./alarms.js";
import { type ConsoleHost, DomainConsole } from "./console.js";
import { crashRecord, guestFrames, withLocations } from "./crash.js";
import type { Domain, SaveOptions } from "./domain.js";
import type { DomainInfo, DomainState } from "./domain-info.js";
import { Life, type LifeHost, type LifeInfo, type LifeOwner } from "./life.js";
import type { ConsoleBackEnd, DomainSettings } from "./options.js";
import type { CrashRecord, Outcome } from "./outcome.js";
import type { Pcpu } from "./pcpu.js";
import type { Program } from "./program.js";
import { copyDomain, pack } from "./saving.js";
import { closeServices, type Services } from "./services.js";
import { type LifeCounts, lifeCounts, optionsOf, type Subject } from "./snapshot.js";
import type { Translation } from "./translation.js";

/** What domains need of their machine. */
export interface ResidentHost extends LifeHost {
  readonly pcpu: Pcpu;
  readonly scheduler: Scheduler<Life>;
  readonly translation: Translation;
  /** `resident` has ended; its outcome is known later. */
  left(resident: Resident): void;
  /** `resident` is not to be listed any more. */
  forget(resident: Resident): void;
  readonly platform: Platform;
  readonly deterministic: boolean;
}

/** A domain that reboots again and again must not fill the host with memories that nobody has collected yet. */
const REBOOT_PERIOD_NS = 100_000_000;

/** A domain, as its machine sees it. */
export class Resident implements Domain, LifeOwner {
  readonly id: number;
  readonly program: Program;
  readonly above: Program | undefined;
  readonly services: Services;
  readonly settings: DomainSettings;
  readonly console: DomainConsole;
  readonly ended: Promise<Outcome>;
  readonly #host: ResidentHost;
  #state: DomainState;
  #schedule: Schedule;
  #resolve: (outcome: Outcome | Promise<Outcome>) => void = () => undefined;
  /** Undefined between two lives and after the last. */
  #life: Life | undefined;
  /** What earlier lives counted, or all did when it has ended. */
  #before: LifeInfo | undefined;
  #reboots = 0;
  #bootedNs = 0;
  #timeout: Alarm | undefined;
  #rebootAlarm: Alarm | undefined;

  constructor(
    host: ResidentHost,
    id: number,
    { program, above }: { readonly program: Program; readonly above: Program | undefined },
    services: Services,
    settings: DomainSettings,
    backEnd: ConsoleBackEnd | undefined,
    paused: boolean,
  ) {
    this.#host = host;
    this.id = id;
    this.program = program;
    this.above = above;
    this.services = services;
    this.settings = settings;
    this.#schedule = settings.schedule;
    const { core } = host.hypervisor;
    const consoleHost: ConsoleHost = { core, slots: host.slots, stirred: () => this.stirred() };
    this.console = new DomainConsole(consoleHost, backEnd);
    this.#state = paused ? "paused" : "running";
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get name(): string {
    return this.settings.name;
  }

  get state(): DomainState {
    return this.#state;
  }

  get schedule(): Schedule {
    return this.#schedule;
  }

  get unitsLeft(): number {
    const { budget } = this.settings;
    if (budget === Number.POSITIVE_INFINITY) return budget;
    // Whole units, whatever a forged snapshot counted before: a rest of half a unit would never be spent.
    return Math.floor(budget - (this.#before?.spentUnits ?? 0) - (this.#life?.spentUnits ?? 0));
  }

  /** Before boot(): the earlier lives of a domain that was saved. */
  rebooted({ reboots, before }: Subject): void {
    this.#reboots = reboots;
    this.#before = before && { ...nothing, ...countsOf({ ...nothing, ...before }) };
  }

  /**
   * The first life. Rejects with a TranslationRefused. `prepare`: puts the state of a snapshot into it before it runs;
   * what that rejects with is passed on.
   */
  async boot(prepare?: (life: Life) => Promise<void>): Promise<void> {
    await this.#boot(prepare);
    const { timeoutNs } = this.settings;
    if (timeoutNs === Number.POSITIVE_INFINITY || this.#state === "ended") return;
    this.#timeout = alarm(() => this.#end({ kind: "timeout" }));
    this.#host.alarms.set(this.#timeout, this.#bootedNs + timeoutNs);
    this.#host.pcpu.kick();
  }

  info(): DomainInfo {
    const { id, name, state } = this;
    const counted = added(this.#before, this.#life?.info());
    const runState = this.#life === undefined ? "offline" : counted.runState;
    return { id, name, state, ...counted, runState, reboots: this.#reboots };
  }

  setSchedule(change: Partial<Schedule>): void {
    const { weight = this.#schedule.weight, cap = this.#schedule.cap } = change;
    const schedule = { weight, cap };
    const fault = scheduleFault(schedule);
    if (fault !== undefined) throw new WasmvisorError(fault);
    this.#schedule = schedule;
    if (this.#life === undefined) return;
    this.#host.scheduler.configure?.(this.#life, schedule);
    // It may be ready sooner than was thought.
    this.#host.pcpu.kick();
  }

  pause(): void {
    if (this.#state !== "running") return;
    this.#state = "paused";
    const life = this.#life;
    if (life === undefined) return;
    this.#host.hypervisor.core.pause(life.handle);
    this.#host.pcpu.evict(life);
  }

  unpause(): void {
    if (this.#state !== "paused") return;
    this.#state = "running";
    if (this.#life !== undefined) this.#start(this.#life);
  }

  destroy(): void {
    this.#end({ kind: "destroyed" });
    this.#host.forget(this);
  }

  async save(options: SaveOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    const { hypervisor, platform } = this.#host;
    const life = this.#life;
    if (life === undefined) {
      throw new SnapshotError(
        this.#state === "ended" ? "the domain has ended" : "the domain is rebooting: try again",
      );
    }
    const maps = knownMaps(life) ?? (await this.#deriveMaps(life));
    // From here to the copy nothing else runs: it is made within the call when the maps are known.
    if (life.over) throw new SnapshotError("the domain ended or rebooted while it was to be saved");
    const timeLeftNs =
      this.#timeout === undefined
        ? Number.POSITIVE_INFINITY
        : Math.max(this.#timeout.atNs - hypervisor.core.machineNow(), 0);
    const before = this.#before ?? nothing;
    const copy = copyDomain(hypervisor, {
      subject: {
        kind: "domain",
        deterministic: this.#host.deterministic,
        options: optionsOf({ ...this.settings, schedule: this.#schedule }, timeLeftNs),
        instances: life.guests.map(({ number, program }) => ({ number, hash: program.hash })),
        reboots: this.#reboots,
        before: countsOf({ ...before, slices: before.slices + life.slices }),
      },
      handle: life.handle,
      guests: life.guests,
      maps,
      console: this.console.image(),
    });
    if (options.destroy) this.destroy();
    const { withModules = true } = options;
    const carried = typeof withModules === "boolean" ? () => withModules : withModules;
    return pack(copy, platform.compression, carried);
  }

  async prepareSave(): Promise<void> {
    if (this.#life !== undefined) await this.#deriveMaps(this.#life);
  }

  async #deriveMaps({ guests }: Life): Promise<ReadonlyMap<number, Maps>> {
    const maps = new Map<number, Maps>();
    for (const { number, program } of guests) maps.set(number, await program.maps(this.#host.translation));
    return maps;
  }

  // --- told by its life ---

  shutDown(): void {
    const { core } = this.#host.hypervisor;
    const life = this.#life!;
    const code = core.shutdownCode(life.handle);
    switch (core.shutdownReason(life.handle) as ShutdownReason) {
      case ShutdownReason.Poweroff:
        this.#end({ kind: "poweroff", code });
        return;
      case ShutdownReason.Reboot:
        this.#reboot();
        return;
      case ShutdownReason.Crash:
        this.#end({ kind: "crash", record: crashRecord(core, life, Cause.Requested, undefined) });
    }
  }

  threw(thrown: unknown): void {
    const { core } = this.#host.hypervisor;
    const life = this.#life!;
    const isTrap = thrown instanceof WebAssembly.RuntimeError || thrown instanceof RangeError;
    const cause = core.crashed(life.vcpu, isTrap ? 0 : 1) as Cause;
    const record = crashRecord(core, life, cause, thrown);
    // What the program did says more than where in its kernel that was.
    const ofProgram = life.above === undefined ? [] : guestFrames(life.above, thrown);
    const [guest, frames] =
      ofProgram.length > 0 ? [life.above!, ofProgram] : [life.guest, guestFrames(life.guest, thrown)];
    const crash = (found: CrashRecord): Outcome => ({ kind: "crash", record: found });
    this.#end(withLocations(record, frames, guest, this.#host.translation).then(crash));
  }

  spent(): void {
    this.#end({ kind: "budget" });
  }

  // --- lives ---

  async #boot(prepare?: (life: Life) => Promise<void>): Promise<void> {
    const { core } = this.#host.hypervisor;
    const life = await Life.boot(this.#host, this);
    try {
      await prepare?.(life);
    } catch (error) {
      life.end();
      throw error;
    }
    if (this.#state === "ended") {
      life.end();
      return;
    }
    this.#life = life;
    this.#bootedNs = core.machineNow();
    this.#host.scheduler.add(life);
    this.#host.scheduler.configure?.(life, this.#schedule);
    this.console.connect(life.handle);
    if (this.#state === "running") this.#start(life);
  }

  #start(life: Life): void {
    life.start();
    // One that was restored may sleep until a timer that nobody looks at yet.
    this.#host.pcpu.kick();
  }

  #reboot(): void {
    this.#endLife();
    this.#reboots += 1;
    // The machine may have no memory left for it: that is a crash, told by what was in the way.
    const boot = () => {
      const over = this.#boot().catch((error: Error) => {
        this.#end({ kind: "crash", record: { ...nowhere, cause: "reboot failed", message: error.message } });
      });
      this.#host.pending(over);
    };
    this.#rebootAlarm = alarm(boot);
    const { alarms, pcpu } = this.#host;
    alarms.set(this.#rebootAlarm, this.#bootedNs + REBOOT_PERIOD_NS);
    pcpu.kick();
  }

  #end(outcome: Outcome | Promise<Outcome>): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    const { alarms } = this.#host;
    if (this.#timeout !== undefined) alarms.clear(this.#timeout);
    if (this.#rebootAlarm !== undefined) alarms.clear(this.#rebootAlarm);
    this.#endLife();
    this.console.close();
    closeServices(this.services);
    this.#resolve(outcome);
    this.#host.left(this);
  }

  #endLife(): void {
    const life = this.#life;
    if (life === undefined) return;
    const { pcpu, scheduler } = this.#host;
    this.#before = added(this.#before, life.info());
    this.#life = undefined;
    pcpu.evict(life);
    scheduler.remove(life);
    this.console.disconnect();
    life.end();
  }

  /** Its console, or an answer, made it runnable. */
  stirred(): void {
    const life = this.#life;
    if (life !== undefined && this.#state === "running") this.#host.wake(life);
  }
}

/** By the number of the instance; undefined when one is not known yet. */
function knownMaps({ guests }: Life): ReadonlyMap<number, Maps> | undefined {
  const maps = new Map<number, Maps>();
  for (const { number, program } of guests) {
    const known = program.knownMaps;
    if (known === undefined) return undefined;
    maps.set(number, known);
  }
  return maps;
}

const nowhere = { stack: [], context: 0, pages: 0, upcallsMasked: true, spentUnits: 0 };

const nothing: LifeInfo = {
  runState: "offline",
  pages: 0,
  maximumPages: 0,
  contexts: 0,
  runningNs: 0,
  runnableNs: 0,
  blockedNs: 0,
  offlineNs: 0,
  spentUnits: 0,
  slices: 0,
  quanta: 0,
  hypercalls: 0,
  upcalls: 0,
  contextSwitches: 0,
  coreBytes: 0,
};

/** What is counted of two lives; what is a state is the later one's. */
function added(before: LifeInfo | undefined, now: LifeInfo | undefined): LifeInfo {
  if (before === undefined || now === undefined) return now ?? before ?? nothing;
  const sums = Object.fromEntries(lifeCounts.map((count) => [count, before[count] + now[count]]));
  return { ...now, ...sums };
}

function countsOf(info: LifeInfo): LifeCounts {
  return Object.fromEntries(lifeCounts.map((count) => [count, info[count]])) as LifeCounts;
}

function alarm(ring: () => void): Alarm {
  return { atNs: Number.POSITIVE_INFINITY, place: -1, ring };
}
