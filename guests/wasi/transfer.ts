// fd_read, fd_write, fd_pread, fd_pwrite.

import { NONBLOCK } from "../../assembly/abi/console";
import { FileFlag, FileOperation, FileReply, FileRequest } from "../../assembly/abi/files";
import { FdFlag, Right, Wasi } from "./abi";
import { fillInput, flushConsole, passInputEnd, takeInput, writeConsole, writeError } from "./console";
import {
  addedData,
  REPLY_DATA_MAX,
  reply32,
  reply64,
  replyData,
  requestEnd,
  requestRoom,
  send,
  setRequest32,
  setRequest64,
} from "./host-files";
import { beginOpen, openFlags } from "./host-requests";
import { FILE_BYTES_MAX, readFile, touch, writeFile } from "./node";
import { Backing, OpenFile } from "./open-file";
import { refusal, wanted } from "./process";
import { deliver, deliverU32, fetch } from "./program";
import { readVectors, vectorAt, vectorCount, vectorLength } from "./vectors";

/** What the last transfer moved, and where in the file it ended. */
let moved: u32 = 0;
let endOffset: u64 = 0;

export function fd_read(fd: u32, vectors: u32, count: u32, result: u32): i32 {
  const file = wanted(fd, Right.FdRead);
  if (file === null) return refusal;
  let error = readVectors(vectors, count, result);
  if (error != 0) return error;
  if (file.backing == Backing.Console) {
    error = readStream(file);
  } else {
    error = readAt(file, file.offset);
    if (error == 0) file.offset = endOffset;
  }
  return error != 0 ? error : deliverU32(result, moved);
}

export function fd_pread(fd: u32, vectors: u32, count: u32, offset: u64, result: u32): i32 {
  const file = wanted(fd, Right.FdRead | Right.FdSeek);
  if (file === null) return refusal;
  let error = readVectors(vectors, count, result);
  if (error != 0) return error;
  error = <i64>offset < 0 ? Wasi.Inval : readAt(file, offset);
  return error != 0 ? error : deliverU32(result, moved);
}

export function fd_write(fd: u32, vectors: u32, count: u32, result: u32): i32 {
  const file = wanted(fd, Right.FdWrite);
  if (file === null) return refusal;
  let error = readVectors(vectors, count, result);
  if (error != 0) return error;
  if (file.backing == Backing.Console) {
    error = writeStream(file);
  } else {
    error = writeAt(file, file.offset, (file.flags & FdFlag.Append) != 0);
    if (error == 0) file.offset = endOffset;
  }
  return error != 0 ? error : deliverU32(result, moved);
}

export function fd_pwrite(fd: u32, vectors: u32, count: u32, offset: u64, result: u32): i32 {
  const file = wanted(fd, Right.FdWrite | Right.FdSeek);
  if (file === null) return refusal;
  let error = readVectors(vectors, count, result);
  if (error != 0) return error;
  error = <i64>offset < 0 ? Wasi.Inval : writeAt(file, offset, false);
  return error != 0 ? error : deliverU32(result, moved);
}

/** Waits for input, then gives what there is. */
function readStream(file: OpenFile): Wasi {
  moved = 0;
  let wants = false;
  for (let i: u32 = 0; i < vectorCount; i++) wants = wants || vectorLength(i) != 0;
  if (!wants) return Wasi.Success;
  if (!fillInput((file.flags & FdFlag.Nonblock) != 0 ? NONBLOCK : 0)) return Wasi.Again;
  for (let i: u32 = 0; i < vectorCount; i++) moved += takeInput(vectorAt(i), vectorLength(i));
  if (moved == 0) passInputEnd();
  return Wasi.Success;
}

function writeStream(file: OpenFile): Wasi {
  moved = 0;
  for (let i: u32 = 0; i < vectorCount; i++) {
    const length = vectorLength(i);
    const error = file.stream == 2 ? writeError(vectorAt(i), length) : writeConsole(vectorAt(i), length);
    if (error != 0) return error;
    moved += length;
  }
  return flushConsole() ? Wasi.Success : Wasi.Io;
}

function readAt(file: OpenFile, offset: u64): Wasi {
  moved = 0;
  endOffset = offset;
  for (let i: u32 = 0; i < vectorCount; i++) {
    const length = vectorLength(i);
    if (length == 0) continue;
    const before = moved;
    const error = file.backing == Backing.Memory ? readNode(file, vectorAt(i), length) : readHost(file, vectorAt(i), length);
    if (error != 0) return before != 0 ? Wasi.Success : error;
    if (moved - before != length) break;
  }
  return Wasi.Success;
}

function readNode(file: OpenFile, to: u32, length: u32): Wasi {
  const size = file.node.size;
  const count = endOffset >= size ? 0 : <u32>min<u64>(length, size - endOffset);
  const error = readFile(file.node, endOffset, to, count);
  if (error != 0) return error;
  moved += count;
  endOffset += count;
  return Wasi.Success;
}

function readHost(file: OpenFile, to: u32, length: u32): Wasi {
  while (length != 0) {
    const count = min(length, REPLY_DATA_MAX);
    if (!beginOpen(FileOperation.Read, file)) return Wasi.Nomem;
    setRequest64(FileRequest.Offset, endOffset);
    setRequest32(FileRequest.Length, count);
    let error = send();
    if (error != 0) return error;
    file.handle = reply64(FileReply.Handle);
    const got = min(reply32(FileReply.DataLength), count);
    error = deliver(to, replyData(), got);
    if (error != 0) return error;
    moved += got;
    endOffset += got;
    to += got;
    length -= got;
    if (got != count) break;
  }
  return Wasi.Success;
}

function writeAt(file: OpenFile, offset: u64, append: bool): Wasi {
  moved = 0;
  const memory = file.backing == Backing.Memory;
  endOffset = append && memory ? file.node.size : offset;
  for (let i: u32 = 0; i < vectorCount; i++) {
    const length = vectorLength(i);
    if (length == 0) continue;
    const before = moved;
    const error = memory ? writeNode(file, vectorAt(i), length) : writeHost(file, vectorAt(i), length, append);
    if (error != 0) return before != 0 ? Wasi.Success : error;
    if (moved - before != length) break;
  }
  if (memory && moved != 0) touch(file.node);
  return Wasi.Success;
}

function writeNode(file: OpenFile, from: u32, length: u32): Wasi {
  if (endOffset >= FILE_BYTES_MAX) return Wasi.Fbig;
  const count = <u32>min<u64>(length, FILE_BYTES_MAX - endOffset);
  const done = writeFile(file.node, endOffset, from, count);
  if (done == 0) return Wasi.Nospc;
  moved += done;
  endOffset += done;
  return Wasi.Success;
}

function writeHost(file: OpenFile, from: u32, length: u32, append: bool): Wasi {
  while (length != 0) {
    if (!beginOpen(FileOperation.Write, file)) return Wasi.Nomem;
    setRequest64(FileRequest.Offset, endOffset);
    if (append) setRequest32(FileRequest.Flags, openFlags(file.rights, file.flags) | FileFlag.Append);
    const count = min(length, requestRoom());
    let error = fetch(from, requestEnd(), count);
    if (error != 0) return error;
    addedData(count);
    error = send();
    if (error != 0) return error;
    file.handle = reply64(FileReply.Handle);
    endOffset = reply64(FileReply.Size);
    moved += count;
    from += count;
    length -= count;
  }
  return Wasi.Success;
}
