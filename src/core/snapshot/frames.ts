// Frames by what they mean: function, place and values of the original module, so that they outlive the numbers and
// layouts of one version of the translator. In core memory they are cells (docs/translator.md, section 5).

import { Hypercall } from "../../abi.js";
import { SnapshotError } from "../../base/errors.js";
import { type BulkPoint, bulkSlots, cellsOf, FIRST_BULK_GID, type FrameSlot, type Maps } from "../maps.js";
import type { ByteWriter } from "./byte-writer.js";
import type { SectionReader } from "./section-reader.js";

/** Value types whose cells are in frames; references are kept apart. */
const REFERENCES = [0x70, 0x6f];
/** Slots from here on are parts of exceptions: without them a frame cannot go on. */
const FIRST_SPECIAL_SLOT = 2 * 65_536;

/** Headers of frames of the core itself, all of instance 0. */
enum CoreHeader {
  Done = 1,
  Retry = 2,
  Marker = 3,
}
/** Cells below each of these headers. */
const coreCells: Record<CoreHeader, number> = {
  [CoreHeader.Done]: 1,
  [CoreHeader.Retry]: 6,
  [CoreHeader.Marker]: 2,
};

enum Kind {
  Core = 0,
  Point = 1,
  Bulk = 2,
}
const pointKinds = ["entry", "loop", "call"] as const;

/** The maps of the instance of a number; undefined when there is no such instance. */
export type MapsOf = (instance: number) => Maps | undefined;

/** Writes the frames of one stack, the outermost first. `cells`: as in core memory, the outermost header last. */
export function writeFrames(writer: ByteWriter, cells: BigUint64Array, mapsOf: MapsOf): void {
  let top = cells.length;
  let count = 0;
  const starts: { header: bigint; first: number; slots: readonly FrameSlot[] | undefined }[] = [];
  while (top > 0) {
    const header = cells[--top]!;
    const slots = header >> 32n === 0n ? undefined : slotsOf(header, mapsOf);
    const size = slots === undefined ? coreCells[Number(header) as CoreHeader] : cellCount(slots);
    if (size === undefined || size > top)
      throw new SnapshotError(`the stack has a frame ${header} that is unknown`);
    top -= size;
    starts.push({ header, first: top, slots });
    count += 1;
  }
  writer.unsigned(count);
  for (const { header, first, slots } of starts) {
    if (slots === undefined) {
      writer.byte(Kind.Core);
      writer.byte(Number(header));
      for (let i = 0; i < coreCells[Number(header) as CoreHeader]; i++) writer.cell(cells[first + i]!);
      continue;
    }
    writePoint(writer, Number(header >> 32n), Number(header & 0xffff_ffffn), mapsOf);
    writer.unsigned(slots.length);
    let next = first;
    for (const { slot, type } of slots) {
      writer.unsigned(slot);
      writer.byte(type);
      for (let i = cellsOf(type); i > 0; i--) writer.cell(cells[next++]!);
    }
  }
}

function writePoint(writer: ByteWriter, instance: number, gid: number, mapsOf: MapsOf): void {
  const maps = mapsOf(instance)!;
  const bulk = maps.bulkPoints[gid - FIRST_BULK_GID];
  if (bulk !== undefined) {
    writer.byte(Kind.Bulk);
    writer.unsigned(instance);
    writer.unsigned(bulk.operation);
    for (const immediate of bulk.immediates) writer.unsigned(immediate);
    return;
  }
  const point = maps.resumePoints[gid]!;
  writer.byte(Kind.Point);
  writer.unsigned(instance);
  writer.unsigned(point.functionIndex);
  writer.byte(pointKinds.indexOf(point.kind));
  writer.unsigned(point.byteOffset);
  let ordinal = 0;
  while (isSamePlace(maps, gid - ordinal - 1, gid)) ordinal += 1;
  writer.unsigned(ordinal);
}

/** Whether two neighbouring resume points are at one place of the original, as those of one instruction may be. */
function isSamePlace(maps: Maps, one: number, other: number): boolean {
  const [a, b] = [maps.resumePoints[one], maps.resumePoints[other]];
  return a?.functionIndex === b?.functionIndex && a?.kind === b?.kind && a?.byteOffset === b?.byteOffset;
}

/** Reads what writeFrames() wrote, as cells for this version's layout. Throws a SnapshotError. */
export function readFrames(reader: SectionReader, mapsOf: MapsOf): BigUint64Array {
  const frames: bigint[][] = [];
  for (let left = reader.count(); left > 0; left--) {
    const kind = reader.byte();
    if (kind === Kind.Core) frames.push(readCoreFrame(reader));
    else if (kind === Kind.Point || kind === Kind.Bulk) frames.push(readGuestFrame(reader, kind, mapsOf));
    else reader.refuse(`a frame is of the unknown kind ${kind}`);
  }
  const cells = new BigUint64Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  let next = 0;
  for (const frame of frames.reverse()) {
    cells.set(frame, next);
    next += frame.length;
  }
  return cells;
}

