// `wv demo`: four guests share one thread, one of them crashes, and what the others do is compared with a run without it.
import type { Domain } from "../../machine/domain.js";
import { readModule } from "../module-source.js";
import { CapturedConsoles, type Consoles } from "../run/consoles.js";
import { formatCrash } from "../run/crash.js";
import { LineMerger } from "../run/line-merger.js";
import { type DomainPlan, Session, type SessionResult } from "../run/session.js";
import { formatSummary } from "../run/summary.js";
import { count, duration, paintFor, some } from "../text.js";
import { Screen } from "./screen.js";

const TICKS = 8;
const TICK_MS = 300;
const SPIN_MS = 3000;
const PRIMES_BELOW = 10_000_000;
const SAMPLE_MS = 40;
const HOST_TIMER_MS = 1;
/** The others are compared in virtual time, which needs less of them. */
const COMPARED_BELOW = 200_000;

/** Whether all that it says is true. */
export async function demonstrateMachine(): Promise<boolean> {
  const paint = paintFor(process.stdout);
  const screen = new Screen(process.stdout, 8);
  screen.print(`${paint.heading("wasmvisor")}  ${paint.dim("guest kernels side by side, on one thread")}`);
  screen.print();
  screen.print(
    `  ${paint.strong("clock")} ticks every ${duration(TICK_MS)}, ${paint.strong("primes")} computes, ` +
      `${paint.strong("spin")} is an endless loop, ${paint.strong("crash")} will crash.`,
  );
  screen.print();

  const plans = [
    await plan("clock", `${TICKS} ${TICK_MS}`),
    await plan("primes", `${PRIMES_BELOW}`),
    await plan("spin", "", SPIN_MS),
    await plan("crash", "200"),
  ];
  const width = Math.max(...plans.map(({ name }) => name.length));
  const merger = new LineMerger((text) => screen.print((text as string).trimEnd()));
  const captured = new CapturedConsoles();
  const shown: Consoles = {
    stalled: false,
    open(name, index) {
      const capture = captured.open(name);
      const lines = merger.background(`  ${paint.domain(index)(`${name.padEnd(width)} │`)} `);
      return {
        write(bytes) {
          lines.write(bytes);
          return capture.write(bytes);
        },
        end: () => lines.flush(),
      };
    },
    idle() {},
  };

  const watch = new Watch(screen, paint.domain);
  const session = new Session({
    ...{ machine: {}, plans, consoles: shown, inputFor: undefined, raw: false, ahead: false },
    onStart: (domains) => watch.start(domains),
  });
  const result = await session.run().finally(() => watch.stop());
  if (result.stopped !== undefined) return false;
  for (const { name, outcome } of result.reports) {
    if (outcome.kind === "crash") print(screen, formatCrash(name, outcome.record, paint));
  }
  print(screen, formatSummary(result.reports, paint, process.stdout.columns));
  screen.print();
  return conclude(screen, result, captured, watch);
}

async function conclude(
  screen: Screen,
  { reports, stats }: SessionResult,
  captured: CapturedConsoles,
  watch: Watch,
): Promise<boolean> {
  const paint = paintFor(process.stdout);
  const claim = (holds: boolean, yes: string, no: string): boolean => {
    screen.print(`  ${holds ? paint.good("●") : paint.bad("✗")} ${holds ? yes : no}`);
    return holds;
  };
  const endOf = (name: string) => reports.find((report) => report.name === name)!.outcome;
  const [primes, spin] = watch.sharesWhileComputing("primes", "spin");
  const ticks = captured.of("clock").bytes.toString().split("\n").length - 1;
  const clock = endOf("clock");
  const holding = [
    claim(
      endOf("spin").kind === "timeout" && primes > 0 && spin > 0,
      `While both computed, primes had ${paint.strong(`${primes} %`)} of the CPU and spin ${paint.strong(`${spin} %`)}. ` +
        `Nothing in spin gives it back: it was stopped ${paint.strong(`${count(watch.runsOf("spin"))} times`)}, then ended after ${duration(SPIN_MS)}.`,
      "primes and spin did not share the CPU, or spin was not ended.",
    ),
    claim(
      clock.kind === "poweroff" && ticks === TICKS,
      `The clock missed none of its ${TICKS} ticks. The host's own timer of ${HOST_TIMER_MS} ms fired ${paint.strong(`${count(watch.fired)} times`)} ` +
        `meanwhile, 99 % of them less than ${duration(watch.latenessMs(0.99))} late.`,
      `The clock ticked ${ticks} times instead of ${TICKS}.`,
    ),
  ];
  const compared = await compareWithoutCrash();
  holding.push(
    claim(
      endOf("crash").kind === "crash" && compared.identical,
      `The crash left no trace on the others: run with it and without it, ${compared.names} wrote ` +
        `the same ${paint.strong(some(compared.bytes, "byte"))} and spent the same ${paint.strong(`${count(compared.units)} units`)}.`,
      `crash did not crash, or ${compared.names} did something else without it.`,
    ),
  );
  screen.print(
    `  ${paint.dim(`${count(stats.switches)} switches between guests in all. Try: wv run shell 10xspin`)}`,
  );
  return holding.every((holds) => holds);
}

