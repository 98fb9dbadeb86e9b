// Machine time, in ns since the machine was booted.
//
// In deterministic mode it is what everybody has spent so far, at one ns for a unit, and what was slept. While a guest
// runs it is ahead of `virtualNs` by what this run has spent; settle() makes that up at the run's end.

import { budget } from "../frame/state";
import { deterministic, granted, virtualNs, wallNs } from "../state/machine";
import { hostNow } from "./host";

/** The last reading in ordinary mode. */
let readNs: f64 = 0;

/** Machine time now. */
export function now(): f64 {
  if (!deterministic) {
    readNs = hostNow();
    return readNs;
  }
  return virtualNs + <f64>(granted - max(budget, 0));
}

/** Machine time when it was last read, which is cheaper; in deterministic mode now. */
export function recent(): f64 {
  return deterministic ? now() : readNs;
}

/** The wall clock now, in ns since 1970. */
export function wallNow(): f64 {
  return wallNs + now();
}

/** A run is over that had `granted` units and has `left` of them yet; negative when it spent more. */
export function settle(left: i32): void {
  if (deterministic) virtualNs += <f64>(granted - left);
  granted = 0;
}

/** Deterministic mode: nobody can run for so long. */
export function advance(ns: f64): void {
  if (deterministic && ns > 0) virtualNs += ns;
}
