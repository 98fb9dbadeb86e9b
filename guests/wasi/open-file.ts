// An open file: what a file descriptor stands for. It is a stream of the console, a node of the memory file system, or
// something in a folder of the host.

import { FileType, Right } from "./abi";
import { closeHostFile } from "./host-files";
import { allocate, release } from "./memory";
import { forget, Node } from "./node";

export enum Backing {
  Console = 0,
  Memory = 1,
  Host = 2,
}

@unmanaged
export class OpenFile {
  backing: Backing;
  type: FileType;
  flags: u32;
  rights: u64;
  /** What files opened by way of this directory may have. */
  inheriting: u64;
  /** How many descriptors stand for it. */
  references: u32;
  offset: u64;

  /** Console: 0, 1 or 2. */
  stream: u32;

  /** Memory. */
  node: Node;

  /** Host: the folder, the path in it (a block; 0: it is empty), and what the host calls it. */
  folder: u32;
  path: usize;
  pathLength: u32;
  handle: u64;

  /** The name of a directory that was open from the start. */
  preopenName: usize;
  preopenLength: u32;
}

/** An open file that no descriptor stands for yet; null when there is no memory for it. */
export function makeOpenFile(backing: Backing, type: FileType): OpenFile | null {
  const at = allocate(offsetof<OpenFile>());
  if (at == 0) return null;
  const file = changetype<OpenFile>(at);
  file.backing = backing;
  file.type = type;
  return file;
}

/** Gives an open file those of the rights that mean something for its type. */
export function limitRights(file: OpenFile, rights: u64, inheriting: u64): void {
  const directory = file.type == FileType.Directory;
  file.rights = rights & (directory ? Right.Directory : file.backing == Backing.Console ? Right.Stream : Right.File);
  file.inheriting = directory ? inheriting & Right.All : 0;
}

/** One descriptor less stands for it: the last one closes it. */
export function dropReference(file: OpenFile): void {
  if (--file.references != 0) return;
  if (file.backing == Backing.Memory) {
    file.node.opens--;
    forget(file.node);
  } else if (file.backing == Backing.Host) {
    closeHostFile(file.folder, file.handle);
    if (file.path != 0) release(file.path, file.pathLength);
  }
  release(changetype<usize>(file), offsetof<OpenFile>());
}