function readCoreFrame(reader: SectionReader): bigint[] {
  const header = reader.byte() as CoreHeader;
  const size = coreCells[header];
  if (size === undefined) reader.refuse(`a frame of the core has the unknown header ${header}`);
  const frame: bigint[] = [];
  for (let i = 0; i < size; i++) frame.push(reader.cell());
  if (header === CoreHeader.Retry && Hypercall[Number(frame[5])] === undefined) {
    reader.refuse(`a frame is of hypercall ${frame[5]}, that this version does not have`);
  }
  frame.push(BigInt(header));
  return frame;
}

function readGuestFrame(reader: SectionReader, kind: Kind, mapsOf: MapsOf): bigint[] {
  const instance = reader.unsigned();
  const maps = mapsOf(instance);
  if (maps === undefined) reader.refuse(`a frame is of instance ${instance}, that there is not`);
  const gid = kind === Kind.Bulk ? readBulk(reader, maps!) : readPoint(reader, maps!);
  // A frame that many call sites share has one slot for each type that an operand of that depth has at any of them.
  const saved = new Map<string, bigint[]>();
  const savedReferences: number[] = [];
  for (let left = reader.count(); left > 0; left--) {
    const slot = reader.unsigned();
    const type = reader.byte();
    if (REFERENCES.includes(type)) savedReferences.push(slot);
    const cells: bigint[] = [];
    for (let i = cellsOf(type); i > 0; i--) cells.push(reader.cell());
    saved.set(`${slot}:${type}`, cells);
  }
  const layout = slotsOfGid(maps!, gid);
  for (const key of saved.keys()) {
    const slot = Number.parseInt(key, 10);
    if (slot < FIRST_SPECIAL_SLOT || layout.some((one) => one.slot === slot)) continue;
    reader.refuse(
      `a frame of instance ${instance} has a value of slot ${slot}, for which this version has no place`,
    );
  }
  const frame: bigint[] = [];
  const references: number[] = [];
  for (const { slot, type } of layout) {
    if (REFERENCES.includes(type)) references.push(slot);
    const value = saved.get(`${slot}:${type}`);
    if (value !== undefined) {
      frame.push(...value);
      continue;
    }
    if (slot >= FIRST_SPECIAL_SLOT) {
      reader.refuse(`a frame of instance ${instance} lacks the value of slot ${slot}`);
    }
    // The version that saved it found that the local is never read again, or that the operand is another call site's.
    for (let i = cellsOf(type); i > 0; i--) frame.push(0n);
  }
  if (references.join() !== savedReferences.join()) {
    reader.refuse("a frame holds other references than this version of the translator keeps there");
  }
  frame.push((BigInt(instance) << 32n) | BigInt(gid));
  return frame;
}

function readBulk(reader: SectionReader, maps: Maps): number {
  const operation = reader.unsigned();
  const immediates = [reader.unsigned(), reader.unsigned()];
  const found = maps.bulkPoints.findIndex(
    (point) => point.operation === operation && point.immediates.join() === immediates.join(),
  );
  if (found < 0) reader.refuse(`a frame is of a bulk operation ${operation} that the module does not have`);
  return FIRST_BULK_GID + found;
}

function readPoint(reader: SectionReader, maps: Maps): number {
  const functionIndex = reader.unsigned();
  const kind = reader.byte();
  const byteOffset = reader.unsigned();
  const ordinal = reader.unsigned();
  const first = placesOf(maps).get(`${functionIndex}:${pointKinds[kind]}:${byteOffset}`);
  if (first === undefined || !isSamePlace(maps, first, first + ordinal)) {
    const place = `function ${functionIndex}, byte 0x${byteOffset.toString(16)}`;
    reader.refuse(`a frame is at ${place}, where the module cannot be resumed`);
  }
  return first! + ordinal;
}

const places = new WeakMap<Maps, ReadonlyMap<string, number>>();

/** The first resume point at each place. */
function placesOf(maps: Maps): ReadonlyMap<string, number> {
  const known = places.get(maps);
  if (known !== undefined) return known;
  const found = new Map<string, number>();
  for (const [gid, { functionIndex, kind, byteOffset }] of maps.resumePoints.entries()) {
    const place = `${functionIndex}:${kind}:${byteOffset}`;
    if (!found.has(place)) found.set(place, gid);
  }
  places.set(maps, found);
  return found;
}

function slotsOf(header: bigint, mapsOf: MapsOf): readonly FrameSlot[] {
  const maps = mapsOf(Number(header >> 32n));
  if (maps === undefined)
    throw new SnapshotError(`a frame is of instance ${header >> 32n}, that there is not`);
  return slotsOfGid(maps, Number(header & 0xffff_ffffn));
}

function slotsOfGid(maps: Maps, gid: number): readonly FrameSlot[] {
  const bulk: BulkPoint | undefined = maps.bulkPoints[gid - FIRST_BULK_GID];
  if (bulk !== undefined) return bulkSlots(bulk);
  const point = maps.resumePoints[gid];
  if (point === undefined) throw new SnapshotError(`a frame has the resume point ${gid}, that there is not`);
  return point.slots;
}

function cellCount(slots: readonly FrameSlot[]): number {
  return slots.reduce((sum, { type }) => sum + cellsOf(type), 0);
}
