// fd_readdir.

import { FileFlag, FileOperation, FileReply, FileRequest } from "../../assembly/abi/files";
import { DIRENT_BYTES, Right, Wasi } from "./abi";
import { Entry, entryFrom, NAME_BYTES_MAX } from "./directory";
import { REPLY_DATA_MAX, reply32, reply64, replyData, send, setRequest32, setRequest64 } from "./host-files";
import { beginOpen, openFlags } from "./host-requests";
import { Node } from "./node";
import { Backing, OpenFile } from "./open-file";
import { refusal, wanted } from "./process";
import { deliver, deliverU32, inProgram } from "./program";

const dirent = memory.data(280, 8);
const dots = memory.data<u8>([0x2e, 0x2e]);

/** Bytes that were written. */
let used: u32 = 0;

export function fd_readdir(fd: u32, buffer: u32, length: u32, cookie: u64, result: u32): i32 {
  const file = wanted(fd, Right.FdReaddir);
  if (file === null) return refusal;
  if (!inProgram(result, 4) || !inProgram(buffer, length)) return Wasi.Fault;
  used = 0;
  const error =
    file.backing == Backing.Memory ? listNode(file.node, buffer, length, cookie) : listHost(file, buffer, length, cookie);
  return error != 0 ? error : deliverU32(result, used);
}

/** Writes entries until the buffer is full; the last one may be cut off. */
function listNode(node: Node, buffer: u32, length: u32, cookie: u64): Wasi {
  if (cookie == 0) {
    const error = putEntry(buffer, length, 1, node, dots, 1);
    if (error != 0) return error;
  }
  if (cookie <= 1 && used < length) {
    const error = putEntry(buffer, length, 2, node.parent, dots, 2);
    if (error != 0) return error;
  }
  let at = entryFrom(node, cookie);
  while (at != 0 && used < length) {
    const entry = changetype<Entry>(at);
    const error = putEntry(buffer, length, entry.cookie + 1, entry.node, entry.name, entry.nameLength);
    if (error != 0) return error;
    at = entry.next;
  }
  return Wasi.Success;
}

function putEntry(buffer: u32, length: u32, next: u64, node: Node, name: usize, nameLength: u32): Wasi {
  store<u64>(dirent, next);
  store<u64>(dirent, node.number, 8);
  store<u32>(dirent, nameLength, 16);
  store<u32>(dirent, node.type, 20);
  memory.copy(dirent + DIRENT_BYTES, name, min(nameLength, NAME_BYTES_MAX));
  const count = min(DIRENT_BYTES + nameLength, length - used);
  const error = deliver(buffer + used, dirent, count);
  used += count;
  return error;
}

/** The host tells entries in the layout that the program gets. */
function listHost(file: OpenFile, buffer: u32, length: u32, cookie: u64): Wasi {
  while (used < length) {
    const room = length - used;
    if (!beginOpen(FileOperation.List, file)) return Wasi.Nomem;
    setRequest64(FileRequest.Offset, cookie);
    setRequest32(FileRequest.Length, min(room, REPLY_DATA_MAX));
    const partial = room <= REPLY_DATA_MAX ? FileFlag.Partial : 0;
    setRequest32(FileRequest.Flags, openFlags(file.rights, file.flags) | partial);
    let error = send();
    if (error != 0) return error;
    file.handle = reply64(FileReply.Handle);
    cookie = reply64(FileReply.Size);
    const last = reply64(FileReply.Links) != 0;
    const got = min(reply32(FileReply.DataLength), room);
    error = deliver(buffer + used, replyData(), got);
    if (error != 0) return error;
    used += got;
    if (last || partial != 0 || got == 0) break;
  }
  return Wasi.Success;
}
