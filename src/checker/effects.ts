// A first look at every function, before any is walked: what it can do, its calls included, as far as that
// can be told from its instructions alone. And what the tables can hold.
import { Instructions, readLocals } from "./instructions.js";
import type { Module } from "./module.js";
import { Op } from "./opcodes.js";
import { Reader } from "./reader.js";
import type { Surface } from "./surface.js";
import { Refusal } from "./verdict.js";

/** What a function does, with all that it calls. */
export const Effect = {
  /** Pushes cells of a frame. */
  Push: 1,
  /** Pops cells of a frame. */
  Pop: 2,
  /** Needs the budget, or could run for ever: everything that is not harmless. */
  Budget: 4,
  /** Asks whether a frame is to be rewound. */
  Peek: 8,
} as const;

export interface FunctionEffects {
  /** Effect bits, those of called functions included. */
  effects: number;
  /** Functions that it calls directly, tail calls included. */
  calls: number[];
}

export interface Overview {
  effects: FunctionEffects[];
  /** Functions that `ref.func` makes, with the place of one. */
  referenced: Map<number, { functionIndex: number; offset: number }>;
  /** Tables whose entries leave them or come from elsewhere: they hold references of the original type. */
  plainTables: Set<number>;
  /** Segments that table.init reads, per table. */
  initialised: { table: number; segment: number; offset: number }[];
  copies: { from: number; to: number; functionIndex: number; offset: number }[];
  instructions: number;
  /** Defined functions, callees first as far as they do not call each other in circles. */
  order: number[];
}

export function survey(module: Module, surface: Surface): Overview {
  const overview: Overview = {
    effects: [],
    referenced: new Map(),
    plainTables: new Set(surface.openTables),
    initialised: [],
    copies: [],
    instructions: 0,
    order: [],
  };
  for (let i = 0; i < module.functions.length; i++) {
    const role = surface.roles[i];
    overview.effects.push({ effects: role === undefined ? 0 : effectOfImport(role), calls: [] });
    if (role !== undefined) continue;
    try {
      surveyFunction(module, surface, overview, i);
    } catch (error) {
      if (error instanceof Refusal) throw new Refusal(error.rule, error.offset, error.message, i);
      throw error;
    }
  }
  propagate(overview.effects, overview.order);
  return overview;
}

function effectOfImport(role: string): number {
  if (role.startsWith("push")) return Effect.Push;
  if (role.startsWith("pop")) return Effect.Pop;
  if (role === "peek") return Effect.Peek;
  const harmless = ["memory_size", "memory_grow", "table_grow", "notify", "foreign"];
  return harmless.includes(role) ? 0 : Effect.Budget;
}

function surveyFunction(module: Module, surface: Surface, overview: Overview, functionIndex: number): void {
  const { start, end } = module.functions[functionIndex]!;
  const reader = new Reader(module.bytes, start, end);
  readLocals(reader);
  const ins = new Instructions(reader);
  const mine = overview.effects[functionIndex]!;
  /** Per open block: whether it is a loop. */
  const blocks: boolean[] = [false];
  const target = (label: number): void => {
    const isLoop = blocks[blocks.length - 1 - label];
    if (isLoop === undefined) throw new Refusal("malformed", ins.offset, `there is no label ${label}`);
    if (isLoop) mine.effects |= Effect.Budget;
  };
  while (blocks.length > 0) {
    ins.next();
    overview.instructions++;
    switch (ins.op) {
      case Op.Block:
      case Op.If:
      case Op.Try:
        blocks.push(false);
        break;
      case Op.Loop:
        blocks.push(true);
        break;
      case Op.Delegate:
      case Op.End:
        blocks.pop();
        break;
      case Op.Br:
      case Op.BrIf:
        target(ins.first);
        break;
      case Op.BrTable:
        ins.labels.forEach(target);
        break;
      case Op.Call:
      case Op.ReturnCall:
        if (ins.first >= module.functions.length) {
          throw new Refusal("malformed", ins.offset, `there is no function ${ins.first}`);
        }
        mine.calls.push(ins.first);
        break;
      case Op.CallIndirect:
      case Op.ReturnCallIndirect:
      case Op.Throw:
      case Op.Rethrow:
        mine.effects |= Effect.Budget;
        break;
      case Op.GlobalGet:
      case Op.GlobalSet:
        if (ins.first === surface.budgetGlobal || ins.first === surface.stackGlobal)
          mine.effects |= Effect.Budget;
        break;
      case Op.RefFunc:
        overview.referenced.set(ins.first, { functionIndex, offset: ins.offset });
        break;
      default:
        surveyTables(overview, ins, functionIndex);
    }
  }
  if (!reader.atEnd) throw new Refusal("malformed", ins.offset, "a function's body goes on after its end");
}

function surveyTables(overview: Overview, ins: Instructions, functionIndex: number): void {
  const { first, second, offset } = ins;
  switch (ins.op) {
    case Op.TableGet:
    case Op.TableSet:
    case Op.TableGrow:
    case Op.TableFill:
      overview.plainTables.add(first);
      break;
    case Op.TableInit:
      overview.initialised.push({ segment: first, table: second, offset });
      break;
    case Op.TableCopy:
      overview.copies.push({ to: first, from: second, functionIndex, offset });
      break;
    case Op.MemoryGrow:
    case Op.MemorySize:
    case Op.AtomicWait32:
    case Op.AtomicWait64:
      throw new Refusal(
        "forbidden",
        offset,
        "memory.grow, memory.size and memory.atomic.wait must ask the host",
      );
  }
}

/** Adds the effects of called functions; functions in a circle of calls need the budget. */
function propagate(functions: FunctionEffects[], order: number[]): void {
  enum Visit {
    New,
    Open,
    Done,
  }
  const visits = new Uint8Array(functions.length);
  for (let root = 0; root < functions.length; root++) {
    if (visits[root] !== Visit.New) continue;
    const path = [{ index: root, next: 0 }];
    visits[root] = Visit.Open;
    while (path.length > 0) {
      const top = path[path.length - 1]!;
      const mine = functions[top.index]!;
      const callee = mine.calls[top.next++];
      if (callee === undefined) {
        visits[top.index] = Visit.Done;
        order.push(top.index);
        path.pop();
        const caller = path[path.length - 1];
        if (caller) functions[caller.index]!.effects |= mine.effects;
      } else if (visits[callee] === Visit.New) {
        visits[callee] = Visit.Open;
        path.push({ index: callee, next: 0 });
      } else if (visits[callee] === Visit.Open) {
        mine.effects |= Effect.Budget;
      } else mine.effects |= functions[callee]!.effects;
    }
  }
}
