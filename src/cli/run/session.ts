// Boots a machine, runs domains until all have ended or nobody can go on, and tells what became of each.
import { buffer } from "node:stream/consumers";
import type { Domain } from "../../machine/domain.js";
import type { MachineOptions } from "../../machine/options.js";
import { Machine } from "../../node.js";
import { ConsoleInput } from "./console-input.js";
import type { Consoles, OutputConsole } from "./consoles.js";
import { refusedGuest } from "./refused.js";
import type { DomainReport, Stopped } from "./report.js";
import { type WasiPlan, wasiDomainOf } from "./wasi.js";

/** A domain that is to be run. */
export interface DomainPlan {
  readonly name: string;
  /** GUEST as the command line has it. */
  readonly guest: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly commandLine: string;
  /** Pages of 64 KiB that its memory may have. */
  readonly memoryPages: number | undefined;
  /** Units. */
  readonly budget: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly verify: boolean;
  /** It is a WASI program; then it has no command line. */
  readonly wasi?: WasiPlan | undefined;
}

export interface SessionOptions {
  readonly machine: MachineOptions;
  readonly plans: readonly DomainPlan[];
  readonly consoles: Consoles;
  /** Name of the domain that gets the standard input. */
  readonly inputFor: string | undefined;
  /** The standard input is a terminal that is to be in raw mode. */
  readonly raw: boolean;
  /** All input is read before anything runs: then it comes at the same moment each time. */
  readonly ahead: boolean;
  /** Called when the guests begin, and when Ctrl-] was pressed. */
  readonly onStart?: (domains: readonly Domain[]) => void;
  readonly onDetach?: () => void;
}

export interface SessionResult {
  readonly reports: readonly DomainReport[];
  readonly stopped: Stopped | undefined;
  readonly detached: boolean;
  readonly stats: ReturnType<Machine["stats"]>;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export class Session {
  readonly #options: SessionOptions;
  readonly #domains: Domain[] = [];
  #input: ConsoleInput | undefined;
  #stopped: Stopped | undefined;
  #detached = false;
  /** How often something came from outside, and who waits for the next time. */
  #events = 0;
  #wake: () => void = () => {};

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Rejects with a CommandError when a guest is refused, before anything has run, or with what a bug of the machine throws. */
  async run(): Promise<SessionResult> {
    const machine = await Machine.boot(this.#options.machine);
    for (const signal of signals) process.on(signal, this.#onSignal);
    try {
      const consoles = await this.#create(machine);
      if (this.#stopped === undefined) await this.#runAll(machine);
      this.#input?.stop();
      const reports = await this.#report();
      for (const console of consoles) console.end();
      return {
        reports,
        stopped: this.#stopped,
        detached: this.#detached,
        stats: machine.stats(),
      };
    } finally {
      this.#input?.stop();
      for (const signal of signals) process.off(signal, this.#onSignal);
      await machine.close();
    }
  }

  async #create(machine: Machine): Promise<OutputConsole[]> {
    const { plans, consoles, inputFor, raw, ahead, onDetach } = this.#options;
    const opened: OutputConsole[] = [];
    for (const [index, plan] of plans.entries()) {
      if (this.#stopped !== undefined) break;
      const { name, bytes, commandLine, memoryPages, budget, timeoutMs, verify, wasi } = plan;
      const parts = wasi === undefined ? { module: bytes, commandLine } : await wasiDomainOf(bytes, wasi);
      let domain: Domain | undefined;
      const console = consoles.open(name, index, () => {
        domain?.console.drain();
        this.#happened();
      });
      opened.push(console);
      const creation = machine.create({
        ...{ ...parts, name, verify, paused: true },
        ...(memoryPages === undefined ? {} : { memoryPages }),
        ...(budget === undefined ? {} : { budget }),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        onOutput: (bytes) => console.write(bytes),
      });
      domain = await creation.catch((error) => {
        throw refusedGuest(plan.guest, error);
      });
      this.#domains.push(domain);
      domain.ended.then(() => {
        console.end();
        if (name === inputFor) this.#input?.stop();
        this.#happened();
      });
      if (name !== inputFor) continue;
      if (ahead) {
        domain.console.write(await buffer(process.stdin));
        domain.console.end();
        continue;
      }
      this.#input = new ConsoleInput(process.stdin, raw, domain.console, {
        onInput: () => this.#happened(),
        onDetach: () => {
          this.#detached = true;
          onDetach?.();
        },
      });
    }
    return opened;
  }

  async #runAll(machine: Machine): Promise<void> {
    this.#options.onStart?.(this.#domains);
    for (const domain of this.#domains) domain.unpause();
    this.#input?.start();
    for (;;) {
      const seen = this.#events;
      const happened = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      if (this.#stopped !== undefined) return;
      const state = await Promise.race([machine.settled(), happened]);
      if (state === "ended") return;
      if (state !== "idle" || this.#events !== seen) continue;
      this.#options.consoles.idle();
      if (!this.#input?.open && !this.#options.consoles.stalled) return;
      await happened;
    }
  }

  async #report(): Promise<DomainReport[]> {
    const { plans } = this.#options;
    const reports: DomainReport[] = [];
    for (const [index, domain] of this.#domains.entries()) {
      const { name, guest } = plans[index]!;
      const ended = domain.state === "ended";
      const info = domain.info();
      if (!ended) domain.destroy();
      const outcome = await domain.ended;
      const stuck = !ended && this.#stopped === undefined && !this.#detached;
      reports.push({ name, id: domain.id, guest, outcome, stuck, info: ended ? domain.info() : info });
    }
    return reports;
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    if (this.#stopped !== undefined) process.exit(signal === "SIGINT" ? 130 : 143);
    this.#stopped = signal as Stopped;
    this.#happened();
  };

  #happened(): void {
    this.#events += 1;
    this.#wake();
  }
}
