// Changes to a translated module that break one of its promises, each of a few bytes in place.
import { Instructions, readLocals } from "../../src/checker/instructions.js";
import { decodeModule, type Module } from "../../src/checker/module.js";
import { Op } from "../../src/checker/opcodes.js";
import { Reader } from "../../src/checker/reader.js";
import { Verifier } from "../../src/checker/verifier.js";

export interface Mutant {
  kind: string;
  functionIndex: number;
  offset: number;
  /** What stands at `offset` instead. */
  bytes: number[];
}

interface Step {
  op: number;
  first: number;
  labels: number[];
  offset: number;
  end: number;
}

/** All mutants of a module that the checker accepts as it is. */
export function mutantsOf(bytes: Uint8Array): Mutant[] {
  const module = decodeModule(bytes);
  const verifier = new Verifier(module, () => {});
  verifier.run();
  const imports = new Map(
    module.functions.map((info, i) => [info.import?.module === "wv" ? info.import.name : "", i]),
  );
  const mutants: Mutant[] = [];
  for (const [functionIndex, report] of verifier.reports) {
    const finder = new MutantFinder(module, functionIndex, imports, report.convention === "threaded");
    mutants.push(...finder.find());
  }
  return mutants;
}

class MutantFinder {
  private readonly mutants: Mutant[] = [];
  private readonly budget: number;
  private readonly stack: number;
  private readonly steps: Step[] = [];

  constructor(
    private readonly module: Module,
    private readonly functionIndex: number,
    private readonly imports: Map<string, number>,
    private readonly threaded: boolean,
  ) {
    const { params } = module.functions[functionIndex]!.type;
    this.budget = params.length - 1;
    this.stack = params.length - 2;
  }

  find(): Mutant[] {
    const { start, end } = this.module.functions[this.functionIndex]!;
    const reader = new Reader(this.module.bytes, start, end);
    readLocals(reader);
    const ins = new Instructions(reader);
    while (!reader.atEnd) {
      ins.next();
      const labels = ins.op === Op.BrTable ? ins.labels : [ins.first];
      this.steps.push({ op: ins.op, first: ins.first, labels, offset: ins.offset, end: reader.position });
    }
    const live = liveSteps(this.steps);
    for (let i = 0; i < this.steps.length; i++) {
      if (!live[i]) continue;
      this.runtimeCalls(i);
      if (this.threaded) this.budgetAndStack(i);
    }
    return this.mutants;
  }

  private add(kind: string, at: Step, ...bytes: number[]): void {
    if (bytes.length <= at.end - at.offset)
      this.mutants.push({ kind, functionIndex: this.functionIndex, offset: at.offset, bytes });
  }

  /** Whether the steps from `i` on are these: opcode, or opcode and index. */
  private matches(i: number, ...wanted: (number | [number, number])[]): boolean {
    return wanted.every((want, k) => {
      const step = this.steps[i + k];
      if (typeof want === "number") return step?.op === want;
      return step?.op === want[0] && step.first === want[1];
    });
  }

  private runtimeCalls(i: number): void {
    const step = this.steps[i]!;
    const calls = (name: string): boolean => step.op === Op.Call && step.first === this.imports.get(name);
    if (calls("memory_grow")) this.add("grow the memory unasked", step, 0x40, 0);
    if (calls("memory_size")) this.add("look at the memory's size unasked", step, 0x3f, 0);
    if (calls("resume")) this.add("a budget of the guest's own", step, 0x41, 0x3f);
    if (calls("suspend")) this.add("unwind without telling", step, 0x45, 1);
    if (calls("table_grow")) this.add("grow a table unasked", step, 0x6a, 1);
    if (this.matches(i, Op.Call, Op.I32Const, Op.I32Add) && calls("resume")) {
      const weight = this.steps[i + 1]!;
      this.add("give back too much", weight, 0x41, ...padded(weight.first + 1, weight));
    }
  }

