// Suspension outside a hypervisor: who runs, where it goes on, and what it may still spend.
//
// A section is pinned while a frame that cannot be saved (one of JS) stands between the root and the guest.
// There a spent safepoint does not unwind: it is granted more, out of the section's bound and of what the
// call may still spend, and goes on at once. `pinned` counts such frames. While no activation runs the
// runtime is idle: that counts as one, so that a direct call from JS is a pinned section from its root.

import { Cause } from "../abi/exit";
import { fail, recordCause } from "./cause";
import {
  beginFresh,
  beginRewinding,
  budget,
  refill,
  REWINDING,
  RUNNING,
  stack,
  state,
  UNWINDING,
} from "./state";
import { clearCells, switchContext } from "./store";

/** Called when a direct call was granted budget: its bound is to be renewed when JS has returned. */
@external("host", "directGrant")
declare function directGrant(): void;

/** More than any budget: integers up to 2^53 are exact in JS. */
const UNBOUNDED: i64 = 1 << 53;
/** The state of an i32 export of leave(). */
const OUTCOME_DONE: i32 = 0;
const OUTCOME_SUSPENDED: i32 = 1;
const OUTCOME_BLOCKED: i32 = 2;

/** How many frames that cannot be saved are on the native stack. */
export let pinned: i32 = 1;
/**
 * What a pinned section began with, set by the shim that begins one (pinned becoming 1), which lets it have
 * `sectionMost` at most; -1 once suspend() has seen it, and `pinnedLeft` holds what is left of the bound.
 */
export let section: i32 = -1;
export let sectionMost: i32 = 0;
/** 1 while no activation runs. */
export let idle: i32 = 1;

let blocked: bool = false;
let carried: i32 = 0;

let stackLimit: i32 = 0;
let quantum: i32 = 1;
let pinnedBound: i64 = 0;

let pinnedLeft: i64 = 0;
let remaining: i64 = UNBOUNDED;
let granted: i64 = 0;

let directContext: usize = 0;
let outerStack: i32 = 0;
let outerPinned: i32 = 1;

/**
 * Sets what holds for the life of the runtime: the stack account of every root call in bytes; how much a
 * pinned section is granted at a time, and may spend in all; the context of direct calls.
 */
export function configure(stackBytes: i32, grant: i32, bound: f64, direct: usize): void {
  stackLimit = stackBytes;
  quantum = grant;
  pinnedBound = <i64>bound;
  sectionMost = <i32>min<i64>(pinnedBound, i32.MAX_VALUE);
  directContext = direct;
  switchContext(direct);
  beIdle();
}

// --- called by guests ---

/** A spent safepoint has saved its frame. 0: unwind on. 1: the state is rewinding, re-enter at once. */
export function suspend(b: i32): i32 {
  if (pinned == 0) {
    state = UNWINDING;
    return 0;
  }
  if (section >= 0) {
    pinnedLeft = pinnedBound - section;
    section = -1;
  }
  const debt = -(<i64>b);
  const allowed = min(pinnedLeft, remaining);
  if (debt > allowed) {
    // JS may catch the trap and go on; the frame just saved, all that the store holds, is nobody's then.
    clearCells();
    fail(pinnedLeft <= remaining ? Cause.PinnedExceeded : Cause.BudgetSpentPinned);
  }
  const wanted = ((debt + quantum - 1) / quantum) * quantum;
  const grant = min(wanted, allowed);
  pinnedLeft -= grant;
  remaining -= grant;
  granted += grant;
  refill = <i32>(grant - debt);
  state = REWINDING;
  if (idle) directGrant();
  return 1;
}

// --- called by the host's shims ---

/** A guest begins to wait: unwinds until the host resumes the context. `b` is kept for it. Returns -1. */
export function block(b: i32): i32 {
  if (pinned != 0) fail(Cause.WaitPinned);
  carried = b;
  blocked = true;
  state = UNWINDING;
  return -1;
}

/** A memory could not grow although its quota allows it, which no program may see; the shim traps next. */
export function hostMemory(): void {
  recordCause(Cause.HostMemory);
}

/** Ends a guest that would have to keep an exception which the host does not know. */
export function refuseException(): void {
  fail(Cause.ExceptionUnknown);
}

// --- called by the host ---

/**
 * Before the root wrapper is called: makes `record` the current context, gives it `left` units at once and
 * lets pinned sections take up to `rest` more. `rewinding`: the context has frames that are to be resumed.
 */
export function enter(record: usize, left: i32, rest: f64, rewinding: i32): void {
  if (!idle) fail(Cause.Protocol);
  outerStack = stack;
  outerPinned = pinned;
  clearCells();
  switchContext(record);
  recordCause(Cause.None);
  idle = 0;
  pinned = 0;
  blocked = false;
  granted = 0;
  remaining = <i64>rest;
  stack = stackLimit;
  if (rewinding) beginRewinding(left);
  else beginFresh(left);
}

/** After the root wrapper returned: 0 it is done, 1 it is suspended, 2 it waits. The runtime is idle again. */
export function leave(): i32 {
  let outcome = OUTCOME_DONE;
  if (budget < 0) {
    outcome = blocked ? OUTCOME_BLOCKED : OUTCOME_SUSPENDED;
    if (!blocked) carried = budget;
  } else {
    carried = budget;
  }
  goIdle();
  return outcome;
}

/** After the root wrapper threw: the frames of its context are void, and the runtime is idle again. */
export function abandon(): void {
  carried = max(budget, 0);
  clearCells();
  goIdle();
}

/** What was left when the last activation left; negative: the debt of its safepoint. */
export function left(): i32 {
  return carried;
}

/** How much pinned sections were granted during the last activation. */
export function grantedPinned(): f64 {
  return <f64>granted;
}

/** Renews the bound of direct calls, when no JS frame called from a guest is on the native stack any more. */
export function renewDirect(): void {
  if (!idle) return;
  beIdle();
}

function goIdle(): void {
  switchContext(directContext);
  beIdle();
  if (outerPinned > 1) {
    pinned = outerPinned;
    stack = outerStack;
  }
}

function beIdle(): void {
  idle = 1;
  state = RUNNING;
  pinned = 1;
  stack = stackLimit;
  budget = quantum;
  pinnedLeft = max(pinnedBound - quantum, 0);
  section = -1;
  remaining = UNBOUNDED;
}
