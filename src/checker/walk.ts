// Walks one function body once, in order, with what is known of the state (state.ts) and of each operand
// (values.ts). Wasm's control flow is structured: every circle passes a `loop` by a branch back to it. So one
// pass is a proof: at a loop's header only that is taken for granted which is checked at every branch back.
import type { Overview } from "./effects.js";
import type { Convention, Frame, Region, Report } from "./frames.js";
import { Instructions, readLocals } from "./instructions.js";
import { lowestBudget } from "./limits.js";
import type { FunctionType, Module } from "./module.js";
import { ValueType } from "./module.js";
import { Reader } from "./reader.js";
import {
  cutOf,
  entryState,
  isRewindDummy,
  joinInto,
  joinValues,
  newEpoch,
  Phase,
  remember,
  Sign,
  type State,
  setLow,
  Untested,
} from "./state.js";
import type { Surface } from "./surface.js";
import { any, type Value } from "./values.js";
import { Refusal, type Rule } from "./verdict.js";

export interface Context {
  module: Module;
  surface: Surface;
  overview: Overview;
  /** Instructions that a function may run before its first charge; functions still unknown have none. */
  costs: Map<number, number>;
  /** By local of the function that is walked: a number that is never used twice, new whenever it is set. */
  versions: Float64Array;
  lastVersion: number;
}

/** Thrown when a fact that was taken for granted at a loop's header does not hold at a branch back. */
export class Forget {
  constructor(
    readonly loop: number,
    readonly local: number,
  ) {}
}

const noValues: Value[] = [];

/** Bytes that a value takes in a frame of the engine's simplest compiler. */
const bytesOf = (type: number): number => (type === ValueType.V128 ? 16 : 8);

export class Walk {
  readonly ins: Instructions;
  readonly type: FunctionType;
  readonly report: Report;
  /** undefined: this code cannot be reached. */
  state: State | undefined;
  readonly stack: Value[] = [];
  readonly frames: Frame[] = [];
  /** The function, and the loops that are open. */
  readonly regions: Region[] = [];
  readonly localCount: number;
  /** Locals that held the stack account at some time. */
  private readonly stackLocals = new Set<number>();
  /** The last call was overflow(): nothing but `unreachable` may follow. */
  mustTrap = false;
  private openTries = 0;

  constructor(
    readonly context: Context,
    readonly functionIndex: number,
    readonly convention: Convention,
    /** "loop offset:local" of the facts that do not survive a loop. */
    private readonly forgotten: Set<string>,
  ) {
    const info = context.module.functions[functionIndex]!;
    this.type = info.type;
    const reader = new Reader(context.module.bytes, info.start, info.end);
    const declared = readLocals(reader);
    this.ins = new Instructions(reader);
    const params = this.type.params.length;
    this.localCount = params + declared.count;
    let localBytes = 0;
    for (const type of this.type.params) localBytes += bytesOf(type);
    for (const { count, type } of declared.groups) localBytes += count * bytesOf(type);
    this.report = {
      ...{ functionIndex, convention, demands: [], tableDemands: [], minEntry: Number.NEGATIVE_INFINITY },
      ...{ regions: [], resumedCost: 0, edges: [], refunds: [], stackCharge: 0, localBytes, maxHeight: 0 },
      ...{ loops: 0, charges: 0, calls: 0 },
    };
    this.state = entryState(convention === "plain", phaseAtEntry(convention));
    if (convention === "threaded") {
      this.stackLocals.add(params - 2);
      remember(this.state, params - 2, { kind: "stack", delta: 0 });
      remember(this.state, params - 1, { kind: "budget", epoch: this.state.epoch });
    }
    this.openFrame("function", 0, this.type.results.length);
    this.openRegion();
  }

  refuse(rule: Rule, message: string): never {
    throw new Refusal(rule, this.ins.offset, message);
  }

  // Operands. In code that cannot be reached there are none.

  push(value: Value): void {
    this.stack.push(value);
    if (this.stack.length > this.report.maxHeight) this.report.maxHeight = this.stack.length;
  }

  pop(): Value {
    const frame = this.frames[this.frames.length - 1]!;
    if (this.stack.length <= frame.base) this.refuse("malformed", "an operand is missing");
    return this.stack.pop()!;
  }

  popMany(count: number): Value[] {
    const frame = this.frames[this.frames.length - 1]!;
    if (this.stack.length - count < frame.base) this.refuse("malformed", "operands are missing");
    return this.stack.splice(this.stack.length - count, count);
  }

  pushUnknown(count: number): void {
    for (let i = 0; i < count; i++) this.push(any);
  }

