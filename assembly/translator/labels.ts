// Nesting of what is written. A label is known by the nesting level at which its block was opened; a branch depth is
// the difference to the present level. Levels begin at 1; 0 is the function itself.

import { Op } from "../wasm/opcodes";
import { out } from "./operands";

export let level: u32 = 0;

export function resetLevel(): void {
  level = 0;
}

/** Opens a block without parameters or results; answers its level. */
@inline export function openBlock(): u32 {
  out.byte2(Op.Block, 0x40);
  return ++level;
}

/** Notes a block that was written by hand. */
@inline export function enter(): u32 {
  return ++level;
}

/** Ends the innermost block, which must be the one of `expected`. */
export function closeLabel(expected: u32): void {
  if (expected != level) unreachable(); // a bug of ours, never an input's
  out.byte(Op.End);
  level--;
}

@inline export function branch(op: u32, to: u32): void {
  out.byte(op);
  out.u32(level - to);
}
