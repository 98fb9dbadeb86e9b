// Where memory.atomic.wait and memory.atomic.notify meet, for all runtimes of this thread. Agents in other threads are
// not woken from here, nor do they wake what sleeps here.
import { WaitRefused } from "../base/errors.js";
import type { Promised } from "./promised.js";

/** What can wait for a notification. */
export interface Sleeper {
  /** When the wait ends by itself, in milliseconds of performance.now(); Infinity: never. */
  deadlineMs: number;
  /** Ends the wait with what the guest's instruction gives: 0 woken, 2 timed out. */
  wake(result: number): void;
  takeWaitResult(): number;
  drop(): void;
}

/** What is on the native stack while a guest runs. */
export interface Caller extends Sleeper {
  /** It unwinds next, and is to go on when `promised` is settled. */
  waitFor(promised: Promised): void;
  takePromised(): unknown;
}

interface Place {
  readonly memory: WebAssembly.Memory;
  readonly address: number;
}

/** By memory and address, the longest waiting first. */
const sleepersAt = new WeakMap<WebAssembly.Memory, Map<number, Sleeper[]>>();
const placeOf = new WeakMap<Sleeper, Place>();

/** Puts `sleeper` to sleep. `timeoutNs` below 0: for ever. */
export function wait(sleeper: Sleeper, memory: WebAssembly.Memory, address: number, timeoutNs: bigint): void {
  placeOf.set(sleeper, { memory, address });
  let byAddress = sleepersAt.get(memory);
  if (byAddress === undefined) {
    byAddress = new Map();
    sleepersAt.set(memory, byAddress);
  }
  const queue = byAddress.get(address);
  if (queue === undefined) byAddress.set(address, [sleeper]);
  else queue.push(sleeper);
  sleeper.deadlineMs =
    timeoutNs < 0n ? Number.POSITIVE_INFINITY : performance.now() + Number(timeoutNs) / 1e6;
}

/** Wakes up to `count` sleepers; returns how many. */
export function notify(memory: WebAssembly.Memory, address: number, count: number): number {
  const woken = sleepersAt.get(memory)?.get(address)?.slice(0, count) ?? [];
  for (const sleeper of woken) end(sleeper, 0);
  return woken.length;
}

/** Ends the wait of `sleeper` as its timeout does. */
export function timeOut(sleeper: Sleeper): void {
  end(sleeper, 2);
}

/** Nobody will wake `sleeper` any more. */
export function forget(sleeper: Sleeper): void {
  const place = placeOf.get(sleeper);
  if (place === undefined) return;
  placeOf.delete(sleeper);
  const byAddress = sleepersAt.get(place.memory);
  const queue = byAddress?.get(place.address);
  queue?.splice(queue.indexOf(sleeper), 1);
  if (queue?.length === 0) byAddress?.delete(place.address);
}

/** Holds the thread until the wait of `sleeper` times out. Throws a WaitRefused when it never would. */
export function sleep(sleeper: Sleeper): void {
  const forMs = sleeper.deadlineMs - performance.now();
  if (forMs === Number.POSITIVE_INFINITY) {
    sleeper.drop();
    const text =
      "The guest waits in a synchronous call for what comes only when JavaScript has returned: use call()";
    throw new WaitRefused(text, () => undefined, undefined);
  }
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.max(forMs, 0));
  } catch {
    // The main thread of a page may not sleep: the caller's loop asks again until it is time.
  }
}

function end(sleeper: Sleeper, result: number): void {
  forget(sleeper);
  sleeper.wake(result);
}
