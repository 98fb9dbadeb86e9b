// Follows the calls from everything that outsiders can reach, and walks each function as it is called.
import { Effect, type Overview, survey } from "./effects.js";
import type { Report } from "./frames.js";
import { walkFunction } from "./function.js";
import { checkCallGraph } from "./graph.js";
import { lowestPassed } from "./limits.js";
import type { Module } from "./module.js";
import { readSurface, type Surface } from "./surface.js";
import { Tables } from "./tables.js";
import { Refusal, type Stats } from "./verdict.js";
import type { Context, Convention } from "./walk.js";
import { checkWeights } from "./weights.js";

/** How a function is called, and what the budget that it is given is at least. */
interface Demand {
  convention: Convention;
  lowest: number;
}

export class Verifier {
  private readonly surface: Surface;
  private readonly overview: Overview;
  private readonly tables: Tables;
  private readonly demands = new Map<number, Demand>();
  private readonly held = new Set<number>();
  private readonly reports = new Map<number, Report>();
  private readonly waiting: { functionIndex: number; demand: Demand }[] = [];

  constructor(private readonly module: Module) {
    this.surface = readSurface(module);
    this.overview = survey(module, this.surface);
    this.tables = new Tables(module, this.overview, (index, kind, offset) => this.hold(index, kind, offset));
  }

  /** Calls `onRefusal` for each function that breaks a rule; the graphs are looked at when none does. */
  run(onRefusal: (refusal: Refusal, functionIndex: number) => void): Stats {
    for (const { functionIndex, offset } of this.surface.threadedRoots)
      this.hold(functionIndex, "threaded", offset);
    for (const { functionIndex, offset } of this.surface.plainRoots)
      this.hold(functionIndex, "plain", offset);
    for (const [target, { offset }] of this.overview.referenced) this.hold(target, "plain", offset);
    for (const { functionIndex, offset } of this.module.globalReferences)
      this.hold(functionIndex, "plain", offset);
    this.tables.start(this.overview);
    const refused = this.walkAll(onRefusal);
    if (!refused) {
      checkCallGraph(this.reports, this.held);
      checkWeights(this.reports);
    }
    return this.stats();
  }

  private walkAll(onRefusal: (refusal: Refusal, functionIndex: number) => void): boolean {
    const context: Context = {
      module: this.module,
      surface: this.surface,
      overview: this.overview,
      demand: (functionIndex, convention, offset, lowest) =>
        this.demand(functionIndex, convention, offset, lowest),
      demandTable: (table, kind, offset) => this.tables.settle(table, kind, offset),
    };
    let refused = false;
    for (let next = this.waiting.pop(); next; next = this.waiting.pop()) {
      const { functionIndex, demand } = next;
      try {
        this.reports.set(
          functionIndex,
          walkFunction(context, functionIndex, demand.convention, demand.lowest),
        );
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refused = true;
        onRefusal(error, functionIndex);
      }
    }
    return refused;
  }

  /** Outsiders can call this function. */
  private hold(functionIndex: number, kind: "threaded" | "plain", offset: number): void {
    if (!this.module.functions[functionIndex]) {
      throw new Refusal("malformed", offset, `there is no function ${functionIndex}`);
    }
    const role = this.surface.roles[functionIndex];
    if (role === undefined) {
      this.held.add(functionIndex);
      this.demand(functionIndex, kind, offset);
      return;
    }
    if (role === (kind === "threaded" ? "user" : "raw")) return;
    const what = `imported function ${functionIndex} (${role}) is held as ${kind}`;
    throw new Refusal("reference-kind", offset, what);
  }

  private demand(functionIndex: number, convention: Convention, offset: number, lowest = lowestPassed): void {
    const has = this.demands.get(functionIndex);
    if (has && has.convention !== convention) {
      const what = `function ${functionIndex} is called or held as ${convention}, and elsewhere as ${has.convention}`;
      throw new Refusal("reference-kind", offset, what);
    }
    if (has && has.lowest <= lowest) return;
    const { effects } = this.overview.effects[functionIndex]!;
    if (convention === "plain" && effects !== 0 && !(effects & Effect.Budget)) {
      throw new Refusal(
        "runtime-call",
        offset,
        `function ${functionIndex} pushes or pops cells, and may not be held`,
      );
    }
    const demand = { convention, lowest };
    this.demands.set(functionIndex, demand);
    this.waiting.push({ functionIndex, demand });
  }

  private stats(): Stats {
    const reports = [...this.reports.values()];
    const sum = (count: (report: Report) => number): number =>
      reports.reduce((total, r) => total + count(r), 0);
    return {
      bytes: this.module.bytes.length,
      functions: this.module.functions.length,
      reachable: reports.length,
      threaded: sum((report) => (report.threaded ? 1 : 0)),
      instructions: this.overview.instructions,
      loops: sum((report) => report.loops),
      charges: sum((report) => report.charges),
      calls: sum((report) => report.calls),
    };
  }
}
