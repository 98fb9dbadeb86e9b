// A machine without a scheduler: tests say who runs, for how many units, and see all that the core exports.

import { Cause, Exit, ShutdownReason } from "../../../src/abi.js";
import { loadMachineCore, type MachineCore } from "../../../src/core/assets.js";
import { type Hypervisor, instantiateHypervisor } from "../../../src/core/hypervisor.js";
import type { DomainHandle, HypervisorExports, VcpuHandle } from "../../../src/core/hypervisor-exports.js";
import { translateWith } from "../../../src/core/translate.js";
import { declaredElements, maximumPages } from "../../../src/machine/checks.js";
import { Guest, GuestImports } from "../../../src/machine/guest.js";
import { Program } from "../../../src/machine/program.js";
import { Reservation } from "../../../src/machine/reservation.js";
import { Slots } from "../../../src/machine/slots.js";
import { nodePlatform } from "../../../src/platform/node/index.js";
import { assemble } from "../../checker/assemble.js";

const modules: MachineCore = await loadMachineCore(nodePlatform);
const programs = new Map<string, Program>();

export interface RawOptions {
  readonly deterministic?: boolean;
  readonly seed?: number;
}

export interface RawDomainOptions {
  readonly memoryPages?: number;
  readonly contextsMax?: number;
  readonly tableElements?: number;
  readonly stackBytes?: number;
  readonly frameBytes?: number;
  readonly allFrameBytes?: number;
  readonly services?: number;
}

/** How a domain ended: by itself, by a crash of this cause, or not at all. */
export type End = { poweroff: number } | { reboot: number } | { crash: string } | { thrown: string };

export class RawDomain {
  output = "";
  end: End | undefined;
  /** Exit reasons, in their order. */
  readonly exits: Exit[] = [];
  error: unknown;

  constructor(
    readonly handle: DomainHandle,
    readonly vcpu: VcpuHandle,
    readonly slot: number,
    readonly guest: Guest,
  ) {}

  /** A number of the guest's memory. */
  u32(address: number): number {
    return new DataView(this.guest.memory!.buffer).getUint32(address, true);
  }

  setU32(address: number, value: number): void {
    new DataView(this.guest.memory!.buffer).setUint32(address, value, true);
  }
}

export class RawMachine {
  readonly hypervisor: Hypervisor;
  readonly core: HypervisorExports;
  readonly pages = new Reservation(65_536);
  /** What host.now() says in ordinary mode; tests move it. */
  nowNs = 0;
  /** Output is taken only when a console is full, or its domain ends: how much a write takes does not depend on the slicing then. */
  lazy = false;
  readonly domains = new Set<RawDomain>();
  readonly #slots = new Slots(this.pages);
  readonly #imports: GuestImports;
  readonly #deterministic: boolean;
  #id = 0;

  constructor({ deterministic = false, seed = 7 }: RawOptions = {}) {
    this.#deterministic = deterministic;
    this.hypervisor = instantiateHypervisor(modules, {
      now: () => this.nowNs,
      copy: (...all) => this.#slots.copy(...all),
      copyProgram: () => undefined,
      random: (at, length) => this.#slots.coreView().fill(0x3c, at >>> 0, (at >>> 0) + length),
      grow: (slot, delta) => this.#slots.grow(slot, delta),
    });
    this.core = this.hypervisor.core;
    this.#slots.connect(this.hypervisor.table, this.core.memory);
    if (this.core.configure(deterministic ? 1 : 0, 4096, 1e18, seed) !== 0) throw new Error("configure");
    this.#imports = new GuestImports(this.hypervisor);
  }

