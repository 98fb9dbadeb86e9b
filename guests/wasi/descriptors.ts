// Calls on file descriptors that move no data.

import { FileOperation, FileReply, FileRequest } from "../../assembly/abi/files";
import { FDSTAT_BYTES, FdFlag, FileType, FILESTAT_BYTES, PRESTAT_BYTES, Right, Wasi, Whence } from "./abi";
import { addTimes, deliverNode, deliverReply, deliverStream, setTimes, validTimes } from "./attributes";
import { reply64, send, setRequest64 } from "./host-files";
import { beginOpen } from "./host-requests";
import { FILE_BYTES_MAX, reserve, setSize, touch } from "./node";
import { Backing, OpenFile } from "./open-file";
import { closeDescriptor, fileAt, moveDescriptor, refusal, wanted } from "./process";
import { deliver, deliverU64, inProgram } from "./program";

const cell = memory.data(24, 8);

const ADVICE_LAST: u32 = 5;

export function fd_advise(fd: u32, offset: u64, length: u64, advice: u32): i32 {
  const file = wanted(fd, Right.FdAdvise);
  if (file === null) return refusal;
  if (file.type == FileType.Directory) return Wasi.Badf;
  return advice > ADVICE_LAST || <i64>offset < 0 || <i64>length < 0 ? Wasi.Inval : Wasi.Success;
}

export function fd_allocate(fd: u32, offset: u64, length: u64): i32 {
  const file = wanted(fd, Right.FdAllocate);
  if (file === null) return refusal;
  const end = offset + length;
  if (<i64>offset < 0 || <i64>length <= 0 || <i64>end < 0) return Wasi.Inval;
  if (file.backing == Backing.Host) return sized(FileOperation.Extend, file, end);
  if (end > FILE_BYTES_MAX) return Wasi.Fbig;
  if (!reserve(file.node, offset, length)) return Wasi.Nospc;
  if (end > file.node.size) setSize(file.node, end);
  touch(file.node);
  return Wasi.Success;
}

export function fd_close(fd: u32): i32 {
  if (fileAt(fd) == 0) return Wasi.Badf;
  closeDescriptor(fd);
  return Wasi.Success;
}

export function fd_datasync(fd: u32): i32 {
  return synchronize(fd, Right.FdDatasync);
}

export function fd_sync(fd: u32): i32 {
  return synchronize(fd, Right.FdSync);
}

function synchronize(fd: u32, right: u64): i32 {
  const file = wanted(fd, right);
  if (file === null) return refusal;
  if (file.backing != Backing.Host) return Wasi.Success;
  return beginOpen(FileOperation.Sync, file) ? send() : Wasi.Nomem;
}

export function fd_fdstat_get(fd: u32, result: u32): i32 {
  const file = wanted(fd, 0);
  if (file === null) return refusal;
  store<u16>(cell, file.type);
  store<u16>(cell, file.flags, 2);
  store<u32>(cell, 0, 4);
  store<u64>(cell, file.rights, 8);
  store<u64>(cell, file.inheriting, 16);
  return deliver(result, cell, FDSTAT_BYTES);
}

export function fd_fdstat_set_flags(fd: u32, flags: u32): i32 {
  const file = wanted(fd, Right.FdFdstatSetFlags);
  if (file === null) return refusal;
  if ((flags & ~FdFlag.All) != 0) return Wasi.Inval;
  file.flags = flags;
  return Wasi.Success;
}

export function fd_fdstat_set_rights(fd: u32, rights: u64, inheriting: u64): i32 {
  const file = wanted(fd, 0);
  if (file === null) return refusal;
  if ((rights & ~file.rights) != 0 || (inheriting & ~file.inheriting) != 0) return Wasi.Notcapable;
  file.rights = rights;
  file.inheriting = inheriting;
  return Wasi.Success;
}

