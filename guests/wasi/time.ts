// Clocks, and waiting for several things at once.

import { Runstate, RUNSTATE_BYTES, TIMER_NEVER } from "../../assembly/abi/scheduling";
import { evtchnNext, schedBlock, timeMonotonic, timerSet, vcpuRunstate } from "../lib/as/hv";
import { Clock, CLOCK_ABSOLUTE, EVENT_BYTES, EVENT_HANGUP, EventType, FileType, Right, SUBSCRIPTION_BYTES, Wasi } from "./abi";
import { hasInput, inputAhead } from "./console";
import { wallNs } from "./node";
import { Backing, OpenFile } from "./open-file";
import { refusal, wanted } from "./process";
import { deliver, deliverU32, deliverU64, fetch, inProgram } from "./program";

const SUBSCRIPTIONS_MAX: u32 = 4096;
const NEVER: u64 = i64.MAX_VALUE;

const cell = memory.data(8, 8);
const runstate = memory.data(48, 8);
const subscription = memory.data(48, 8);
const event = memory.data(32, 8);

function monotonicNs(): u64 {
  timeMonotonic(cell);
  return load<u64>(cell);
}

export function clock_res_get(id: u32, result: u32): i32 {
  return id > <u32>Clock.ThreadCpu ? Wasi.Inval : deliverU64(result, 1);
}

export function clock_time_get(id: u32, precision: u64, result: u32): i32 {
  switch (id) {
    case Clock.Realtime:
      return deliverU64(result, wallNs());
    case Clock.Monotonic:
      return deliverU64(result, monotonicNs());
    case Clock.ProcessCpu:
    case Clock.ThreadCpu: {
      vcpuRunstate(runstate);
      return deliverU64(result, load<u64>(runstate + Runstate.RunningNs));
    }
    default:
      return Wasi.Inval;
  }
}

export function poll_oneoff(subscriptions: u32, events: u32, count: u32, result: u32): i32 {
  if (count == 0 || count > SUBSCRIPTIONS_MAX) return Wasi.Inval;
  if (!inProgram(subscriptions, count * SUBSCRIPTION_BYTES)) return Wasi.Fault;
  if (!inProgram(events, count * EVENT_BYTES) || !inProgram(result, 4)) return Wasi.Fault;
  const startNs = monotonicNs();
  const wallAheadNs = wallNs() - startNs;
  while (true) {
    // What becomes pending from here on is found by sched_block.
    while (evtchnNext() >= 0) {}
    const nowNs = monotonicNs();
    let nextNs = NEVER;
    let ready: u32 = 0;
    for (let i: u32 = 0; i < count; i++) {
      let error = fetch(subscriptions + i * SUBSCRIPTION_BYTES, subscription, SUBSCRIPTION_BYTES);
      if (error != 0) return error;
      const type = <u32>load<u8>(subscription, 8);
      if (type == EventType.Clock) {
        if (load<u32>(subscription, 16) > <u32>Clock.Monotonic) return Wasi.Inval;
        const deadlineNs = deadlineOf(startNs, wallAheadNs);
        if (deadlineNs > nowNs) {
          nextNs = min(nextNs, deadlineNs);
          continue;
        }
        putEvent(type, Wasi.Success, 0, 0);
      } else if (type == EventType.FdRead || type == EventType.FdWrite) {
        if (!look(type)) continue;
      } else {
        return Wasi.Inval;
      }
      error = deliver(events + ready * EVENT_BYTES, event, EVENT_BYTES);
      if (error != 0) return error;
      ready++;
    }
    if (ready != 0) {
      timerSet(TIMER_NEVER);
      return deliverU32(result, ready);
    }
    timerSet(nextNs == NEVER ? TIMER_NEVER : nextNs);
    schedBlock();
  }
}

/** When the clock's subscription is due, in monotonic ns. */
function deadlineOf(startNs: u64, wallAheadNs: u64): u64 {
  const timeoutNs = load<u64>(subscription, 24);
  if ((load<u16>(subscription, 40) & CLOCK_ABSOLUTE) == 0) {
    const deadlineNs = startNs + timeoutNs;
    return deadlineNs < startNs || deadlineNs > NEVER ? NEVER : deadlineNs;
  }
  if (load<u32>(subscription, 16) == Clock.Monotonic) return min(timeoutNs, NEVER);
  return timeoutNs <= wallAheadNs ? 0 : min(timeoutNs - wallAheadNs, NEVER);
}

/** Whether the subscribed descriptor is ready, or can't be waited for: then there is an event that says so. */
function look(type: u32): bool {
  const right = Right.PollFdReadwrite | (type == EventType.FdRead ? Right.FdRead : Right.FdWrite);
  const file = wanted(load<u32>(subscription, 16), right);
  if (file === null) {
    putEvent(type, refusal, 0, 0);
    return true;
  }
  if (type == EventType.FdWrite) {
    putEvent(type, Wasi.Success, 1, 0);
    return true;
  }
  if (file.backing == Backing.Console) {
    if (!hasInput()) return false;
    putEvent(type, Wasi.Success, inputAhead(), inputAhead() == 0 ? EVENT_HANGUP : 0);
    return true;
  }
  putEvent(type, Wasi.Success, bytesLeft(file), 0);
  return true;
}

function bytesLeft(file: OpenFile): u64 {
  if (file.backing != Backing.Memory || file.type != FileType.RegularFile) return 1;
  return file.node.size > file.offset ? file.node.size - file.offset : 0;
}

function putEvent(type: u32, error: u32, bytes: u64, flags: u32): void {
  store<u64>(event, load<u64>(subscription));
  store<u16>(event, error, 8);
  store<u32>(event, 0, 12);
  store<u16>(event, type, 10);
  store<u64>(event, bytes, 16);
  store<u64>(event, flags, 24);
}
