// Walks every function, then follows the calls from everything that outsiders can reach: is each function called
// as it was walked, and what may call each other in circles?
import { Effect, type Overview, survey } from "./effects.js";
import type { Convention, Report } from "./frames.js";
import { walkFunction } from "./function.js";
import { checkCallGraph } from "./graph.js";
import { lowestPassed, maxLocals, maxParams } from "./limits.js";
import type { Module } from "./module.js";
import { isThreadedType, readSurface, type Surface } from "./surface.js";
import { Tables } from "./tables.js";
import { Refusal, type Stats } from "./verdict.js";
import type { Context } from "./walk.js";
import { checkWeights, costOf } from "./weights.js";

/** How a function is called, and what the budget that it is given is at least. */
interface Reached {
  convention: Convention;
  lowest: number;
  /** How often `lowest` was found to be less than before. */
  changes: number;
}

/** Calls in a circle that pass an ever lower budget are refused after this many rounds. */
const maxChanges = 16;

export class Verifier {
  readonly reports = new Map<number, Report>();
  private readonly surface: Surface;
  private readonly overview: Overview;
  private readonly tables: Tables;
  private readonly context: Context;
  private readonly walked = new Map<number, Report | Refusal>();
  private readonly reached = new Map<number, Reached>();
  private readonly held = { threaded: new Set<number>(), plain: new Set<number>() };
  private readonly waiting: number[] = [];

  constructor(
    private readonly module: Module,
    private readonly onRefusal: (refusal: Refusal, functionIndex: number) => void,
  ) {
    this.surface = readSurface(module);
    this.overview = survey(module, this.surface);
    this.tables = new Tables(module, this.overview, (index, kind, offset) => this.hold(index, kind, offset));
    const versions = { versions: new Float64Array(maxLocals + maxParams), lastVersion: 0 };
    this.context = { module, surface: this.surface, overview: this.overview, costs: new Map(), ...versions };
  }

  run(): Stats {
    for (const index of this.overview.order) {
      if (this.surface.roles[index] === undefined) this.walk(index, this.likelyConvention(index));
    }
    for (const { functionIndex, offset } of this.surface.threadedRoots)
      this.hold(functionIndex, "threaded", offset);
    for (const { functionIndex, offset } of this.surface.plainRoots)
      this.hold(functionIndex, "plain", offset);
    for (const [target, { offset }] of this.overview.referenced) this.hold(target, "plain", offset);
    for (const { functionIndex, offset } of this.module.globalReferences)
      this.hold(functionIndex, "plain", offset);
    this.tables.start(this.overview);
    let refused = false;
    for (let next = this.waiting.pop(); next !== undefined; next = this.waiting.pop()) {
      try {
        this.follow(next);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refused = true;
        this.onRefusal(error, next);
      }
    }
    if (!refused) {
      checkCallGraph(this.reports, { threaded: [...this.held.threaded], plain: [...this.held.plain] });
      checkWeights(this.reports, this.context.costs);
    }
    return this.stats();
  }

  /** Callees are walked before their callers, so that their costs are known: how they are called is a guess. */
  private likelyConvention(index: number): Convention {
    const { effects } = this.overview.effects[index]!;
    if (effects & Effect.Budget)
      return isThreadedType(this.module.functions[index]!.type) ? "threaded" : "plain";
    if (effects === Effect.Push) return "save";
    if (effects === Effect.Pop) return "load";
    return effects === Effect.Peek ? "peek" : "plain";
  }

  private walk(index: number, convention: Convention): Report | Refusal {
    let result: Report | Refusal;
    try {
      result = walkFunction(this.context, index, convention);
      this.context.costs.set(index, Math.max(this.context.costs.get(index) ?? 0, costOf(result)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      result = error;
    }
    this.walked.set(index, result);
    return result;
  }

  /** A function that can run: what does it call, and how? */
  private follow(index: number): void {
    const { convention, lowest } = this.reached.get(index)!;
    let report = this.walked.get(index)!;
    if (report instanceof Refusal || report.convention !== convention) report = this.walk(index, convention);
    if (report instanceof Refusal) throw report;
    this.reports.set(index, report);
    if (lowest < report.minEntry) {
      throw new Refusal("weight", report.regions[0]!.offset, "is called with a budget too far below zero");
    }
    for (const demand of report.demands) {
      const passed = Math.min(demand.lowest, lowest + demand.belowEntry);
      this.reach(demand.functionIndex, demand.convention, demand.offset, passed);
    }
    for (const { table, kind, offset } of report.tableDemands) this.tables.settle(table, kind, offset);
  }

  /** Outsiders can call this function. */
  private hold(functionIndex: number, kind: "threaded" | "plain", offset: number): void {
    if (!this.module.functions[functionIndex]) {
      throw new Refusal("malformed", offset, `there is no function ${functionIndex}`);
    }
    const role = this.surface.roles[functionIndex];
    if (role === undefined) {
      this.held[kind].add(functionIndex);
      this.reach(functionIndex, kind, offset, lowestPassed);
    } else if (role !== (kind === "threaded" ? "user" : "raw")) {
      const what = `imported function ${functionIndex} (${role}) is held as ${kind}`;
      throw new Refusal("reference-kind", offset, what);
    }
  }

  private reach(functionIndex: number, convention: Convention, offset: number, lowest: number): void {
    const has = this.reached.get(functionIndex);
    const { effects } = this.overview.effects[functionIndex]!;
    // Without effects it leaves the budget alone however it is called: what it returns is checked when asked for.
    if (has && effects === 0 && convention === "plain") return;
    if (has && effects !== 0 && has.convention !== convention) {
      const what = `function ${functionIndex} is called or held as ${convention}, and elsewhere as ${has.convention}`;
      throw new Refusal("reference-kind", offset, what);
    }
    if (convention === "plain" && effects !== 0 && !(effects & Effect.Budget)) {
      const what = `function ${functionIndex} pushes, pops or peeks, and may not be held`;
      throw new Refusal("runtime-call", offset, what);
    }
    if (has && has.convention === convention && has.lowest <= lowest) return;
    const changes = (has?.changes ?? 0) + 1;
    if (changes > maxChanges) {
      throw new Refusal("weight", offset, `function ${functionIndex} is given an ever lower budget`);
    }
    this.reached.set(functionIndex, { convention, lowest: Math.min(lowest, has?.lowest ?? lowest), changes });
    this.waiting.push(functionIndex);
  }

  private stats(): Stats {
    const reports = [...this.reports.values()];
    const sum = (count: (report: Report) => number): number =>
      reports.reduce((total, r) => total + count(r), 0);
    return {
      bytes: this.module.bytes.length,
      functions: this.module.functions.length,
      reachable: reports.length,
      threaded: sum((report) => (report.convention === "threaded" ? 1 : 0)),
      instructions: this.overview.instructions,
      loops: sum((report) => report.loops),
      charges: sum((report) => report.charges),
      calls: sum((report) => report.calls),
    };
  }
}
