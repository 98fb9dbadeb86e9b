// Bulk operations of bounded length, growth of tables, and what tables of threaded functions exclude.
import { bytesPerWeight, instructionsPerWeight, maxBulkBytes, maxBulkElements } from "./limits.js";
import { nameOf, upperBound } from "./numbers.js";
import { Op } from "./opcodes.js";
import type { State } from "./state.js";
import { sameValue, type Value } from "./values.js";
import type { Walk } from "./walk.js";

/** Does one such instruction; false: it is none. */
export function bulk(walk: Walk, state: State): boolean {
  switch (walk.ins.op) {
    case Op.MemoryInit:
    case Op.MemoryCopy:
    case Op.MemoryFill:
      bounded(walk, state, maxBulkBytes, "bytes");
      return true;
    case Op.TableInit:
    case Op.TableCopy:
    case Op.TableFill:
      bounded(walk, state, maxBulkElements, "elements");
      return true;
    case Op.TableGrow:
      grow(walk, state);
      return true;
    default:
      return false;
  }
}

function bounded(walk: Walk, state: State, limit: number, unit: string): void {
  const operand = walk.popMany(3)[2]!;
  const length = upperBound(operand);
  if (length > limit) {
    walk.refuse("bulk", `works on more than ${limit} ${unit} at once, or it cannot be told on how many`);
  }
  const { paid } = state;
  if (paid !== undefined && paid.name === nameOf(operand) && paid.per <= bytesPerWeight) {
    state.paid = undefined;
    return;
  }
  walk.countWork(state, Math.ceil((length * instructionsPerWeight) / bytesPerWeight));
}

function grow(walk: Walk, state: State): void {
  const [, by] = walk.popMany(2) as [Value, Value];
  const { growth } = state;
  if (growth?.table !== walk.ins.first || by.kind === "any" || !sameValue(growth.by, by)) {
    walk.refuse("growth", "table.grow without table_grow's leave for this table and this number");
  }
  state.growth = undefined;
  walk.pushUnknown(1);
}
