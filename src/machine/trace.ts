import { TRACE_ENTRY_BYTES, TraceEntry, TraceKind } from "../abi.js";
import type { HypervisorExports } from "../core/hypervisor-exports.js";

export interface TraceEvent {
  /** Number of the event since the machine was booted; the first is 0. */
  readonly index: number;
  /** Machine time. */
  readonly timeNs: number;
  /** "enter", "exit", "switch", ..: see TraceKind in docs/abi.md. */
  readonly kind: string;
  /** Number of a guest's own event. */
  readonly event?: number;
  /** Number of the domain. */
  readonly domain: number;
  /** What they mean depends on the kind. */
  readonly a: number;
  readonly b: number;
}

/** The events that the ring still holds, oldest first. */
export function readTrace(core: HypervisorExports, memory: ArrayBuffer): TraceEvent[] {
  const capacity = core.traceCapacity();
  const count = core.traceCount();
  const view = new DataView(memory, core.traceAt() >>> 0, capacity * TRACE_ENTRY_BYTES);
  const events: TraceEvent[] = [];
  for (let index = Math.max(0, count - capacity); index < count; index++) {
    const at = (index % capacity) * TRACE_ENTRY_BYTES;
    const u32 = (field: TraceEntry) => view.getUint32(at + field, true);
    const kind = u32(TraceEntry.Kind);
    const ofGuest = kind >= TraceKind.Guest;
    events.push({
      index,
      timeNs: Number(view.getBigUint64(at + TraceEntry.TimeNs, true)),
      kind: ofGuest ? "guest" : (TraceKind[kind]?.toLowerCase() ?? `kind ${kind}`),
      ...(ofGuest && { event: kind - TraceKind.Guest }),
      domain: u32(TraceEntry.Domain),
      a: u32(TraceEntry.A),
      b: u32(TraceEntry.B),
    });
  }
  return events;
}
