import { WasmvisorError } from "../base/errors.js";
import { cellsOf, type ResumePointKind } from "../core/maps.js";
import type { Runtime } from "./runtime.js";
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
  /** Index in the original module. */
  readonly functionIndex: number;
  readonly functionName: string | undefined;
  readonly kind: ResumePointKind;
  /** Where it goes on, in the original module, in bytes from its start. */
  readonly byteOffset: number;
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
    const number = Number(header >> 32n);
    const gid = Number(header & 0xffff_ffffn);
    if (number === 0) continue; // A wait: the runtime's own.
    const owner = runtime.instance(number);
    const point = owner?.image.maps()?.resumePoints[gid];
    if (owner === undefined || point === undefined) {
      throw new WasmvisorError(
        `A frame is of instance ${number}, of which the original module is not at hand`,
      );
    }
    const count = point.slots.reduce((sum, { type }) => sum + cellsOf(type), 0);
    if (count > top) throw new WasmvisorError(`The image ends inside the frame with header ${header}`);
    top -= count;
    let next = top;
    const values = point.slots.map(({ slot, type }) => {
      const from = next;
      next += cellsOf(type);
      return { slot, type, cells: [...cells.subarray(from, next)] };
    });
    frames.push({
      instance: number,
      functionIndex: point.functionIndex,
      functionName: owner.image.functionName(point.functionIndex),
      kind: point.kind,
      byteOffset: point.byteOffset,
      values,
    });
  }
  return frames;
}
