// Directories of the memory file system. An entry is in two lists: of its directory, in the order in which entries were made, by
// which fd_readdir goes on where it was whatever was made or removed since; and of its bucket in the one hash table, by which
// names are found.

import { FileType, Wasi } from "./abi";
import { allocate, BLOCK_BYTES_MAX, release } from "./memory";
import { forget, makeNode, Node, touch } from "./node";

/** Bytes of a name at most. */
export const NAME_BYTES_MAX: u32 = 255;

/** Cookies 0 and 1 are those of `.` and `..`. */
const FIRST_COOKIE: u64 = 2;

/** The name stands behind it. */
@unmanaged
export class Entry {
  directory: Node;
  node: Node;
  previous: usize;
  next: usize;
  /** The next entry of the same bucket. */
  chain: usize;
  hash: u32;
  nameLength: u32;
  cookie: u64;

  @inline
  get name(): usize {
    return changetype<usize>(this) + offsetof<Entry>();
  }
}

let buckets: usize = 0;
let bucketCount: u32 = 0;
let entryCount: u32 = 0;

/** An empty directory; null when there is no memory for it. The topmost one is its own parent. */
export function makeDirectory(parent: Node | null): Node | null {
  const node = makeNode(FileType.Directory);
  if (node === null) return null;
  node.parent = parent === null ? node : parent;
  node.nextCookie = FIRST_COOKIE;
  return node;
}

/** The entry of a name; 0: there is none. */
export function find(directory: Node, name: usize, length: u32): usize {
  if (bucketCount == 0) return 0;
  const hash = hashOf(directory, name, length);
  let at: usize = load<u32>(bucketOf(hash));
  while (at != 0) {
    const entry = changetype<Entry>(at);
    if (
      entry.hash == hash &&
      entry.directory === directory &&
      entry.nameLength == length &&
      memory.compare(entry.name, name, length) == 0
    ) {
      return at;
    }
    at = entry.chain;
  }
  return 0;
}

/** The first entry whose cookie is not below `cookie`; 0: there is none. */
export function entryFrom(directory: Node, cookie: u64): usize {
  let at = directory.first;
  while (at != 0 && changetype<Entry>(at).cookie < cookie) at = changetype<Entry>(at).next;
  return at;
}

/** Names a node; no entry has that name yet. */
export function link(directory: Node, name: usize, length: u32, node: Node): Wasi {
  if (length > NAME_BYTES_MAX) return Wasi.Nametoolong;
  if (directory.links == 0) return Wasi.Noent;
  if (entryCount >= bucketCount && !growBuckets() && bucketCount == 0) return Wasi.Nospc;
  const at = allocate(offsetof<Entry>() + length);
  if (at == 0) return Wasi.Nospc;
  const entry = changetype<Entry>(at);
  entry.directory = directory;
  entry.node = node;
  entry.nameLength = length;
  memory.copy(entry.name, name, length);
  entry.hash = hashOf(directory, name, length);
  entry.cookie = directory.nextCookie++;
  entry.previous = directory.last;
  if (directory.last != 0) changetype<Entry>(directory.last).next = at;
  else directory.first = at;
  directory.last = at;
  putIntoBucket(entry);
  entryCount++;
  node.links++;
  if (node.type == FileType.Directory) node.parent = directory;
  touch(directory);
  node.changedNs = directory.changedNs;
  return Wasi.Success;
}

/** Takes an entry away, and its node with it when nothing else holds it. */
export function unlink(entry: Entry): void {
  const at = changetype<usize>(entry);
  const directory = entry.directory;
  if (entry.previous != 0) changetype<Entry>(entry.previous).next = entry.next;
  else directory.first = entry.next;
  if (entry.next != 0) changetype<Entry>(entry.next).previous = entry.previous;
  else directory.last = entry.previous;
  let slot = bucketOf(entry.hash);
  while (load<usize>(slot) != at) slot = load<usize>(slot) + offsetof<Entry>("chain");
  store<u32>(slot, entry.chain);
  entryCount--;
  const node = entry.node;
  release(at, offsetof<Entry>() + entry.nameLength);
  node.links--;
  touch(directory);
  node.changedNs = directory.changedNs;
  forget(node);
}

@inline
function bucketOf(hash: u32): usize {
  return buckets + ((hash & (bucketCount - 1)) << 2);
}

function putIntoBucket(entry: Entry): void {
  const bucket = bucketOf(entry.hash);
  entry.chain = load<u32>(bucket);
  store<u32>(bucket, changetype<usize>(entry));
}

/** FNV-1a over the directory's number and the name. */
function hashOf(directory: Node, name: usize, length: u32): u32 {
  let hash: u32 = 2166136261 ^ <u32>directory.number;
  hash *= 16777619;
  for (let i: u32 = 0; i < length; i++) hash = (hash ^ load<u8>(name + i)) * 16777619;
  return hash ^ (hash >> 15);
}

/** Twice as many buckets, as long as a block holds them. */
function growBuckets(): bool {
  const count: u32 = bucketCount == 0 ? 256 : bucketCount << 1;
  if (count << 2 > BLOCK_BYTES_MAX) return false;
  const fresh = allocate(count << 2);
  if (fresh == 0) return false;
  const old = buckets;
  const oldCount = bucketCount;
  buckets = fresh;
  bucketCount = count;
  for (let i: u32 = 0; i < oldCount; i++) {
    let at: usize = load<u32>(old + (i << 2));
    while (at != 0) {
      const entry = changetype<Entry>(at);
      at = entry.chain;
      putIntoBucket(entry);
    }
  }
  if (old != 0) release(old, oldCount << 2);
  return true;
}
