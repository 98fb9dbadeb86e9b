// A physical CPU: lets one vCPU after the other run, in the caller's thread, and gives the event loop its turn.
//
// A slice, which the scheduler grants, is a chain of quanta: a running guest can be stopped by its budget alone, so a
// quantum is as many units as last until the event loop is to have its turn, the next alarm is due, or the slice ends.
// Between two quanta everything may have changed: back-ends and the event loop may pause and destroy whomever they like.
import { Exit } from "../abi.js";
import { WasmvisorError } from "../base/errors.js";
import type { Platform } from "../base/platform.js";
import type { HypervisorExports, VcpuHandle } from "../core/hypervisor-exports.js";
import { LOCATED } from "../core/translation.js";
import type { Pace } from "../embed/pace.js";
import type { LeaveReason, Scheduler } from "../sched/scheduler.js";
import type { Alarms } from "./alarms.js";

/** What a physical CPU runs. */
export interface Occupant {
  readonly vcpu: VcpuHandle;
  readonly pace: Pace;
  /** It is gone: the core does not know its vCPU any more. */
  readonly over: boolean;
  /** Units that it may still spend in all. */
  readonly unitsLeft: number;
  /** How many slices it has been given: counted here. */
  slices: number;
  /** It came back from a run. */
  ran(exit: Exit): void;
  /** A run of it threw; nothing was asked of the core since. */
  threw(thrown: unknown): void;
}

export interface PcpuOptions {
  readonly platform: Platform;
  readonly core: HypervisorExports;
  readonly scheduler: Scheduler<Occupant>;
  readonly alarms: Alarms;
  readonly deterministic: boolean;
  readonly quantumNs: number;
  readonly quantumUnits: number | undefined;
  /** Nobody can run and no alarm is set: it rests until kick(). */
  readonly rests: () => void;
  /** It failed, and runs nobody any more. */
  readonly panicked: (error: unknown) => void;
}

export interface PcpuStats {
  /** Slices that went to another vCPU than the one before. */
  switches: number;
  /** Times that a vCPU was let run. */
  quanta: number;
  /** Turns that the event loop was given. */
  turns: number;
  /** The longest time between two of them, in ns, while guests ran. */
  longestTurnNs: number;
  /** Real time that guests ran. */
  busyNs: number;
  /** Real time that nobody could run. */
  idleNs: number;
}

/** An alarm may ring so much too late: many domains with close deadlines don't make quanta useless. */
const SHORTEST_QUANTUM_NS = 20_000;
/** Timers of the platform are not exact: the rest is waited for by turns of the event loop. */
const EXACT_WAIT_NS = 2_000_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** With less than this part of a turn left, the event loop has its turn first. */
const TURN_REST = 0.25;
const STACK_FRAMES = 2 * LOCATED + 10;

export class Pcpu {
  readonly stats: PcpuStats = { switches: 0, quanta: 0, turns: 0, longestTurnNs: 0, busyNs: 0, idleNs: 0 };
  readonly #o: PcpuOptions;
  #working = false;
  #closed = false;
  /** Ends the wait for a deadline. */
  #stir: (() => void) | undefined;
  #holds = 0;
  #release: (() => void) | undefined;

  #occupant: Occupant | undefined;
  #lastOccupant: Occupant | undefined;
  #sliceEndNs = 0;
  #sliceRanNs = 0;
  #lastTurnNs = 0;

  constructor(options: PcpuOptions) {
    this.#o = options;
  }

  /** Whether it rests: nobody can run and no alarm is set. */
  get rests(): boolean {
    return !this.#working;
  }

