import { ByteReader } from "./byte-reader.js";
import type { Manifest } from "./manifest.js";

export type ResumePointKind = "entry" | "loop" | "call";

/** One value of a frame: where it belongs in the original function, and its type byte. */
export interface FrameSlot {
  /** 2 * local index, or 2 * operand depth + 1; larger numbers as in section 9 of docs/translator.md. */
  readonly slot: number;
  readonly type: number;
}

/** A place where a function can be suspended, and what its frame then holds, in push order. */
export interface ResumePoint {
  /** Original function index. */
  readonly functionIndex: number;
  readonly kind: ResumePointKind;
  /** In the original module, in bytes from its start. */
  readonly byteOffset: number;
  readonly slots: readonly FrameSlot[];
}

/** Where the instructions of one function of the output come from. */
export interface CodeMap {
  /** Original function index. */
  readonly functionIndex: number;
  /** Ascending; both in bytes from the start of their module. */
  readonly outputOffsets: readonly number[];
  readonly originalOffsets: readonly number[];
}

/** How frames and code of a translated module relate to the original; section 9 of docs/translator.md. */
export interface Maps {
  /** By gid. */
  readonly resumePoints: readonly ResumePoint[];
  /** By function index of the output. */
  readonly code: ReadonlyMap<number, CodeMap>;
}

const kinds: readonly ResumePointKind[] = ["entry", "loop", "call"];

/** Reads the maps that the translator made together with a module of this manifest. */
export function parseMaps(bytes: Uint8Array, manifest: Manifest): Maps {
  const reader = new ByteReader(bytes);
  const resumePoints: ResumePoint[] = [];
  for (let defined = 0; defined < manifest.functions.length; defined++) {
    const functionIndex = manifest.functionImports.length + defined;
    for (let left = reader.unsigned(); left > 0; left--) {
      const kind = kinds[reader.unsigned()] ?? "entry";
      const byteOffset = reader.unsigned();
      const slots: FrameSlot[] = [];
      for (let values = reader.unsigned(); values > 0; values--) {
        const slot = reader.unsigned();
        slots.push({ slot, type: reader.byte() });
      }
      resumePoints.push({ functionIndex, kind, byteOffset, slots });
    }
  }
  const code = new Map<number, CodeMap>();
  for (let left = reader.unsigned(); left > 0; left--) {
    const outputIndex = reader.unsigned();
    const functionIndex = reader.unsigned();
    const outputOffsets: number[] = [];
    const originalOffsets: number[] = [];
    let output = 0;
    let original = 0;
    for (let pairs = reader.unsigned(); pairs > 0; pairs--) {
      output += reader.unsigned();
      original += reader.unsigned();
      outputOffsets.push(output);
      originalOffsets.push(original);
    }
    code.set(outputIndex, { functionIndex, outputOffsets, originalOffsets });
  }
  return { resumePoints, code };
}

/** How many 8-byte cells a value of this type takes in a frame; references take none. */
export function cellsOf(type: number): number {
  if (type === 0x7b) return 2;
  return type >= 0x7c && type <= 0x7f ? 1 : 0;
}

/** The original offset of the instruction at `outputOffset`; undefined when nothing is known about it. */
export function originalOffset(map: CodeMap, outputOffset: number): number | undefined {
  let low = 0;
  let high = map.outputOffsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (map.outputOffsets[middle]! <= outputOffset) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? undefined : map.originalOffsets[low - 1];
}
