// From a path of the program to what it names. A path never leads out of the directory that it begins in: neither by being
// absolute, nor by `..`, nor by a symbolic link.
//
// A path is read to the end of a buffer, so that the target of a symbolic link can be put in front of what is left of it.

import { FileType, Wasi } from "./abi";
import { Entry, find } from "./directory";
import { allocate } from "./memory";
import { Node } from "./node";
import { Backing, OpenFile } from "./open-file";
import { fetch, inProgram } from "./program";

/** Bytes of a path at most. */
export const PATH_BYTES_MAX: u32 = 4096;
const LINKS_MAX: u32 = 40;
const SLASH: u32 = 0x2f;
const DOT: u32 = 0x2e;

/** Where a path leads. Calls that take two paths have one of these for each. */
@unmanaged
export class Place {
  /** It is in a folder of the host: then `base`, `path` and `folder` say where. */
  host: bool;

  /** The directory that it is in, and its entry there; 0: there is none of that name, or no name: then it is `directory` itself. */
  directory: Node;
  entry: usize;
  /** Its name, without slashes. */
  name: usize;
  nameLength: u32;
  /** Slashes follow: it must be a directory. */
  trailing: bool;

  folder: u32;
  base: usize;
  baseLength: u32;
  path: usize;
  pathLength: u32;

  /** PATH_BYTES_MAX. */
  buffer: usize;

  /** What it names; null when there is nothing. */
  get node(): Node | null {
    if (this.nameLength == 0) return this.directory;
    return this.entry == 0 ? null : changetype<Entry>(this.entry).node;
  }
}

export let firstPlace: Place = changetype<Place>(0);
export let secondPlace: Place = changetype<Place>(0);

/** False: there is no memory for them. */
export function makePlaces(): bool {
  const first = makePlace();
  const second = makePlace();
  if (first === null || second === null) return false;
  firstPlace = first;
  secondPlace = second;
  return true;
}

function makePlace(): Place | null {
  const at = allocate(offsetof<Place>());
  const buffer = allocate(PATH_BYTES_MAX);
  if (at == 0 || buffer == 0) return null;
  const place = changetype<Place>(at);
  place.buffer = buffer;
  return place;
}

/** Whether a symbolic link that a path ends in is followed. */
export enum Follow {
  Never = 0,
  /** When a slash stands behind it. */
  BeforeSlash = 1,
  Always = 2,
}

/** Reads a path of the program and finds where it leads from `start`, a directory. */
export function walk(place: Place, start: OpenFile, path: u32, length: u32, follow: Follow): Wasi {
  const error = readPath(place, path, length);
  if (error != 0) return error;
  if (load<u8>(place.path) == SLASH) return Wasi.Notcapable;
  if (start.backing == Backing.Host) {
    place.host = true;
    place.folder = start.folder;
    place.base = start.path;
    place.baseLength = start.pathLength;
    return Wasi.Success;
  }
  place.host = false;
  return walkFrom(place, start.node, follow);
}

/** Reads a string of the program that is a path, or the target of a symbolic link, to the end of the buffer. */
export function readPath(place: Place, path: u32, length: u32): Wasi {
  if (!inProgram(path, length)) return Wasi.Fault;
  if (length == 0) return Wasi.Noent;
  if (length > PATH_BYTES_MAX) return Wasi.Nametoolong;
  place.path = place.buffer + PATH_BYTES_MAX - length;
  place.pathLength = length;
  const error = fetch(path, place.path, length);
  if (error != 0) return error;
  return isText(place.path, length) ? Wasi.Success : Wasi.Ilseq;
}

function walkFrom(place: Place, base: Node, follow: Follow): Wasi {
  const end = place.buffer + PATH_BYTES_MAX;
  let at = base;
  let links: u32 = 0;
  let from = place.path;
  while (true) {
    while (from < end && load<u8>(from) == SLASH) from++;
    place.directory = at;
    place.entry = 0;
    place.nameLength = 0;
    place.trailing = true;
    if (from == end) return Wasi.Success;

    const name = from;
    while (from < end && load<u8>(from) != SLASH) from++;
    const length = <u32>(from - name);
    let rest = from;
    while (rest < end && load<u8>(rest) == SLASH) rest++;
    if (length == 1 && load<u8>(name) == DOT) continue;
    if (length == 2 && load<u8>(name) == DOT && load<u8>(name + 1) == DOT) {
      if (at === base) return Wasi.Notcapable;
      at = at.parent;
      continue;
    }

    const found = find(at, name, length);
    const last = rest == end;
    const trailing = from != end;
    const type = found == 0 ? FileType.Unknown : changetype<Entry>(found).node.type;
    if (type == FileType.SymbolicLink && (!last || follow == Follow.Always || (trailing && follow == Follow.BeforeSlash))) {
      if (++links > LINKS_MAX) return Wasi.Loop;
      const link = changetype<Entry>(found).node;
      const bytes = <u32>link.size;
      if (from - place.buffer < bytes) return Wasi.Nametoolong;
      from -= bytes;
      memory.copy(from, link.root, bytes);
      continue;
    }
    if (type == FileType.Directory && changetype<Entry>(found).node.folder != 0) {
      place.host = true;
      place.folder = changetype<Entry>(found).node.folder - 1;
      place.baseLength = 0;
      place.path = rest;
      place.pathLength = <u32>(end - rest);
      return Wasi.Success;
    }
    if (last) {
      place.entry = found;
      place.name = name;
      place.nameLength = length;
      place.trailing = trailing;
      return Wasi.Success;
    }
    if (found == 0) return Wasi.Noent;
    if (type != FileType.Directory) return Wasi.Notdir;
    at = changetype<Entry>(found).node;
  }
}

/** Whether bytes are UTF-8 without a NUL. */
function isText(at: usize, length: u32): bool {
  const end = at + length;
  while (at < end) {
    const byte = <u32>load<u8>(at++);
    if (byte == 0) return false;
    if (byte < 0x80) continue;
    let more: u32 = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    if (byte < 0xc2 || byte > 0xf4 || end - at < more) return false;
    const second = <u32>load<u8>(at);
    if (byte == 0xe0 && second < 0xa0) return false;
    if (byte == 0xed && second > 0x9f) return false;
    if (byte == 0xf0 && second < 0x90) return false;
    if (byte == 0xf4 && second > 0x8f) return false;
    for (; more != 0; more--) {
      if ((load<u8>(at++) & 0xc0) != 0x80) return false;
    }
  }
  return true;
}
