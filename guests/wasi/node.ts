// What the memory file system is made of: nodes, and the bytes of regular files.
//
// A file's bytes lie in pages, under a tree of tables: height 0: `root` is the page, or 0; height 1: a table of
// pages; height 2: a table of tables. A page or table that is not there reads as 0: files may have holes.
// Bytes of a page behind the file's end are always 0.

import { timeWall } from "../lib/as/hv";
import { FileType, Wasi } from "./abi";
import { allocate, release } from "./memory";
import { deliver, fetch } from "./program";

const PAGE_BITS: u32 = 12;
const PAGE_BYTES: u32 = 1 << PAGE_BITS;
const TABLE_BITS: u32 = 10;
const HEIGHT_MAX: u32 = 2;

/** No file is longer. */
export const FILE_BYTES_MAX: u64 = (<u64>1 << (PAGE_BITS + TABLE_BITS * HEIGHT_MAX)) - 1;

@unmanaged
export class Node {
  type: FileType;
  /** How many entries name it; a directory without one was removed. */
  links: u32;
  /** How many open files stand for it. */
  opens: u32;
  /** Unique, never used again. */
  number: u64;
  /** Bytes of a file or of a symbolic link's target. */
  size: u64;
  accessedNs: u64;
  modifiedNs: u64;
  changedNs: u64;

  /** File: the tree of pages. Symbolic link: its target. */
  root: usize;
  height: u32;

  /** Directory: what it is in; the topmost is in itself. */
  parent: Node;
  /** Directory: first and last Entry, in the order in which they were made; see directory.ts. */
  first: usize;
  last: usize;
  /** Directory: the cookie of its next entry. */
  nextCookie: u64;

  /** Directory that stands for a folder of the host: its number plus 1. */
  folder: u32;
}

let lastNumber: u64 = 0;

const timeCell = memory.data(8, 8);

/** The wall clock in ns. */
export function wallNs(): u64 {
  timeWall(timeCell);
  return load<u64>(timeCell);
}

/** A node that nothing names yet; null when there is no memory for it. */
export function makeNode(type: FileType): Node | null {
  const at = allocate(offsetof<Node>());
  if (at == 0) return null;
  const node = changetype<Node>(at);
  node.type = type;
  node.number = ++lastNumber;
  node.accessedNs = wallNs();
  node.modifiedNs = node.accessedNs;
  node.changedNs = node.accessedNs;
  return node;
}

/** Frees a node once nothing names it and nobody has it open. */
export function forget(node: Node): void {
  if (node.links != 0 || node.opens != 0) return;
  if (node.type == FileType.RegularFile) freeTree(node.root, node.height);
  if (node.type == FileType.SymbolicLink) release(node.root, <u32>node.size);
  release(changetype<usize>(node), offsetof<Node>());
}

/** Its bytes changed. */
export function touch(node: Node): void {
  node.modifiedNs = wallNs();
  node.changedNs = node.modifiedNs;
}

/** Copies bytes of a file, all of which it has, to the program. */
export function readFile(node: Node, offset: u64, to: u32, length: u32): Wasi {
  while (length != 0) {
    const within = <u32>offset & (PAGE_BYTES - 1);
    const count = min(length, PAGE_BYTES - within);
    const page = pageOf(node, <u32>(offset >> PAGE_BITS));
    const error = page == 0 ? deliver(to, zeros, count) : deliver(to, page + within, count);
    if (error != 0) return error;
    offset += count;
    to += count;
    length -= count;
  }
  return Wasi.Success;
}

const zeros = memory.data(4096);

/** Copies bytes of the program into a file, which grows with them. Returns how many, fewer than `length` when there is no memory for all. */
export function writeFile(node: Node, offset: u64, from: u32, length: u32): u32 {
  let done: u32 = 0;
  while (done < length) {
    const within = <u32>offset & (PAGE_BYTES - 1);
    const count = min(length - done, PAGE_BYTES - within);
    const page = makePage(node, <u32>(offset >> PAGE_BITS));
    if (page == 0 || fetch(from + done, page + within, count) != 0) break;
    offset += count;
    done += count;
    if (offset > node.size) node.size = offset;
  }
  return done;
}

