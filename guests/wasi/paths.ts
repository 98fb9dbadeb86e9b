// Calls on paths, but path_open.

import { FileFlag, FileOperation, FileReply, FileRequest } from "../../assembly/abi/files";
import { FILESTAT_BYTES, FileType, Right, SYMLINK_FOLLOW, Wasi } from "./abi";
import { addTimes, deliverNode, deliverReply, setTimes, validTimes } from "./attributes";
import { Entry, link, makeDirectory, unlink } from "./directory";
import { addPart, reply32, replyData, send, setRequest32 } from "./host-files";
import { beginAt, beginChange, change } from "./host-requests";
import { allocate } from "./memory";
import { forget, makeNode, Node } from "./node";
import { refusal, wanted } from "./process";
import { deliver, deliverU32, inProgram } from "./program";
import { renameOpenFiles } from "./renaming";
import { firstPlace, Follow, Place, readPath, secondPlace, walk } from "./walk";

const SLASH: u32 = 0x2f;

function followOf(flags: u32): Follow {
  return (flags & SYMLINK_FOLLOW) != 0 ? Follow.Always : Follow.BeforeSlash;
}

export function path_create_directory(fd: u32, path: u32, length: u32): i32 {
  const start = wanted(fd, Right.PathCreateDirectory);
  if (start === null) return refusal;
  const place = firstPlace;
  let error = walk(place, start, path, length, Follow.Never);
  if (error != 0) return error;
  if (place.host) return place.pathLength == 0 ? Wasi.Exist : change(FileOperation.MakeDirectory, place);
  if (place.node !== null) return Wasi.Exist;
  const node = makeDirectory(place.directory);
  if (node === null) return Wasi.Nospc;
  error = link(place.directory, place.name, place.nameLength, node);
  if (error != 0) forget(node);
  return error;
}

export function path_filestat_get(fd: u32, flags: u32, path: u32, length: u32, result: u32): i32 {
  const start = wanted(fd, Right.PathFilestatGet);
  if (start === null) return refusal;
  if (!inProgram(result, FILESTAT_BYTES)) return Wasi.Fault;
  const place = firstPlace;
  let error = walk(place, start, path, length, followOf(flags));
  if (error != 0) return error;
  if (!place.host) {
    const node = place.node;
    error = presence(place, node);
    return error != 0 ? error : deliverNode(result, node!);
  }
  error = beginAt(FileOperation.Attributes, place, (flags & SYMLINK_FOLLOW) != 0 ? FileFlag.Follow : 0);
  if (error == 0) error = send();
  return error != 0 ? error : deliverReply(result);
}

export function path_filestat_set_times(
  fd: u32,
  flags: u32,
  path: u32,
  length: u32,
  accessedNs: u64,
  modifiedNs: u64,
  which: u32,
): i32 {
  const start = wanted(fd, Right.PathFilestatSetTimes);
  if (start === null) return refusal;
  if (!validTimes(which)) return Wasi.Inval;
  const place = firstPlace;
  let error = walk(place, start, path, length, followOf(flags));
  if (error != 0) return error;
  if (!place.host) {
    const node = place.node;
    error = presence(place, node);
    if (error == 0) setTimes(node!, accessedNs, modifiedNs, which);
    return error;
  }
  error = beginAt(FileOperation.SetTimes, place, 0);
  if (error != 0) return error;
  addTimes((flags & SYMLINK_FOLLOW) != 0 ? FileFlag.Follow : 0, accessedNs, modifiedNs, which);
  return send();
}

/** Whether something is there, and a directory when slashes follow its name. */
function presence(place: Place, node: Node | null): Wasi {
  if (node === null) return Wasi.Noent;
  return place.trailing && node.type != FileType.Directory ? Wasi.Notdir : Wasi.Success;
}

export function path_link(
  oldFd: u32,
  flags: u32,
  oldPath: u32,
  oldLength: u32,
  newFd: u32,
  newPath: u32,
  newLength: u32,
): i32 {
  const oldStart = wanted(oldFd, Right.PathLinkSource);
  if (oldStart === null) return refusal;
  const newStart = wanted(newFd, Right.PathLinkTarget);
  if (newStart === null) return refusal;
  if (flags != 0) return Wasi.Inval;
  const from = firstPlace;
  const to = secondPlace;
  let error = walk(from, oldStart, oldPath, oldLength, Follow.Never);
  if (error == 0) error = walk(to, newStart, newPath, newLength, Follow.Never);
  if (error != 0) return error;
  if (from.host || to.host) return changeBoth(FileOperation.Link, from, to);
  const node = from.node;
  error = presence(from, node);
  if (error != 0) return error;
  if (node!.type == FileType.Directory) return Wasi.Perm;
  if (to.node !== null) return Wasi.Exist;
  if (to.trailing) return Wasi.Noent;
  return link(to.directory, to.name, to.nameLength, node!);
}

/** Link or rename in a folder of the host. */
function changeBoth(operation: FileOperation, from: Place, to: Place): Wasi {
  if (!from.host || !to.host || from.folder != to.folder) return Wasi.Xdev;
  if (to.pathLength == 0) return Wasi.Busy;
  const error = beginChange(operation, from);
  if (error != 0) return error;
  setRequest32(FileRequest.OtherFolder, to.folder);
  addPart(FileRequest.OtherBaseLength, to.base, to.baseLength);
  addPart(FileRequest.OtherPathLength, to.path, to.pathLength);
  return send();
}

