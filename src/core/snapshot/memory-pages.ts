// A memory in a snapshot: the pages that are not all zeroes, in groups that are compressed one by one, so that neither
// side ever needs much more than the memory itself.
import { SnapshotError } from "../../base/errors.js";
import type { Compression } from "../../base/platform.js";
import type { ByteWriter } from "./byte-writer.js";
import type { SectionReader } from "./section-reader.js";

export const PAGE_BYTES = 65_536;
/** Pages of a group: what is compressed at a time. */
const GROUP_PAGES = 64;
/** What of each page is tried. */
const SAMPLE_BYTES = 1024;
/** So many are unpacked at a time, beside the thread. */
const GROUPS_AT_ONCE = 8;

/** Which pages of `bytes` are not all zeroes. */
function usedPages(bytes: Uint8Array): number[] {
  const used: number[] = [];
  const words = new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.length >> 3);
  const perPage = PAGE_BYTES >> 3;
  for (let page = 0; page * PAGE_BYTES < bytes.length; page++) {
    const end = (page + 1) * perPage;
    for (let i = page * perPage; i < end; i++) {
      if (words[i] !== 0n) {
        used.push(page);
        break;
      }
    }
  }
  return used;
}

/** A copy of the used pages, made at once: the guest may go on while it is compressed. */
export interface MemoryCopy {
  readonly pages: number;
  readonly used: readonly number[];
  readonly content: Uint8Array<ArrayBuffer>;
}

export function copyMemory(memory: WebAssembly.Memory): MemoryCopy {
  const bytes = new Uint8Array(memory.buffer);
  const used = usedPages(bytes);
  const content = new Uint8Array(used.length * PAGE_BYTES);
  for (const [place, page] of used.entries()) {
    content.set(bytes.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES), place * PAGE_BYTES);
  }
  return { pages: bytes.length / PAGE_BYTES, used, content };
}

/** The content of a memory section, behind what its owner wrote into `writer`. */
export async function writeMemory(
  writer: ByteWriter,
  copy: MemoryCopy,
  compression: Compression,
): Promise<void> {
  writer.unsigned(copy.pages);
  const groups: { first: number; stored: Promise<Uint8Array> }[] = [];
  for (let first = 0; first < copy.used.length; first += GROUP_PAGES) {
    const group = copy.content.subarray(first * PAGE_BYTES, (first + GROUP_PAGES) * PAGE_BYTES);
    groups.push({ first, stored: packed(group, compression) });
  }
  writer.unsigned(groups.length);
  for (const { first, stored } of groups) {
    const pages = copy.used.slice(first, first + GROUP_PAGES);
    writer.unsigned(pages.length);
    let before = -1;
    for (const page of pages) {
      writer.unsigned(page - before - 1);
      before = page;
    }
    writer.vector(await stored);
  }
}

/** A group, deflated; as it is when that would not make it shorter, which its length then tells. */
async function packed(group: Uint8Array<ArrayBuffer>, compression: Compression): Promise<Uint8Array> {
  // What is random, encrypted or compressed is found out by a part of each page: to deflate all of it takes long.
  const pages = group.length / PAGE_BYTES;
  const sample = new Uint8Array(pages * SAMPLE_BYTES);
  for (let page = 0; page < pages; page++) {
    sample.set(group.subarray(page * PAGE_BYTES, page * PAGE_BYTES + SAMPLE_BYTES), page * SAMPLE_BYTES);
  }
  if ((await compression.deflate(sample)).length > 0.98 * sample.length) return group;
  const deflated = await compression.deflate(group);
  return deflated.length < group.length ? deflated : group;
}

/** What readMemory() found, checked but not yet unpacked. */
export interface StoredMemory {
  readonly pages: number;
  readonly groups: readonly { readonly pages: readonly number[]; readonly stored: Uint8Array }[];
}

/** Reads a memory section. Throws a SnapshotError when it has more than `maximumPages`, or pages outside of it. */
export function readMemory(reader: SectionReader, maximumPages: number): StoredMemory {
  const pages = reader.unsigned();
  if (pages > maximumPages) {
    reader.refuse(`it has ${pages} pages, but its domain may have ${maximumPages}: give it more memory`);
  }
  const groups: { pages: number[]; stored: Uint8Array }[] = [];
  // No page comes twice: what is unpacked is never more than the memory.
  let last = -1;
  for (let left = reader.count(); left > 0; left--) {
    const numbers: number[] = [];
    let before = -1;
    for (let more = reader.count(GROUP_PAGES); more > 0; more--) {
      before += reader.unsigned() + 1;
      if (before <= last) reader.refuse(`page ${before} comes after page ${last}`);
      last = before;
      if (before >= pages) reader.refuse(`it has a page ${before}, beyond its end`);
      numbers.push(before);
    }
    if (numbers.length === 0) reader.refuse("a group has no pages");
    groups.push({ pages: numbers, stored: reader.vector() });
  }
  reader.end();
  return { pages, groups };
}

/** Puts the pages into a memory that is all zeroes and has as many pages. Rejects with a SnapshotError. */
export async function fillMemory(
  memory: WebAssembly.Memory,
  stored: StoredMemory,
  compression: Compression,
): Promise<void> {
  for (let first = 0; first < stored.groups.length; first += GROUPS_AT_ONCE) {
    const some = stored.groups.slice(first, first + GROUPS_AT_ONCE);
    const unpacked = some.map(async ({ pages, stored: bytes }) => {
      const length = pages.length * PAGE_BYTES;
      return bytes.length === length ? bytes : compression.inflate(bytes, length);
    });
    // All are awaited even when one fails, so that no rejection is left over.
    for (const [index, result] of (await Promise.allSettled(unpacked)).entries()) {
      const { pages } = some[index]!;
      if (result.status === "rejected" || result.value.length !== pages.length * PAGE_BYTES) {
        throw new SnapshotError("section Memory: its pages cannot be unpacked");
      }
      const target = new Uint8Array(memory.buffer);
      for (const [place, page] of pages.entries()) {
        target.set(result.value.subarray(place * PAGE_BYTES, (place + 1) * PAGE_BYTES), page * PAGE_BYTES);
      }
    }
  }
}