  /** Somebody may run, or an alarm was set. Guests run later, never inside this call. */
  kick(): void {
    if (this.#closed) return;
    if (this.#working) {
      this.#stir?.();
      return;
    }
    this.#working = true;
    this.#work().catch((error) => {
      this.#closed = true;
      this.#working = false;
      this.#o.panicked(error);
    });
  }

  /** `occupant` can run. */
  wake(occupant: Occupant): void {
    const endNs = this.#o.scheduler.wake(occupant, this.#o.core.machineNow());
    if (endNs !== undefined) this.#sliceEndNs = Math.min(this.#sliceEndNs, endNs);
    this.kick();
  }

  /** `occupant` can't run for now, or never any more: it has no part in the current slice. */
  evict(occupant: Occupant): void {
    if (this.#occupant === occupant) this.#endSlice("asleep");
    else this.#o.scheduler.sleep(occupant);
  }

  /** Nobody runs until as many release() calls; the event loop gets a turn first then. */
  hold(): void {
    this.#holds += 1;
  }

  release(): void {
    this.#holds -= 1;
    if (this.#holds === 0) this.#release?.();
  }

  close(): void {
    this.#closed = true;
    this.#stir?.();
    this.#release?.();
  }

  async #work(): Promise<void> {
    const { alarms, core, platform, scheduler } = this.#o;
    this.#lastTurnNs = platform.nowNs();
    await this.#turn();
    while (!this.#closed) {
      if (this.#holds > 0) {
        await new Promise<void>((resolve) => {
          this.#release = resolve;
        });
        this.#release = undefined;
        this.#lastTurnNs = platform.nowNs();
        await this.#turn();
        continue;
      }
      const now = core.machineNow();
      if (alarms.nextNs <= now) alarms.ringDue(now);
      if (this.#occupant !== undefined && now >= this.#sliceEndNs) this.#endSlice("preempted");
      if (this.#occupant === undefined && !this.#pick(now)) {
        const readyNs = scheduler.nextNs ?? Number.POSITIVE_INFINITY;
        const nextNs = Math.min(alarms.nextNs, readyNs);
        if (nextNs === Number.POSITIVE_INFINITY) break;
        await this.#sleep(nextNs - now, alarms.nextNs <= readyNs);
        continue;
      }
      const turnLeftNs = this.#turnLeftNs();
      if (turnLeftNs <= 0) await this.#turn();
      else this.#run(this.#occupant!, now, turnLeftNs);
    }
    this.#working = false;
    this.#o.rests();
  }

  #pick(now: number): boolean {
    const slice = this.#o.scheduler.pick(now, 0);
    if (slice === undefined) return false;
    // Schedulers are the user's; the core is told nothing that could be wrong.
    if (slice.vcpu.over) throw new WasmvisorError("The scheduler picked a vCPU that was removed");
    if (!(slice.sliceNs > 0)) {
      throw new WasmvisorError(`The scheduler gave a slice of ${slice.sliceNs} ns: it must be above 0`);
    }
    this.#occupant = slice.vcpu;
    this.#sliceEndNs = now + slice.sliceNs;
    this.#sliceRanNs = 0;
    slice.vcpu.slices += 1;
    if (slice.vcpu !== this.#lastOccupant) this.stats.switches += 1;
    this.#lastOccupant = slice.vcpu;
    return true;
  }

  #endSlice(reason: LeaveReason): void {
    const occupant = this.#occupant!;
    this.#occupant = undefined;
    this.#o.scheduler.charge(occupant, this.#sliceRanNs, reason);
  }

  /** One quantum. */
  #run(occupant: Occupant, now: number, turnLeftNs: number): void {
    const { core, platform, deterministic, alarms } = this.#o;
    const limitNs = Math.max(Math.min(this.#sliceEndNs, alarms.nextNs) - now, SHORTEST_QUANTUM_NS);
    const units = Math.min(this.#unitsFor(occupant.pace, limitNs, turnLeftNs), occupant.unitsLeft);
    const startNs = platform.nowNs();
    const frames = Error.stackTraceLimit;
    Error.stackTraceLimit = STACK_FRAMES;
    let exit: Exit | undefined;
    let thrown: unknown;
    try {
      exit = core.run(occupant.vcpu, units);
    } catch (error) {
      thrown = error;
    }
    Error.stackTraceLimit = frames;
    const tookNs = platform.nowNs() - startNs;
    this.stats.quanta += 1;
    this.stats.busyNs += tookNs;
    this.#sliceRanNs += deterministic ? core.machineNow() - now : tookNs;

    if (exit === undefined) {
      // Before anything else is asked of the core; evicts itself.
      occupant.threw(thrown);
      return;
    }
    if (units > 0 && (exit === Exit.Preempted || tookNs > this.#o.quantumNs)) {
      occupant.pace.took(tookNs / 1e6, units);
    }
    if (exit === Exit.Yielded) this.#endSlice("yielded");
    else if (exit !== Exit.Preempted) this.#endSlice("asleep");
    occupant.ran(exit);
  }

  #unitsFor(pace: Pace, limitNs: number, turnLeftNs: number): number {
    const { deterministic, quantumUnits } = this.#o;
    if (deterministic) return Math.min(quantumUnits!, Math.ceil(limitNs));
    return quantumUnits ?? pace.unitsFor(Math.min(limitNs, turnLeftNs) / 1e6);
  }

  /** How long guests may run before the event loop is to have its turn. */
  #turnLeftNs(): number {
    const { platform, quantumNs } = this.#o;
    const left = quantumNs - (platform.nowNs() - this.#lastTurnNs);
    return left < TURN_REST * quantumNs ? 0 : left;
  }

  async #turn(): Promise<void> {
    const { platform } = this.#o;
    const heldNs = platform.nowNs() - this.#lastTurnNs;
    if (heldNs > this.stats.longestTurnNs) this.stats.longestTurnNs = heldNs;
    await platform.nextTurn();
    this.stats.turns += 1;
    this.#lastTurnNs = platform.nowNs();
  }

  /** Everybody sleeps for `forNs`, or until kick(); a little longer if it need not be `exact`. */
  async #sleep(forNs: number, exact: boolean): Promise<void> {
    const { core, platform, deterministic } = this.#o;
    if (deterministic) {
      core.advance(forNs);
      if (this.#turnLeftNs() <= 0) await this.#turn();
      return;
    }
    const startNs = platform.nowNs();
    if (exact && forNs < EXACT_WAIT_NS) {
      await platform.nextTurn();
    } else {
      await new Promise<void>((resolve) => {
        const forMs = exact ? Math.floor((forNs - EXACT_WAIT_NS / 2) / 1e6) : Math.ceil(forNs / 1e6);
        const timer = setTimeout(resolve, Math.min(forMs, LONGEST_TIMER_MS));
        this.#stir = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#stir = undefined;
    }
    this.#lastTurnNs = platform.nowNs();
    this.stats.turns += 1;
    this.stats.idleNs += this.#lastTurnNs - startNs;
  }
}