  async create(text: string, options: RawDomainOptions = {}): Promise<RawDomain> {
    const { core } = this;
    const program = programOf(text, this.#deterministic);
    const { memory } = program.manifest;
    const pages = memory?.minPages ?? 0;
    const maximum = maximumPages(program.manifest, options.memoryPages ?? 16);
    const link = { handle: 0 as DomainHandle };
    const guest = await Guest.create(this.hypervisor, this.#imports, program, maximum, link);
    const entries = guest.entries(modules.stackPointer);
    const slot = this.#slots.fill(entries, guest.memory);
    this.pages.take(pages);
    const stackBytes = options.stackBytes ?? 384 * 1024;
    const handle = core.createDomain(
      slot,
      ++this.#id,
      entries.reduce((bits, [entry]) => bits | (1 << entry), 0),
      pages,
      maximum,
      declaredElements(program.manifest),
      options.tableElements ?? 10_000,
      options.contextsMax ?? 64,
      stackBytes,
      options.frameBytes ?? 2 * stackBytes,
      options.allFrameBytes ?? 16 << 20,
    );
    if (handle === 0) throw new Error("no memory for a domain");
    link.handle = handle;
    if (options.services) core.allowServices(handle, options.services);
    core.unpause(handle);
    const domain = new RawDomain(handle, core.vcpuOf(handle, 0), slot, guest);
    this.domains.add(domain);
    return domain;
  }

  /** Lets a domain run once; takes its output, notes its end. */
  run(domain: RawDomain, units: number): Exit {
    const { core } = this;
    core.expireTimer(domain.vcpu);
    let exit: Exit;
    try {
      exit = core.run(domain.vcpu, units);
    } catch (error) {
      domain.error = error;
      const trap = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
      const cause = core.crashed(domain.vcpu, trap ? 0 : 1) as Cause;
      domain.end =
        error instanceof RangeError && cause === Cause.None
          ? { thrown: `RangeError: ${error.message}` }
          : { crash: Cause[cause] };
      exit = Exit.Offline;
    }
    domain.exits.push(exit);
    if (!this.lazy || exit === Exit.ConsoleFull || domain.end !== undefined || exit === Exit.Shutdown) {
      this.takeOutput(domain);
    }
    if (exit === Exit.Shutdown) {
      const code = core.shutdownCode(domain.handle);
      const reason = core.shutdownReason(domain.handle);
      domain.end =
        reason === ShutdownReason.Poweroff
          ? { poweroff: code }
          : reason === ShutdownReason.Reboot
            ? { reboot: code }
            : { crash: "Requested" };
    }
    return exit;
  }

  takeOutput(domain: RawDomain): void {
    const { core } = this;
    const length = core.consoleOutputLength(domain.handle);
    if (length === 0) return;
    const at = core.consoleOutput(domain.handle) >>> 0;
    domain.output += String.fromCharCode(...new Uint8Array(core.memory.buffer, at, length));
    core.consoleTaken(domain.handle, length);
  }

  /**
   * Lets all take turns until everybody has ended, or waits for what never comes, or `rounds` are over. When all sleep
   * the clock goes to the next deadline. Returns whether everybody came to rest.
   */
  runAll(units: number | (() => number), rounds = 100_000): boolean {
    const next = typeof units === "number" ? () => units : units;
    for (let round = 0; round < rounds; round++) {
      let ran = false;
      for (const domain of this.domains) {
        if (domain.end !== undefined) continue;
        const exit = this.run(domain, next());
        if (exit === Exit.Preempted || exit === Exit.Yielded || domain.end !== undefined) ran = true;
        // It waited for room, and its output was taken.
        if (exit === Exit.ConsoleFull) ran = true;
      }
      if (!this.#deterministic) this.nowNs += 1000;
      if (!ran && !this.#sleep()) return true;
    }
    return false;
  }

  /** Moves the clock to the next deadline; false when there is none. */
  #sleep(): boolean {
    const alive = [...this.domains].filter(({ end }) => end === undefined);
    const next = Math.min(...alive.map(({ vcpu }) => this.core.timerDeadline(vcpu)));
    if (next === Number.POSITIVE_INFINITY) return false;
    if (this.#deterministic) this.core.advance(next - this.core.machineNow());
    else this.nowNs = Math.max(this.nowNs, next);
    return true;
  }

  destroy(domain: RawDomain): void {
    this.domains.delete(domain);
    this.core.destroyDomain(domain.handle);
    this.#slots.empty(domain.slot);
  }
}

function programOf(text: string, deterministic: boolean): Program {
  const key = `${deterministic} ${text}`;
  let program = programs.get(key);
  if (program === undefined) {
    const original = assemble(text) as Uint8Array<ArrayBuffer>;
    const { bytes, manifest } = translateWith(modules.translator, original, { deterministic });
    program = new Program(key, original, manifest, new WebAssembly.Module(bytes), bytes.length);
    programs.set(key, program);
    if (programs.size > 64) programs.delete(programs.keys().next().value!);
  }
  return program;
}
