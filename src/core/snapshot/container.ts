// The file that a snapshot is: a header, then sections, each with its length and checksum. docs/snapshot-format.md.
import { crc32 } from "../../base/crc32.js";
import { SnapshotError } from "../../base/errors.js";
import { ByteReader } from "../byte-reader.js";
import { ByteWriter } from "./byte-writer.js";

/** "wvsnap", then two bytes that text transfers and truncations spoil. */
const MAGIC = Uint8Array.from([0x77, 0x76, 0x73, 0x6e, 0x61, 0x70, 0x0d, 0x0a]);
/** What this version writes, and reads alone. */
export const FORMAT_VERSION = 1;

/** Numbers of sections; never used again for something else. Readers refuse those that they do not know. */
export enum SectionId {
  End = 0,
  /** What the snapshot is of. */
  Subject = 1,
  Domain = 2,
  Contexts = 3,
  Console = 4,
  Instance = 5,
  Memory = 6,
  Image = 7,
  Call = 8,
}

export interface Section {
  readonly id: SectionId;
  readonly bytes: Uint8Array;
}

/** Sections of one number come in the order in which they are given. */
export function writeContainer(sections: readonly Section[]): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writer.raw(MAGIC);
  writer.unsigned(FORMAT_VERSION);
  for (const { id, bytes } of [...sections, { id: SectionId.End, bytes: new Uint8Array() }]) {
    writer.byte(id);
    writer.unsigned(bytes.length);
    const checksum = checksumOf(id, bytes);
    for (let shift = 0; shift < 32; shift += 8) writer.byte((checksum >>> shift) & 0xff);
    writer.raw(bytes);
  }
  return writer.bytes.slice();
}

/** Throws a SnapshotError that says what is wrong, and at which byte. */
export function readContainer(file: Uint8Array): Section[] {
  if (file.length < MAGIC.length || MAGIC.some((byte, at) => file[at] !== byte)) {
    throw new SnapshotError(
      "it does not begin as a snapshot does: it is another kind of file, or was changed",
      0,
    );
  }
  const reader = new ByteReader(file, MAGIC.length);
  const sections: Section[] = [];
  try {
    const version = reader.unsigned();
    if (version !== FORMAT_VERSION) {
      const text = `its format is ${version}, this version reads ${FORMAT_VERSION}`;
      throw new SnapshotError(text, MAGIC.length);
    }
    for (;;) {
      const at = reader.offset;
      const id = reader.byte();
      const length = reader.unsigned();
      let checksum = 0;
      for (let shift = 0; shift < 32; shift += 8) checksum |= reader.byte() << shift;
      const bytes = reader.take(length);
      if (SectionId[id] === undefined) throw new SnapshotError(`section ${id} is of an unknown kind`, at);
      if (checksumOf(id, bytes) !== checksum) {
        throw new SnapshotError(`section ${SectionId[id]} does not have its checksum: it was damaged`, at);
      }
      if (id === SectionId.End) break;
      sections.push({ id, bytes });
    }
  } catch (error) {
    if (error instanceof SnapshotError) throw error;
    throw new SnapshotError("it ends before its last section does: it was cut off", reader.offset);
  }
  if (!reader.atEnd) throw new SnapshotError("something follows its last section", reader.offset);
  return sections;
}

/** CRC-32 of the number and the content: against damage, not against forgery. */
function checksumOf(id: number, bytes: Uint8Array): number {
  return crc32(bytes, crc32(Uint8Array.of(id)));
}