export function path_readlink(fd: u32, path: u32, length: u32, buffer: u32, bufferLength: u32, result: u32): i32 {
  const start = wanted(fd, Right.PathReadlink);
  if (start === null) return refusal;
  if (!inProgram(result, 4) || !inProgram(buffer, bufferLength)) return Wasi.Fault;
  const place = firstPlace;
  let error = walk(place, start, path, length, Follow.BeforeSlash);
  if (error != 0) return error;
  if (!place.host) {
    const node = place.node;
    error = presence(place, node);
    if (error != 0) return error;
    if (node!.type != FileType.SymbolicLink) return Wasi.Inval;
    return deliverLink(buffer, bufferLength, node!.root, <u32>node!.size, result);
  }
  error = beginAt(FileOperation.ReadSymbolicLink, place, 0);
  if (error == 0) error = send();
  if (error != 0) return error;
  return deliverLink(buffer, bufferLength, replyData(), reply32(FileReply.DataLength), result);
}

function deliverLink(to: u32, room: u32, from: usize, length: u32, result: u32): Wasi {
  const count = min(room, length);
  const error = deliver(to, from, count);
  return error != 0 ? error : deliverU32(result, count);
}

export function path_remove_directory(fd: u32, path: u32, length: u32): i32 {
  const start = wanted(fd, Right.PathRemoveDirectory);
  if (start === null) return refusal;
  const place = firstPlace;
  const error = walk(place, start, path, length, Follow.Never);
  if (error != 0) return error;
  if (place.host) return change(FileOperation.RemoveDirectory, place);
  const node = place.node;
  if (node === null) return Wasi.Noent;
  if (node.type != FileType.Directory) return Wasi.Notdir;
  if (place.nameLength == 0) return Wasi.Inval;
  if (node.first != 0) return Wasi.Notempty;
  unlink(changetype<Entry>(place.entry));
  return Wasi.Success;
}

export function path_rename(
  oldFd: u32,
  oldPath: u32,
  oldLength: u32,
  newFd: u32,
  newPath: u32,
  newLength: u32,
): i32 {
  const oldStart = wanted(oldFd, Right.PathRenameSource);
  if (oldStart === null) return refusal;
  const newStart = wanted(newFd, Right.PathRenameTarget);
  if (newStart === null) return refusal;
  const from = firstPlace;
  const to = secondPlace;
  let error = walk(from, oldStart, oldPath, oldLength, Follow.Never);
  if (error == 0) error = walk(to, newStart, newPath, newLength, Follow.Never);
  if (error != 0) return error;
  if (!from.host && !to.host) return rename(from, to);
  error = changeBoth(FileOperation.Rename, from, to);
  if (error == 0) renameOpenFiles(from.folder);
  return error;
}

function rename(from: Place, to: Place): Wasi {
  const node = from.node;
  let error = presence(from, node);
  if (error != 0) return error;
  if (from.nameLength == 0 || to.nameLength == 0) return Wasi.Busy;
  const moved = node!;
  const isDirectory = moved.type == FileType.Directory;
  const replaced = to.node;
  if (to.trailing && !isDirectory) return Wasi.Notdir;
  if (isWithin(to.directory, moved)) return Wasi.Inval;
  if (replaced !== null && replaced !== moved && isWithin(from.directory, replaced)) return Wasi.Notempty;
  if (replaced === null) {
    error = link(to.directory, to.name, to.nameLength, moved);
  } else {
    if (replaced === moved) return Wasi.Success;
    if (replaced.type == FileType.Directory) {
      if (!isDirectory) return Wasi.Isdir;
      if (replaced.first != 0) return Wasi.Notempty;
    } else if (isDirectory) {
      return Wasi.Notdir;
    }
    changetype<Entry>(to.entry).node = moved;
    moved.links++;
    if (isDirectory) moved.parent = to.directory;
    replaced.links--;
    forget(replaced);
  }
  if (error == 0) unlink(changetype<Entry>(from.entry));
  return error;
}

/** Whether a directory is another one, or lies somewhere in it. */
function isWithin(directory: Node, other: Node): bool {
  for (let at = directory; at !== other; at = at.parent) {
    if (at.parent === at) return false;
  }
  return true;
}

export function path_symlink(target: u32, targetLength: u32, fd: u32, path: u32, length: u32): i32 {
  const start = wanted(fd, Right.PathSymlink);
  if (start === null) return refusal;
  const text = secondPlace;
  let error = readPath(text, target, targetLength);
  if (error != 0) return error;
  if (load<u8>(text.path) == SLASH) return Wasi.Notcapable;
  const place = firstPlace;
  error = walk(place, start, path, length, Follow.Never);
  if (error != 0) return error;
  if (place.host) {
    error = beginChange(FileOperation.MakeSymbolicLink, place);
    if (error != 0) return error;
    addPart(FileRequest.DataLength, text.path, targetLength);
    return send();
  }
  if (place.node !== null) return Wasi.Exist;
  if (place.trailing) return Wasi.Noent;
  const node = makeNode(FileType.SymbolicLink);
  if (node === null) return Wasi.Nospc;
  const copy = allocate(targetLength);
  if (copy == 0) {
    forget(node);
    return Wasi.Nospc;
  }
  memory.copy(copy, text.path, targetLength);
  node.root = copy;
  node.size = targetLength;
  error = link(place.directory, place.name, place.nameLength, node);
  if (error != 0) forget(node);
  return error;
}

export function path_unlink_file(fd: u32, path: u32, length: u32): i32 {
  const start = wanted(fd, Right.PathUnlinkFile);
  if (start === null) return refusal;
  const place = firstPlace;
  const error = walk(place, start, path, length, Follow.Never);
  if (error != 0) return error;
  if (place.host) return place.pathLength == 0 ? Wasi.Isdir : change(FileOperation.Unlink, place);
  const node = place.node;
  if (node === null) return Wasi.Noent;
  if (node.type == FileType.Directory) return Wasi.Isdir;
  if (place.trailing) return Wasi.Notdir;
  unlink(changetype<Entry>(place.entry));
  return Wasi.Success;
}
