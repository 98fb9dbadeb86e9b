// A process: its arguments, its environment and its file descriptors. The file system is nothing of its own. There is
// one so far, the program above this kernel.

import { FileType, Right, Wasi } from "./abi";
import { allocate, release } from "./memory";
import { dropReference, OpenFile } from "./open-file";

/** Descriptors of a process at most. */
export const DESCRIPTORS_MAX: u32 = 4096;
const DESCRIPTORS_FIRST: u32 = 16;

/** Strings one behind the other, each with a NUL behind it. */
@unmanaged
export class Strings {
  at: usize;
  bytes: u32;
  count: u32;
}

@unmanaged
export class Process {
  arguments: Strings;
  environment: Strings;
  /** A table of `capacity` OpenFiles; 0: the descriptor is free. */
  files: usize;
  capacity: u32;
  /** No descriptor below it is free. */
  lowestFree: u32;
}

/** The process that runs. */
export let current: Process = changetype<Process>(0);

/** False: there is no memory for it. */
export function makeProcess(): bool {
  const at = allocate(offsetof<Process>());
  const first = allocate(offsetof<Strings>());
  const second = allocate(offsetof<Strings>());
  const files = allocate(DESCRIPTORS_FIRST << 2);
  if (at == 0 || first == 0 || second == 0 || files == 0) return false;
  current = changetype<Process>(at);
  current.arguments = changetype<Strings>(first);
  current.environment = changetype<Strings>(second);
  current.files = files;
  current.capacity = DESCRIPTORS_FIRST;
  return true;
}

/** What `wanted` returned when it was not Success. */
export let refusal: Wasi = Wasi.Success;

/** The open file of a descriptor; 0: there is none. */
export function fileAt(descriptor: u32): usize {
  return descriptor < current.capacity ? load<usize>(current.files + (descriptor << 2)) : 0;
}

/** The open file of a descriptor that has all of `rights`; null: `refusal` says why not. */
export function wanted(descriptor: u32, rights: u64): OpenFile | null {
  const at = fileAt(descriptor);
  if (at == 0) {
    refusal = Wasi.Badf;
    return null;
  }
  const file = changetype<OpenFile>(at);
  const missing = rights & ~file.rights;
  if (missing == 0) return file;
  const directory = file.type == FileType.Directory;
  if (directory && (missing & (Right.FdRead | Right.FdWrite)) != 0) refusal = Wasi.Isdir;
  else if (!directory && (missing & Right.Directory & ~Right.File) != 0) refusal = Wasi.Notdir;
  else refusal = Wasi.Notcapable;
  return null;
}

/** The lowest descriptor that is free; -1: there are as many as there may be, or no memory for more. */
export function freeDescriptor(): i32 {
  const process = current;
  let descriptor = process.lowestFree;
  while (descriptor < process.capacity && load<u32>(process.files + (descriptor << 2)) != 0) descriptor++;
  process.lowestFree = descriptor;
  if (descriptor < process.capacity) return descriptor;
  const capacity = process.capacity << 1;
  if (capacity > DESCRIPTORS_MAX) return -1;
  const files = allocate(capacity << 2);
  if (files == 0) return -1;
  memory.copy(files, process.files, process.capacity << 2);
  release(process.files, process.capacity << 2);
  process.files = files;
  process.capacity = capacity;
  return descriptor;
}

/** Makes a free descriptor stand for `file`. */
export function install(descriptor: u32, file: OpenFile): void {
  store<u32>(current.files + (descriptor << 2), changetype<usize>(file));
  file.references++;
}

/** Makes a descriptor, that stands for something, free. */
export function closeDescriptor(descriptor: u32): void {
  const slot = current.files + (descriptor << 2);
  const file = changetype<OpenFile>(load<u32>(slot));
  store<u32>(slot, 0);
  if (descriptor < current.lowestFree) current.lowestFree = descriptor;
  dropReference(file);
}

/** Makes `to` stand for what `from` stands for, and `from` free. Both stand for something. */
export function moveDescriptor(from: u32, to: u32): void {
  if (from == to) return;
  const source = current.files + (from << 2);
  const target = current.files + (to << 2);
  const replaced = changetype<OpenFile>(load<u32>(target));
  store<u32>(target, load<u32>(source));
  store<u32>(source, 0);
  if (from < current.lowestFree) current.lowestFree = from;
  dropReference(replaced);
}
