import { WasmvisorError } from "../base/errors.js";
import { bulkSlots, cellsOf, FIRST_BULK_GID, type FrameSlot, type ResumePointKind } from "../core/maps.js";
import type { Guest, Runtime } from "./runtime.js";
import type { StackImage } from "./stack-image.js";

/** One value that a frame keeps. */
export interface FrameValue {
  /** The local or the operand that it is; see FrameSlot. */
  readonly slot: number;
  /** Type byte of the binary format. */
  readonly type: number;
  /** The bits, zero-extended, low lane first; empty for references, which the image holds apart. */
  readonly cells: readonly bigint[];
}

/** One frame of a suspended stack, in terms of the original module. */
export interface Frame {
  /** Number of its instance. */
  readonly instance: number;
  /** Index in the original module; undefined for a bulk operation, that stopped between two pieces. */
  readonly functionIndex: number | undefined;
  readonly functionName: string | undefined;
  readonly kind: ResumePointKind | "bulk";
  /** Where it goes on, in the original module, in bytes from its start. */
  readonly byteOffset: number | undefined;
  readonly values: readonly FrameValue[];
}

/**
 * Reads the frames of an image, the outermost first. Needs the original bytes of the modules: throws a
 * WasmvisorError when an instance is gone or was made from a translated module.
 */
export function describeFrames(runtime: Runtime, image: StackImage): Frame[] {
  const frames: Frame[] = [];
  const { cells } = image;
  let top = cells.length;
  while (top > 0) {
    const header = cells[--top]!;
    const instance = Number(header >> 32n);
    if (instance === 0) continue; // A wait: the runtime's own.
    const owner = runtime.instance(instance);
    const point = owner && pointOf(owner, Number(header & 0xffff_ffffn));
    if (point === undefined) {
      throw new WasmvisorError(
        `A frame is of instance ${instance}, of which the original module is not at hand`,
      );
    }
    const { slots, ...place } = point;
    const count = slots.reduce((sum, { type }) => sum + cellsOf(type), 0);
    if (count > top) throw new WasmvisorError(`The image ends inside the frame with header ${header}`);
    top -= count;
    let next = top;
    const values = slots.map(({ slot, type }) => {
      const from = next;
      next += cellsOf(type);
      return { slot, type, cells: [...cells.subarray(from, next)] };
    });
    frames.push({ instance, ...place, values });
  }
  return frames;
}

type Place = Omit<Frame, "instance" | "values"> & { readonly slots: readonly FrameSlot[] };

function pointOf(owner: Guest, gid: number): Place | undefined {
  const maps = owner.image.maps();
  const bulk = maps?.bulkPoints[gid - FIRST_BULK_GID];
  if (bulk !== undefined) {
    const nowhere = { functionIndex: undefined, functionName: undefined, byteOffset: undefined };
    return { ...nowhere, kind: "bulk", slots: bulkSlots(bulk) };
  }
  const point = maps?.resumePoints[gid];
  return point && { ...point, functionName: owner.image.functionName(point.functionIndex) };
}
