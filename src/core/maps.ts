import { ByteReader } from "./byte-reader.js";
import type { Manifest } from "./manifest.js";

export type ResumePointKind = "entry" | "loop" | "call";

/** A long memory.fill, table.copy, .. that stopped between two pieces. */
export interface BulkPoint {
  /** The instruction: 0x100 and the number behind its prefix 0xfc. */
  readonly operation: number;
  /** Its immediates, in their order. */
  readonly immediates: readonly [number, number];
}

/** The gid of the first BulkPoint. */
export const FIRST_BULK_GID = 0x4000_0000;

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
  /** By gid, from FIRST_BULK_GID on. */
  readonly bulkPoints: readonly BulkPoint[];
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
    const pairs = reader.unsigned();
    let output = reader.unsigned();
    let original = 0;
    for (let pair = 0; pair < pairs; pair++) {
      output += reader.unsigned();
      original += reader.signed();
      outputOffsets.push(output);
      originalOffsets.push(original);
    }
    code.set(outputIndex, { functionIndex, outputOffsets, originalOffsets });
  }
  const bulkPoints: BulkPoint[] = [];
  for (let left = reader.unsigned(); left > 0; left--) {
    const operation = reader.unsigned();
    bulkPoints.push({ operation, immediates: [reader.unsigned(), reader.unsigned()] });
  }
  return { resumePoints, bulkPoints, code };
}

/** Slots of a bulk operation's frame: destination, source or value, length; a value that is a reference comes last. */
export function bulkSlots({ operation }: BulkPoint): FrameSlot[] {
  const I32 = 0x7f;
  const TABLE_FILL = 0x111;
  const count = operation === TABLE_FILL ? 2 : 3;
  return Array.from({ length: count }, (_, i) => ({ slot: 2 * i, type: I32 }));
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