export function fd_filestat_get(fd: u32, result: u32): i32 {
  const file = wanted(fd, Right.FdFilestatGet);
  if (file === null) return refusal;
  if (!inProgram(result, FILESTAT_BYTES)) return Wasi.Fault;
  if (file.backing == Backing.Console) return deliverStream(result, file.type);
  if (file.backing == Backing.Memory) return deliverNode(result, file.node);
  if (!beginOpen(FileOperation.Attributes, file)) return Wasi.Nomem;
  const error = send();
  if (error != 0) return error;
  file.handle = reply64(FileReply.Handle);
  return deliverReply(result);
}

export function fd_filestat_set_size(fd: u32, size: u64): i32 {
  const file = wanted(fd, Right.FdFilestatSetSize);
  if (file === null) return refusal;
  if (<i64>size < 0) return Wasi.Inval;
  if (file.backing == Backing.Host) return sized(FileOperation.SetSize, file, size);
  if (size > FILE_BYTES_MAX) return Wasi.Fbig;
  setSize(file.node, size);
  touch(file.node);
  return Wasi.Success;
}

function sized(operation: FileOperation, file: OpenFile, size: u64): Wasi {
  if (!beginOpen(operation, file)) return Wasi.Nomem;
  setRequest64(FileRequest.Offset, size);
  const error = send();
  if (error == 0) file.handle = reply64(FileReply.Handle);
  return error;
}

export function fd_filestat_set_times(fd: u32, accessedNs: u64, modifiedNs: u64, flags: u32): i32 {
  const file = wanted(fd, Right.FdFilestatSetTimes);
  if (file === null) return refusal;
  if (!validTimes(flags)) return Wasi.Inval;
  if (file.backing == Backing.Memory) {
    setTimes(file.node, accessedNs, modifiedNs, flags);
    return Wasi.Success;
  }
  if (!beginOpen(FileOperation.SetTimes, file)) return Wasi.Nomem;
  addTimes(0, accessedNs, modifiedNs, flags);
  return send();
}

export function fd_prestat_get(fd: u32, result: u32): i32 {
  const file = wanted(fd, 0);
  if (file === null) return refusal;
  if (file.preopenName == 0) return Wasi.Badf;
  store<u32>(cell, 0);
  store<u32>(cell, file.preopenLength, 4);
  return deliver(result, cell, PRESTAT_BYTES);
}

export function fd_prestat_dir_name(fd: u32, result: u32, length: u32): i32 {
  const file = wanted(fd, 0);
  if (file === null) return refusal;
  if (file.preopenName == 0) return Wasi.Badf;
  if (length < file.preopenLength) return Wasi.Nametoolong;
  return deliver(result, file.preopenName, file.preopenLength);
}

export function fd_renumber(from: u32, to: u32): i32 {
  if (fileAt(from) == 0 || fileAt(to) == 0) return Wasi.Badf;
  moveDescriptor(from, to);
  return Wasi.Success;
}

export function fd_seek(fd: u32, delta: i64, whence: u32, result: u32): i32 {
  const tells = delta == 0 && whence == Whence.Current;
  const at = fileAt(fd);
  const file = wanted(fd, tells && at != 0 && (changetype<OpenFile>(at).rights & Right.FdTell) != 0 ? 0 : Right.FdSeek);
  if (file === null) return refusal;
  if (!inProgram(result, 8)) return Wasi.Fault;
  let base: i64 = 0;
  if (whence == Whence.Current) {
    base = file.offset;
  } else if (whence == Whence.End) {
    if (file.backing == Backing.Memory) {
      base = file.node.size;
    } else {
      if (!beginOpen(FileOperation.Attributes, file)) return Wasi.Nomem;
      const error = send();
      if (error != 0) return error;
      file.handle = reply64(FileReply.Handle);
      base = reply64(FileReply.Size);
    }
  } else if (whence != Whence.Set) {
    return Wasi.Inval;
  }
  const offset = base + delta;
  if (offset < 0) return delta > 0 ? Wasi.Overflow : Wasi.Inval;
  file.offset = offset;
  return deliverU64(result, offset);
}

export function fd_tell(fd: u32, result: u32): i32 {
  const file = wanted(fd, Right.FdTell);
  if (file === null) return refusal;
  return deliverU64(result, file.offset);
}