  setLocal(state: State, local: number, value: Value): void {
    const { context } = this;
    if (local >= this.localCount) this.refuse("malformed", `there is no local ${local}`);
    context.versions[local] = ++context.lastVersion;
    if (value.kind === "stack") this.stackLocals.add(local);
    if (this.openTries > 0 && this.stackLocals.has(local)) {
      for (const frame of this.frames) {
        if (frame.kind === "try" && frame.entry) remember(frame.entry, local, any);
      }
    }
    remember(state, local, isRewindDummy(value, state) ? this.becomeBudget(state, value) : value);
  }

  /** A constant below zero tells the function called next that it is rewinding: it is the budget from here on. */
  becomeBudget(state: State, value: Value): Value {
    state.epoch = newEpoch();
    state.sign = Sign.Negative;
    state.untested = Untested.No;
    setLow(state, value.kind === "const" ? value.value : lowestBudget);
    state.budgetInGlobal = false;
    return { kind: "budget", epoch: state.epoch };
  }

  // Regions and blocks.

  get region(): Region {
    return this.regions[this.regions.length - 1]!;
  }

  openRegion(): Region {
    const { offset } = this.ins;
    const outerWork = this.state?.work ?? 0;
    const outerResumedWork = this.state?.resumedWork ?? Number.NEGATIVE_INFINITY;
    const region: Region = {
      offset,
      repeats: false,
      weight: 0,
      straight: true,
      cost: 0,
      outerWork,
      outerResumedWork,
      unknown: undefined,
    };
    this.regions.push(region);
    this.report.regions.push(region);
    return region;
  }

  openFrame(kind: Frame["kind"], params: number, results: number): Frame {
    const base = this.stack.length - (this.state ? params : 0);
    if (base < (this.frames[this.frames.length - 1]?.base ?? 0)) {
      this.refuse("malformed", "a block's parameters are missing");
    }
    const frame: Frame = {
      kind,
      base,
      params,
      results,
      entry: undefined,
      entryValues: noValues,
      exit: undefined,
      exitValues: noValues,
      region: undefined,
      depth: this.regions.length,
    };
    if (kind === "try") this.openTries++;
    this.frames.push(frame);
    return frame;
  }

  /** A loop's header: only facts about budget and stack are kept, and those are checked at each branch back. */
  openLoop(params: number, results: number): void {
    const frame = this.openFrame("loop", params, results);
    const { state } = this;
    if (!state) return;
    for (let i = frame.base; i < this.stack.length; i++) this.stack[i] = any;
    const epoch = newEpoch();
    const header: State = {
      ...state,
      ...{ epoch, sign: Sign.Unknown, charged: 0, phase: state.phase | Phase.Run, resumed: false },
      cut: Math.min(state.cut, this.regions.length),
      matchedCut: Math.min(state.matchedCut, this.regions.length),
      ...{ budgetInGlobal: false, stackInGlobal: undefined, growth: undefined, paid: undefined, facts: [] },
    };
    const { offset } = this.ins;
    for (const { local, value } of state.facts) {
      if (this.forgotten.has(`${offset}:${local}`)) continue;
      if (value.kind === "stack") remember(header, local, value);
      else if (joinValues(value, state, value, state, epoch).kind === "budget") {
        remember(header, local, { kind: "budget", epoch });
      }
    }
    frame.entry = header;
    this.state = { ...header };
    frame.region = this.openRegion();
    this.state.work = 0;
    this.state.resumedWork = Number.NEGATIVE_INFINITY;
  }

  private branchBack(frame: Frame, state: State): void {
    const header = frame.entry!;
    const region = frame.region!;
    region.repeats = true;
    if (cutOf(state) <= frame.depth) {
      this.refuse(
        "loop-charge",
        `the loop at offset ${region.offset} can be repeated without charge and test`,
      );
    }
    for (const { local, value } of header.facts) {
      const mine = state.facts.find((fact) => fact.local === local);
      if (!mine || joinValues(value, header, mine.value, state, -1).kind !== value.kind) {
        throw new Forget(region.offset, local);
      }
    }
    const loses = header.stackChecked && !state.stackChecked;
    if (loses || (state.refund && !header.refund) || state.phase & ~header.phase) {
      this.refuse(
        "budget-flow",
        `the loop at offset ${region.offset} is repeated while a frame is saved or restored`,
      );
    }
    if (state.untested > header.untested || state.low < header.low || state.belowEntry < header.belowEntry) {
      this.refuse(
        "budget-test",
        `the loop at offset ${region.offset} is repeated with a budget nobody tested`,
      );
    }
  }

