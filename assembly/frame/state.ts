// Where a stack is: 0 running; 1 unwinding: every frame saves itself and returns; 2 rewinding: frames take
// themselves back, outermost first. docs/translator.md, section 4, is the protocol seen from a guest.
//
// These are globals of Wasm, so each physical CPU has its own.

import { Cause } from "../abi/exit";
import { fail, recordCause } from "./cause";
import { base, sp } from "./store";

export const RUNNING: i32 = 0;
export const UNWINDING: i32 = 1;
export const REWINDING: i32 = 2;

/** Budget handed over at wrappers, open tables and exceptions; negative: unwinding or rewinding. */
export let budget: i32 = 0;
/** Stack account handed over at wrappers and open tables, in bytes. */
export let stack: i32 = 0;

export let state: i32 = RUNNING;
/** What resume() returns. */
export let refill: i32 = 0;

/** The header of the frame to be taken back next; -1 when not rewinding. */
export function peek(): i64 {
  if (state != REWINDING) return -1;
  if (sp == base) fail(Cause.Protocol);
  return load<i64>(sp - 8);
}

/** The innermost frame is back: returns the budget to go on with. */
export function resume(): i32 {
  state = RUNNING;
  return refill;
}

/** A SLOW copy hands over to its FAST copy, that finds budget `b` when it calls resume(). */
export function handoff(b: i32): void {
  state = REWINDING;
  refill = b;
}

/** The stack account is spent; the guest traps next. */
export function overflow(): void {
  recordCause(Cause.StackOverflow);
}

/** Before an entry point is called for the first time, with `left` units. */
export function beginFresh(left: i32): void {
  state = RUNNING;
  budget = left;
}

/** Before an entry point is called to go on with its frames, with `left` units. */
export function beginRewinding(left: i32): void {
  state = REWINDING;
  refill = left;
  budget = -1;
}
