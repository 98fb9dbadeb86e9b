// What the kernel is told at its start, in the command line of its domain: strings, each with a NUL behind it, and the first
// byte of each says what it is (src/toolstack/wasi.ts writes them).
//
//   a TEXT   an argument of the program, its own name first
//   e TEXT   a variable of its environment: NAME=VALUE
//   d PATH   a folder of the host, under the name that the program finds it by; numbered from 0 on
//   t DIGITS which of the streams 0, 1, 2 are terminals

import { START_INFO_BYTES, StartInfo } from "../../assembly/abi/start-info";
import { startInfo } from "../lib/as/hv";
import { FileType, Right } from "./abi";
import { Entry, find, link, makeDirectory } from "./directory";
import { allocate, release } from "./memory";
import { Node } from "./node";
import { Backing, limitRights, makeOpenFile, OpenFile } from "./open-file";
import { current, freeDescriptor, install, makeProcess, Strings } from "./process";

const ARGUMENT: u32 = 0x61;
const VARIABLE: u32 = 0x65;
const FOLDER: u32 = 0x64;
const TERMINALS: u32 = 0x74;
const SLASH: u32 = 0x2f;

const fields = memory.data(28, 4);
const rootName = memory.data<u8>([0x2f]);
/** What programs take for granted. */
const temporaryName = memory.data<u8>([0x74, 0x6d, 0x70]);

/** Makes the process and the root of the file system. False: there is no memory for them. */
export function begin(): bool {
  if (!makeProcess()) return false;
  startInfo(fields, START_INFO_BYTES);
  const length = load<u32>(fields + StartInfo.CommandLineLength);
  const before = START_INFO_BYTES + load<u32>(fields + StartInfo.NameLength);
  const block = allocate(before + length);
  if (block == 0) return false;
  startInfo(block, before + length);
  const text = block + before;
  const done = readStrings(text, text + length);
  release(block, before + length);
  return done;
}

function readStrings(text: usize, end: usize): bool {
  let terminals: u32 = 0;
  for (let at = text; at < end; at = next(at, end)) {
    if (load<u8>(at) == TERMINALS) terminals = terminalsOf(at + 1, end);
  }
  for (let stream: u32 = 0; stream < 3; stream++) {
    if (!openStream(stream, (terminals & (1 << stream)) != 0)) return false;
  }
  const root = makeDirectory(null);
  if (root === null) return false;
  root.links = 1;
  let folders: u32 = 0;
  let rooted = false;
  for (let at = text; at < end; at = next(at, end)) {
    if (load<u8>(at) != FOLDER) continue;
    const name = at + 1;
    const length = <u32>(next(at, end) - 1 - name);
    if (length == 1 && load<u8>(name) == SLASH) rooted = true;
    if (!openFolder(root, folders++, name, length)) return false;
  }
  if (directoryIn(root, temporaryName, 3) === null || (!rooted && !openRoot(root))) return false;
  return (
    collect(current.arguments, ARGUMENT, text, end) && collect(current.environment, VARIABLE, text, end)
  );
}

/** The string behind that at `at`. */
function next(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) != 0) at++;
  return at + 1;
}

function terminalsOf(at: usize, end: usize): u32 {
  let streams: u32 = 0;
  for (; at < end && load<u8>(at) != 0; at++) streams |= 1 << (load<u8>(at) & 7);
  return streams;
}

/** Puts all strings of one kind behind each other. */
function collect(strings: Strings, kind: u32, text: usize, end: usize): bool {
  for (let at = text; at < end; at = next(at, end)) {
    if (load<u8>(at) != kind) continue;
    strings.count++;
    strings.bytes += <u32>(next(at, end) - at - 1);
  }
  strings.at = allocate(max<u32>(strings.bytes, 1));
  if (strings.at == 0) return false;
  let to = strings.at;
  for (let at = text; at < end; at = next(at, end)) {
    if (load<u8>(at) != kind) continue;
    const length = next(at, end) - at - 2;
    memory.copy(to, at + 1, length);
    to += length + 1;
  }
  return true;
}

function openStream(stream: u32, terminal: bool): bool {
  const file = makeOpenFile(Backing.Console, terminal ? FileType.CharacterDevice : FileType.Unknown);
  if (file === null) return false;
  file.stream = stream;
  limitRights(file, Right.Stream & ~(stream == 0 ? Right.FdWrite : Right.FdRead), 0);
  install(freeDescriptor(), file);
  return true;
}

/** The memory file system, as `/`. */
function openRoot(root: Node): bool {
  const file = makeOpenFile(Backing.Memory, FileType.Directory);
  if (file === null) return false;
  file.node = root;
  root.opens++;
  file.preopenName = rootName;
  file.preopenLength = 1;
  return openFromStart(file);
}

/** A folder of the host, that is also at its place in the memory file system when its name is absolute. */
function openFolder(root: Node, folder: u32, name: usize, length: u32): bool {
  const file = makeOpenFile(Backing.Host, FileType.Directory);
  const copy = allocate(max<u32>(length, 1));
  if (file === null || copy == 0) return false;
  memory.copy(copy, name, length);
  file.folder = folder;
  file.preopenName = copy;
  file.preopenLength = length;
  if (!openFromStart(file)) return false;
  return length == 0 || load<u8>(name) != SLASH || place(root, folder, name, name + length);
}

function openFromStart(file: OpenFile): bool {
  limitRights(file, Right.All, Right.All);
  const descriptor = freeDescriptor();
  if (descriptor < 0) return false;
  install(descriptor, file);
  return true;
}

/** Makes the directories of an absolute name; the last one stands for the folder. */
function place(root: Node, folder: u32, from: usize, end: usize): bool {
  let at = root;
  while (true) {
    while (from < end && load<u8>(from) == SLASH) from++;
    if (from == end) break;
    const name = from;
    while (from < end && load<u8>(from) != SLASH) from++;
    const length = <u32>(from - name);
    const node = directoryIn(at, name, length);
    if (node === null) return false;
    at = node;
  }
  if (at !== root) at.folder = folder + 1;
  return true;
}

function directoryIn(directory: Node, name: usize, length: u32): Node | null {
  const found = find(directory, name, length);
  if (found != 0) return changetype<Entry>(found).node;
  const node = makeDirectory(directory);
  if (node === null || link(directory, name, length, node) != 0) return null;
  return node;
}
