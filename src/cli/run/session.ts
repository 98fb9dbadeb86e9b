// Boots a machine, runs domains until all have ended or nobody can go on, and tells what became of each.

import { buffer } from "node:stream/consumers";
import type { Domain } from "../../machine/domain.js";
import type { MachineOptions, RestoreOptions } from "../../machine/options.js";
import type { Outcome } from "../../machine/outcome.js";
import { Machine } from "../../node.js";
import type { Schedule } from "../../sched/schedule.js";
import { ConsoleInput } from "./console-input.js";
import type { Consoles } from "./consoles.js";
import { refusedGuest } from "./refused.js";
import type { DomainReport, Stopped } from "./report.js";
import { type WasiPlan, wasiDomainOf } from "./wasi.js";

/** A domain that is to be run. */
export type DomainPlan = NewDomainPlan | RestoredDomainPlan;

/** One that was saved. */
export interface RestoredDomainPlan {
  readonly name: string;
  /** The file, as the command line has it. */
  readonly guest: string;
  readonly restored: { readonly file: Uint8Array; readonly options: RestoreOptions };
  /** It is a WASI program. */
  readonly wasi: boolean;
}

export interface NewDomainPlan {
  readonly restored?: undefined;
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
  readonly schedule?: Schedule;
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
  /** One domain is saved, which ends it, when it has run for so long. */
  readonly saving?:
    | { readonly afterMs: number; readonly save: (domain: Domain) => Promise<void> }
    | undefined;
  /** Called when the guests begin, when Ctrl-] was pressed, and when the key behind it has gone on or taken the terminal back. */
  readonly onStart?: (domains: readonly Domain[]) => void;
  readonly onEscape?: () => void;
  readonly onResume?: () => void;
  readonly onDetach?: () => void;
  /** The domain of the terminal is to be saved. Never rejects. */
  readonly onSave?: (domain: Domain) => Promise<void>;
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
  /** Settled when the domain has been saved. */
  #saving: Promise<void> | undefined;
  /** Domains that have ended and whose last output waits for room. */
  readonly #unwritten = new Set<string>();
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
      await this.#create(machine);
      if (this.#stopped === undefined) await this.#runAll(machine);
      this.#input?.stop();
      const reports = await this.#report();
      while (this.#unwritten.size > 0 && this.#stopped === undefined) await this.#next();
      return {
        reports,
        stopped: this.#stopped,
        detached: this.#detached || this.#saving !== undefined,
        stats: machine.stats(),
      };
    } finally {
      this.#input?.stop();
      for (const signal of signals) process.off(signal, this.#onSignal);
      await machine.close();
    }
  }

  async #create(machine: Machine): Promise<void> {
    const { plans, consoles, inputFor, raw, ahead } = this.#options;
    for (const [index, plan] of plans.entries()) {
      if (this.#stopped !== undefined) break;
      const { name } = plan;
      let domain: Domain | undefined;
      let outcome: Outcome | undefined;
      let held = false;
      // What a guest wrote before it ended by itself is put out before its console ends.
      const finish = () => {
        this.#unwritten.delete(name);
        if (outcome === undefined) return;
        if (held && (outcome.kind === "poweroff" || outcome.kind === "crash")) this.#unwritten.add(name);
        else console.end(outcome);
      };
      const console = consoles.open(name, index, () => {
        held = false;
        domain?.console.drain();
        finish();
        this.#happened();
      });
      const onOutput = (bytes: Uint8Array) => {
        held = !console.write(bytes);
        return !held;
      };
      domain = await create(machine, plan, onOutput).catch((error) => {
        throw refusedGuest(plan.guest, error);
      });
      this.#domains.push(domain);
      domain.ended.then((ended) => {
        outcome = ended;
        finish();
        if (name === inputFor) this.#input?.stop();
        this.#happened();
      });
      if (name !== inputFor) continue;
      if (ahead) {
        domain.console.write(await buffer(process.stdin));
        domain.console.end();
        continue;
      }
      const inFront = domain;
      this.#input = new ConsoleInput(process.stdin, raw, domain.console, {
        onInput: () => this.#happened(),
        onEscape: () => this.#options.onEscape?.(),
        onCommand: (key) => this.#command(key, inFront),
      });
    }
  }

  async #runAll(machine: Machine): Promise<void> {
    this.#options.onStart?.(this.#domains);
    for (const domain of this.#domains) domain.unpause();
    this.#input?.start();
    const { saving } = this.#options;
    const timer = saving && setTimeout(() => this.#save(saving.save), saving.afterMs);
    try {
      await this.#untilOver(machine);
    } finally {
      clearTimeout(timer);
    }
    await this.#saving;
  }

  async #untilOver(machine: Machine): Promise<void> {
    for (;;) {
      const seen = this.#events;
      const happened = this.#next();
      if (this.#stopped !== undefined || this.#saving !== undefined) return;
      const state = await Promise.race([machine.settled(), happened]);
      if (state === "ended") return;
      if (state !== "idle" || this.#events !== seen) continue;
      this.#options.consoles.idle();
      const { consoles, saving } = this.#options;
      if (!this.#input?.open && !consoles.stalled && saving === undefined) return;
      await happened;
    }
  }

  async #report(): Promise<DomainReport[]> {
    const { plans } = this.#options;
    const left = this.#detached || this.#saving !== undefined;
    const reports: DomainReport[] = [];
    for (const [index, domain] of this.#domains.entries()) {
      const { name, guest } = plans[index]!;
      const ended = domain.state === "ended";
      const info = domain.info();
      if (!ended) domain.destroy();
      const outcome = await domain.ended;
      const stuck = !ended && this.#stopped === undefined && !left;
      reports.push({ name, id: domain.id, guest, outcome, stuck, info: ended ? domain.info() : info });
    }
    return reports;
  }

  /** The key behind Ctrl-]. */
  #command(key: string, domain: Domain): void {
    const { onSave, onResume, onDetach } = this.#options;
    if (key === "s") {
      onSave?.(domain);
    } else if (key === "q") {
      this.#input?.stop();
      this.#detached = true;
      onDetach?.();
    } else {
      onResume?.();
    }
  }

  #save(save: (domain: Domain) => Promise<void>): void {
    const domain = this.#domains[0]!;
    // It may have ended in this very turn.
    if (domain.state === "ended") return;
    this.#saving = save(domain);
    // #runAll waits for it.
    this.#saving.catch(() => undefined);
    this.#happened();
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    if (this.#stopped !== undefined) process.exit(signal === "SIGINT" ? 130 : 143);
    this.#stopped = signal as Stopped;
    this.#happened();
  };

  /** Resolves when something comes from outside. */
  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #happened(): void {
    this.#events += 1;
    this.#wake();
  }
}

/** Makes the domain of a plan, paused. */
async function create(
  machine: Machine,
  plan: DomainPlan,
  onOutput: (bytes: Uint8Array) => boolean,
): Promise<Domain> {
  if (plan.restored !== undefined) {
    const { file, options } = plan.restored;
    return machine.restore(file, { ...options, paused: true, onOutput });
  }
  const { name, bytes, commandLine, memoryPages, budget, timeoutMs, verify, schedule, wasi } = plan;
  const parts = wasi === undefined ? { module: bytes, commandLine } : await wasiDomainOf(bytes, wasi);
  return machine.create({
    ...{ ...parts, ...schedule, name, verify, paused: true },
    ...(memoryPages !== undefined && { memoryPages }),
    ...(budget !== undefined && { budget }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    onOutput,
  });
}
