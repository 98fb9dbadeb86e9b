import { Errno } from "../abi/errno";
import { CLOCK_UNITS } from "../abi/hypercall";
import { RANDOM_MAX_BYTES, RANDOM_UNITS, TRACE_EVENT_LIMIT, TraceKind } from "../abi/system";
import { now } from "../object/clock";
import { copyToGuest, inMemory } from "../object/guest";
import { fillRandom } from "../object/random";
import { trace } from "../object/trace";
import { charge } from "../object/unwinding";
import { current, scratch } from "../state/machine";

export function randomBytes(offset: u32, length: u32): i32 {
  const domain = current.domain;
  if (!inMemory(domain, offset, length)) return -Errno.Fault;
  const given = min<u32>(length, RANDOM_MAX_BYTES);
  charge(RANDOM_UNITS);
  fillRandom(domain, scratch, given);
  copyToGuest(domain, offset, scratch, given);
  return given;
}

export function traceEmit(event: u32, a: u32, b: u32): i32 {
  if (event >= <u32>TRACE_EVENT_LIMIT) return -Errno.Inval;
  charge(CLOCK_UNITS);
  now();
  trace(TraceKind.Guest + event, current.domain, a, b);
  return 0;
}