  /** One way to a label; the operands for it are `values`. */
  branchTo(frame: Frame, state: State, values: Value[]): void {
    if (frame.kind === "loop") {
      this.branchBack(frame, state);
      return;
    }
    const work = this.workOutside(state, frame.depth);
    const resumedWork = this.regions[frame.depth]?.outerResumedWork ?? state.resumedWork;
    const { exit } = frame;
    if (!exit) {
      frame.exit = { ...state, work, resumedWork };
      frame.exitValues = values;
      return;
    }
    const epoch = exit.epoch === state.epoch ? exit.epoch : newEpoch();
    if (values.length > 0) {
      frame.exitValues = frame.exitValues.map((v, i) => joinValues(v, exit, values[i] ?? any, state, epoch));
    }
    const leaves = frame.depth < this.regions.length;
    joinInto(exit, leaves ? { ...state, work, resumedWork } : state, epoch);
  }

  frameOf(label: number): Frame {
    return (
      this.frames[this.frames.length - 1 - label] ?? this.refuse("malformed", `there is no label ${label}`)
    );
  }

  /** Operands for a branch to this block; they stay where they are. */
  operandsFor(frame: Frame): Value[] {
    const count = frame.kind === "loop" ? frame.params : frame.results;
    if (this.stack.length - count < this.frames[this.frames.length - 1]!.base) {
      this.refuse("malformed", "operands for a branch are missing");
    }
    return count === 0 ? noValues : this.stack.slice(this.stack.length - count);
  }

  /** The end of a block, or of one of its arms, is reached by falling through. */
  fallThrough(frame: Frame): void {
    if (!this.state) return;
    if (this.stack.length !== frame.base + frame.results)
      this.refuse("malformed", "a block leaves too many operands");
    const values = frame.results === 0 ? noValues : this.stack.slice(frame.base);
    if (frame.kind !== "loop") this.branchTo(frame, this.state, values);
    else {
      frame.exit = {
        ...this.state,
        work: this.workOutside(this.state, frame.depth),
        resumedWork: frame.region?.outerResumedWork ?? Number.NEGATIVE_INFINITY,
      };
      frame.exitValues = values;
    }
  }

  /** A try block's body has ended, or one of its catches. */
  enterCatch(frame: Frame): void {
    if (frame.kind === "try") this.openTries--;
    frame.kind = "catch";
  }

  closeFrame(frame: Frame): void {
    if (frame.kind === "try") this.openTries--;
    this.frames.pop();
    this.stack.length = Math.min(this.stack.length, frame.base);
    this.state = frame.exit;
    if (this.state) for (const value of frame.exitValues) this.push(value);
    if (frame.region) this.closeRegion(frame.region);
  }

  private closeRegion(region: Region): void {
    this.regions.pop();
    if (region.repeats) this.report.loops++;
    if (region.repeats || region.weight > 0) return;
    // A loop that nothing repeats is a block: its work is its surroundings'.
    for (const callee of region.unknown ?? []) this.noteUnknown(callee);
    region.unknown = undefined;
    this.region.cost = Math.max(this.region.cost, region.outerWork + region.cost);
    region.cost = 0;
  }

  // Costs: what runs between two charges, on the longest way.

  countWork(state: State, instructions: number): void {
    if (state.cold) return;
    state.work += instructions;
    state.resumedWork += instructions;
    const { region, report } = this;
    if (state.work > region.cost) region.cost = state.work;
    if (state.resumedWork > report.resumedCost) report.resumedCost = state.resumedWork;
  }

  countCallee(state: State, callee: number): void {
    const cost = this.context.costs.get(callee);
    if (cost === undefined) this.noteUnknown(callee);
    else this.countWork(state, cost);
  }

  private noteUnknown(callee: number): void {
    this.region.unknown ??= new Set();
    this.region.unknown.add(callee);
  }

  /** The work of the surrounding region, after what was done in the loops that are left. */
  private workOutside(state: State, depth: number): number {
    let work = 0;
    for (let i = depth; i < this.regions.length; i++) {
      const region = this.regions[i]!;
      work += region.outerWork;
      if (region.weight > 0) return work;
    }
    return work + state.work;
  }

  /** Tells the verifier how a function is called; `belowEntry` as in `State`. */
  demand(
    functionIndex: number,
    convention: Convention,
    lowest: number,
    belowEntry = Number.POSITIVE_INFINITY,
  ): void {
    this.report.demands.push({ functionIndex, convention, offset: this.ins.offset, lowest, belowEntry });
  }
}

function phaseAtEntry(convention: Convention): number {
  if (convention === "save") return Phase.Saving;
  return convention === "load" ? Phase.Restored : Phase.Run;
}