/** Makes a file longer, by a hole, or shorter. */
export function setSize(node: Node, size: u64): void {
  const old = node.size;
  node.size = size;
  if (size >= old) return;
  const kept = <u32>((size + PAGE_BYTES - 1) >> PAGE_BITS);
  const within = <u32>size & (PAGE_BYTES - 1);
  const page = within != 0 ? pageOf(node, <u32>(size >> PAGE_BITS)) : 0;
  if (page != 0) memory.fill(page + within, 0, PAGE_BYTES - within);
  if (kept == 0) {
    freeTree(node.root, node.height);
    node.root = 0;
    node.height = 0;
  } else {
    freeFrom(node.root, node.height, kept);
  }
}

/** Makes sure that there is memory for a range, which is not empty; the file's length stays. */
export function reserve(node: Node, offset: u64, length: u64): bool {
  const first = <u32>(offset >> PAGE_BITS);
  const last = <u32>((offset + length - 1) >> PAGE_BITS);
  for (let index = first; index <= last; index++) {
    if (makePage(node, index) != 0) continue;
    // Those that were made for this are 0, as a hole is.
    for (let done = first; done < index; done++) makeHole(node, done);
    return false;
  }
  return true;
}

/** Frees a page that is 0 all over. */
function makeHole(node: Node, index: u32): void {
  const page = pageOf(node, index);
  if (page == 0 || memory.compare(page, zeros, PAGE_BYTES) != 0) return;
  release(page, PAGE_BYTES);
  let slot = changetype<usize>(node) + offsetof<Node>("root");
  for (let height = node.height; height != 0; ) {
    height--;
    slot = load<usize>(slot) + slotOf(index, height);
  }
  store<usize>(slot, 0);
}

/** The page of a file at `index`; 0 when it has none there. */
function pageOf(node: Node, index: u32): usize {
  let height = node.height;
  if (index >> (TABLE_BITS * height) != 0) return 0;
  let at = node.root;
  while (height != 0 && at != 0) {
    height--;
    at = load<u32>(at + slotOf(index, height));
  }
  return at;
}

/** The same, made when it was not there; 0 when there is no memory for it. */
function makePage(node: Node, index: u32): usize {
  while (index >> (TABLE_BITS * node.height) != 0) {
    if (node.root != 0) {
      const table = allocate(PAGE_BYTES);
      if (table == 0) return 0;
      store<u32>(table, node.root);
      node.root = table;
    }
    node.height++;
  }
  if (node.root == 0) {
    node.root = allocate(PAGE_BYTES);
    if (node.root == 0) return 0;
  }
  let at = node.root;
  for (let height = node.height; height != 0; ) {
    height--;
    const slot = at + slotOf(index, height);
    at = load<u32>(slot);
    if (at != 0) continue;
    at = allocate(PAGE_BYTES);
    if (at == 0) return 0;
    store<u32>(slot, at);
  }
  return at;
}

/** The offset in a table, whose parts have `height`, of the part that page `index` is in. */
@inline
function slotOf(index: u32, height: u32): u32 {
  return ((index >> (TABLE_BITS * height)) & ((1 << TABLE_BITS) - 1)) << 2;
}

function freeTree(at: usize, height: u32): void {
  if (at == 0) return;
  if (height != 0) {
    for (let slot: u32 = 0; slot < PAGE_BYTES; slot += 4) freeTree(load<u32>(at + slot), height - 1);
  }
  release(at, PAGE_BYTES);
}

/** Frees the pages of a tree from number `kept` on, which is not 0; the tables stay. */
function freeFrom(at: usize, height: u32, kept: u32): void {
  if (at == 0 || height == 0) return;
  const bits = TABLE_BITS * (height - 1);
  for (let index: u32 = kept >> bits; index < 1 << TABLE_BITS; index++) {
    const slot = at + (index << 2);
    const part = load<u32>(slot);
    const below = index << bits;
    if (kept > below) {
      freeFrom(part, height - 1, kept - below);
    } else {
      freeTree(part, height - 1);
      store<u32>(slot, 0);
    }
  }
}