/** Runs guests beside `crash` and without it. */
async function compareWithoutCrash() {
  const others = [await plan("hello", ""), await plan("primes", `${COMPARED_BELOW}`)];
  const [withIt, without] = [await record([await plan("crash", "0"), ...others]), await record(others)];
  const same = others.map(({ name }) => {
    const [a, b] = [withIt.get(name)!, without.get(name)!];
    return a.units === b.units && a.output.equals(b.output) && a.output.length > 0;
  });
  const sum = (of: (one: { output: Buffer; units: number }) => number) =>
    [...without.values()].reduce((total, one) => total + of(one), 0);
  return {
    identical: same.every((one) => one),
    names: others.map(({ name }) => name).join(" and "),
    bytes: sum(({ output }) => output.length),
    units: sum(({ units }) => units),
  };
}

async function record(plans: readonly DomainPlan[]) {
  const consoles = new CapturedConsoles();
  const machine = { deterministic: true };
  const session = new Session({ machine, plans, consoles, inputFor: undefined, raw: false, ahead: false });
  const { reports } = await session.run();
  return new Map(
    reports.map(({ name, info }) => [name, { output: consoles.of(name).bytes, units: info.spentUnits }]),
  );
}

async function plan(name: string, commandLine: string, timeoutMs?: number): Promise<DomainPlan> {
  const { bytes } = await readModule(name);
  return {
    ...{ name, guest: name, bytes, commandLine, timeoutMs },
    ...{ memoryPages: undefined, budget: undefined, verify: false },
  };
}

/** Behind an empty line, as it is: tables are not to be broken between words. */
function print(screen: Screen, text: string): void {
  screen.print();
  for (const line of text.split("\n")) screen.line(`  ${line}`);
}

/** Looks at the domains, and at the host's own timer, while they run. */
class Watch {
  readonly #screen: Screen;
  readonly #colors: (index: number) => (text: string) => string;
  #domains: readonly Domain[] = [];
  #timers: NodeJS.Timeout[] = [];
  /** CPU time of each domain so far, in ns, each SAMPLE_MS. */
  readonly #samples: ReadonlyMap<string, number>[] = [];
  readonly #latenessMs: number[] = [];

  constructor(screen: Screen, colors: (index: number) => (text: string) => string) {
    this.#screen = screen;
    this.#colors = colors;
  }

  get fired(): number {
    return this.#latenessMs.length;
  }

  start(domains: readonly Domain[]): void {
    this.#domains = domains;
    let dueAt = performance.now() + HOST_TIMER_MS;
    const tick = () => {
      const now = performance.now();
      this.#latenessMs.push(Math.max(0, now - dueAt));
      dueAt = now + HOST_TIMER_MS;
    };
    this.#timers = [setInterval(tick, HOST_TIMER_MS), setInterval(() => this.#sample(), SAMPLE_MS)];
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#screen.clear();
  }

  runsOf(name: string): number {
    return this.#domains.find((domain) => domain.name === name)!.info().quanta;
  }

  latenessMs(quantile: number): number {
    const sorted = this.#latenessMs.toSorted((a, b) => a - b);
    return sorted[Math.floor(quantile * (sorted.length - 1))] ?? 0;
  }

  /** Percent of the CPU that two domains had from the first sample to the last one in which both advanced. */
  sharesWhileComputing(a: string, b: string): [number, number] {
    const first = this.#samples[0];
    const last = this.#samples.findLast((sample, at) => {
      const before = this.#samples[at - 1];
      return before !== undefined && [a, b].every((name) => sample.get(name)! > before.get(name)!);
    });
    if (first === undefined || last === undefined) return [0, 0];
    const ranNs = (name: string) => last.get(name)! - first.get(name)!;
    const allNs = [...last.keys()].reduce((sum, name) => sum + ranNs(name), 0);
    return [Math.round((100 * ranNs(a)) / allNs), Math.round((100 * ranNs(b)) / allNs)];
  }

  #sample(): void {
    const sample = new Map(this.#domains.map((domain) => [domain.name, domain.info().runningNs]));
    this.#samples.push(sample);
    const recent = this.#samples.at(-Math.min(this.#samples.length, 12))!;
    const ranNs = (name: string) => sample.get(name)! - recent.get(name)!;
    const allNs = Math.max(
      1,
      [...sample.keys()].reduce((sum, name) => sum + ranNs(name), 0),
    );
    this.#screen.live(() => [
      "",
      ...this.#domains.map((domain, index) => {
        const { name } = domain;
        const state = domain.state === "ended" ? "ended" : domain.info().runState;
        return this.#screen.meter(
          this.#colors(index)(name),
          ranNs(name) / allNs,
          `${state.padEnd(8)} ${duration(sample.get(name)! / 1e6)}`,
        );
      }),
    ]);
  }
}