  private budgetAndStack(i: number): void {
    const { budget, stack } = this;
    const at = (k: number): Step => this.steps[i + k]!;
    if (this.matches(i, [Op.LocalGet, budget], Op.I32Const, Op.I32Sub) && at(1).first > 0) {
      this.add("add instead of charging", at(2), 0x6a);
      this.add("charge less than nothing", at(1), 0x41, ...padded(-at(1).first, at(1)));
      if (this.matches(i + 3, [Op.LocalTee, budget], Op.I32Const, Op.I32LtS)) {
        this.add("go on when the budget is spent", at(5), 0x4a);
        this.add("allow debts", at(4), 0x41, 0x40);
        this.add("keep the budget before the charge", at(3), 0x22, stack);
      }
    }
    if (this.matches(i, Op.Loop) && this.isRepeated(i)) this.loop(i);
    if (this.matches(i, [Op.LocalGet, stack], Op.I32Const, Op.I32Sub)) {
      this.add("give stack instead of taking it", at(2), 0x6a);
    }
    if (this.matches(i, [Op.LocalGet, stack], [Op.LocalGet, budget], Op.Call)) {
      this.add("pass a budget of one's own", at(1), 0x41, 0x3f);
      this.add("pass a stack account of one's own", at(0), 0x41, 0x3f);
      this.add("pass the budget as the stack account", at(0), 0x20, budget);
    }
    if (this.matches(i, Op.Call, [Op.LocalTee, budget], Op.I32Const, Op.I32LtS)) {
      this.add("run on while unwinding", at(3), 0x4a);
      this.add("lose the budget that came back", at(1), 0x22, stack);
    }
    if (this.matches(i, [Op.LocalGet, budget], Op.Return))
      this.add("return a budget of one's own", at(0), 0x41, 0x3f);
    if (this.matches(i, [Op.LocalTee, stack], Op.I32Or)) this.add("test only both at once", at(1), 0x71);
  }

  /** The charge at a loop's header, behind the blocks that are opened there. */
  private loop(start: number): void {
    let i = start + 1;
    while (this.matches(i, Op.Block)) i++;
    if (!this.matches(i, [Op.LocalGet, this.budget], Op.I32Const, Op.I32Sub)) return;
    const weight = this.steps[i + 1]!;
    this.add("a loop for nothing", weight, 0x41, ...padded(0, weight));
    this.add("charge nothing by multiplying", this.steps[i + 2]!, 0x6c);
  }

  /** Whether some branch goes back to the loop that begins here. */
  private isRepeated(start: number): boolean {
    let depth = 0;
    for (let i = start + 1; i < this.steps.length && depth >= 0; i++) {
      const step = this.steps[i]!;
      if (step.op === Op.Block || step.op === Op.Loop || step.op === Op.If || step.op === Op.Try) depth++;
      if (step.op === Op.End || step.op === Op.Delegate) depth--;
      if ((step.op === Op.Br || step.op === Op.BrIf) && step.first === depth) return true;
    }
    return false;
  }
}

/** Which steps can be reached at all: changes of the others break nothing. */
function liveSteps(steps: Step[]): boolean[] {
  /** Per open block: it was entered, a live branch goes to its end, an `if` has no `else` yet. */
  const blocks = [{ entered: true, left: false, loop: false, otherwise: false }];
  let live = true;
  return steps.map(({ op, labels }) => {
    const top = blocks[blocks.length - 1]!;
    if (op === Op.Else || op === Op.Catch || op === Op.CatchAll) {
      top.left ||= live;
      top.otherwise = false;
      live = top.entered;
    } else if (op === Op.End || op === Op.Delegate) {
      live ||= top.left || top.otherwise;
      blocks.pop();
    }
    const was = live;
    if (op === Op.Block || op === Op.Loop || op === Op.If || op === Op.Try) {
      blocks.push({ entered: live, left: false, loop: op === Op.Loop, otherwise: live && op === Op.If });
    }
    if (live && (op === Op.Br || op === Op.BrIf || op === Op.BrTable)) {
      for (const label of labels) {
        const target = blocks[blocks.length - 1 - label];
        if (target && !target.loop) target.left = true;
      }
    }
    const stops: number[] = [
      Op.Br,
      Op.BrTable,
      Op.Return,
      Op.Unreachable,
      Op.Throw,
      Op.Rethrow,
      Op.ReturnCall,
    ];
    if (stops.includes(op) || op === Op.ReturnCallIndirect) live = false;
    return was;
  });
}

/** A signed number in as many bytes as the constant at `step` has. */
function padded(value: number, step: Step): number[] {
  const size = step.end - step.offset - 1;
  const bytes: number[] = [];
  let rest = value;
  for (let k = 0; k < size; k++) {
    bytes.push((rest & 0x7f) | (k < size - 1 ? 0x80 : 0));
    rest >>= 7;
  }
  const sign = bytes[size - 1]! & 0x40 ? -1 : 0;
  return rest === sign ? bytes : new Array(size + 1).fill(0);
}

export function apply(bytes: Uint8Array, mutant: Mutant): Uint8Array {
  const changed = bytes.slice();
  changed.set(mutant.bytes, mutant.offset);
  return changed;
}
