// path_open.

import { FileFlag, FileOperation, FileReply } from "../../assembly/abi/files";
import { FdFlag, FileType, OpenFlag, Right, SYMLINK_FOLLOW, Wasi } from "./abi";
import { link } from "./directory";
import { closeHostFile, reply32, reply64, replyData, send } from "./host-files";
import { beginAt, openFlags } from "./host-requests";
import { allocate, release } from "./memory";
import { forget, makeNode, Node, setSize, touch } from "./node";
import { Backing, limitRights, makeOpenFile, OpenFile } from "./open-file";
import { freeDescriptor, install, refusal, wanted } from "./process";
import { deliverU32, inProgram } from "./program";
import { firstPlace, Follow, PATH_BYTES_MAX, Place, walk } from "./walk";

export function path_open(
  fd: u32,
  lookup: u32,
  path: u32,
  length: u32,
  open: u32,
  rights: u64,
  inheriting: u64,
  flags: u32,
  result: u32,
): i32 {
  let needed = Right.PathOpen;
  if ((open & OpenFlag.Create) != 0) needed |= Right.PathCreateFile;
  if ((open & OpenFlag.Truncate) != 0) needed |= Right.PathFilestatSetSize;
  const start = wanted(fd, needed);
  if (start === null) return refusal;
  if (!inProgram(result, 4)) return Wasi.Fault;
  if ((open & ~OpenFlag.All) != 0 || (flags & ~FdFlag.All) != 0) return Wasi.Inval;
  const makes = OpenFlag.Create | OpenFlag.Exclusive | OpenFlag.Truncate;
  if ((open & OpenFlag.Directory) != 0 && (open & makes) != 0) return Wasi.Inval;
  rights &= Right.All;
  inheriting &= Right.All;
  if (((rights | inheriting) & ~start.inheriting) != 0) return Wasi.Notcapable;

  const exclusive = (open & OpenFlag.Create) != 0 && (open & OpenFlag.Exclusive) != 0;
  const follow = exclusive ? Follow.Never : (lookup & SYMLINK_FOLLOW) != 0 ? Follow.Always : Follow.BeforeSlash;
  const place = firstPlace;
  const error = walk(place, start, path, length, follow);
  if (error != 0) return error;
  const descriptor = freeDescriptor();
  if (descriptor < 0) return Wasi.Mfile;
  const file = makeOpenFile(place.host ? Backing.Host : Backing.Memory, FileType.Unknown);
  if (file === null) return Wasi.Nfile;
  file.flags = flags;
  const failed = place.host
    ? openHost(file, place, openFlags(rights, flags) | hostFlags(open, follow == Follow.Always))
    : openNode(file, place, open, rights);
  if (failed != 0) {
    release(changetype<usize>(file), offsetof<OpenFile>());
    return failed;
  }
  limitRights(file, rights, inheriting);
  install(descriptor, file);
  return deliverU32(result, descriptor);
}

function openNode(file: OpenFile, place: Place, open: u32, rights: u64): Wasi {
  let node = place.node;
  if (node === null) {
    if ((open & OpenFlag.Create) == 0) return Wasi.Noent;
    if (place.trailing) return Wasi.Isdir;
    node = makeNode(FileType.RegularFile);
    if (node === null) return Wasi.Nospc;
    const error = link(place.directory, place.name, place.nameLength, node);
    if (error != 0) {
      forget(node);
      return error;
    }
  } else {
    const error = mayOpen(node, place, open, rights);
    if (error != 0) return error;
    if ((open & OpenFlag.Truncate) != 0) {
      setSize(node, 0);
      touch(node);
    }
  }
  file.node = node;
  file.type = node.type;
  node.opens++;
  return Wasi.Success;
}

function mayOpen(node: Node, place: Place, open: u32, rights: u64): Wasi {
  if ((open & OpenFlag.Create) != 0 && (open & OpenFlag.Exclusive) != 0) return Wasi.Exist;
  if (node.type == FileType.SymbolicLink) return Wasi.Loop;
  const directory = node.type == FileType.Directory;
  if (directory && ((open & (OpenFlag.Create | OpenFlag.Truncate)) != 0 || (rights & Right.FdWrite) != 0)) return Wasi.Isdir;
  if (!directory && (place.trailing || (open & OpenFlag.Directory) != 0)) return Wasi.Notdir;
  return Wasi.Success;
}

function hostFlags(open: u32, follow: bool): u32 {
  let flags: u32 = follow ? FileFlag.Follow : 0;
  if ((open & OpenFlag.Create) != 0) flags |= FileFlag.Create;
  if ((open & OpenFlag.Exclusive) != 0) flags |= FileFlag.Exclusive;
  if ((open & OpenFlag.Truncate) != 0) flags |= FileFlag.Truncate;
  if ((open & OpenFlag.Directory) != 0) flags |= FileFlag.Directory;
  return flags;
}

function openHost(file: OpenFile, place: Place, flags: u32): Wasi {
  let error = beginAt(FileOperation.Open, place, flags);
  if (error == 0) error = send();
  if (error != 0) return error;
  file.folder = place.folder;
  file.handle = reply64(FileReply.Handle);
  file.type = reply32(FileReply.Type);
  file.pathLength = reply32(FileReply.DataLength);
  if (file.pathLength == 0) return Wasi.Success;
  error = file.pathLength > PATH_BYTES_MAX ? Wasi.Nametoolong : Wasi.Success;
  if (error == 0) {
    file.path = allocate(file.pathLength);
    if (file.path == 0) error = Wasi.Nfile;
  }
  if (error != 0) closeHostFile(file.folder, file.handle);
  else memory.copy(file.path, replyData(), file.pathLength);
  return error;
}
