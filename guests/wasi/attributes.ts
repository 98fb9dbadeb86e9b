// What is known of a file: filestat, and the times that are set.

import { FileFlag, FileReply, FileRequest } from "../../assembly/abi/files";
import { FILESTAT_BYTES, TimeFlag, Wasi } from "./abi";
import { addPart, reply32, reply64, setRequest32 } from "./host-files";
import { Node, wallNs } from "./node";
import { deliver } from "./program";

const filestat = memory.data(64, 8);

function put(
  to: u32,
  device: u64,
  inode: u64,
  type: u32,
  links: u64,
  size: u64,
  accessedNs: u64,
  modifiedNs: u64,
  changedNs: u64,
): Wasi {
  store<u64>(filestat, device);
  store<u64>(filestat, inode, 8);
  store<u64>(filestat, type, 16);
  store<u64>(filestat, links, 24);
  store<u64>(filestat, size, 32);
  store<u64>(filestat, accessedNs, 40);
  store<u64>(filestat, modifiedNs, 48);
  store<u64>(filestat, changedNs, 56);
  return deliver(to, filestat, FILESTAT_BYTES);
}

export function deliverStream(to: u32, type: u32): Wasi {
  return put(to, 0, 0, type, 1, 0, 0, 0, 0);
}

export function deliverNode(to: u32, node: Node): Wasi {
  return put(
    to,
    1,
    node.number,
    node.type,
    node.links,
    node.size,
    node.accessedNs,
    node.modifiedNs,
    node.changedNs,
  );
}

/** Delivers the attributes that the host's reply tells. */
export function deliverReply(to: u32): Wasi {
  return put(
    to,
    reply64(FileReply.Device),
    reply64(FileReply.Inode),
    reply32(FileReply.Type),
    reply64(FileReply.Links),
    reply64(FileReply.Size),
    reply64(FileReply.Accessed),
    reply64(FileReply.Modified),
    reply64(FileReply.Changed),
  );
}

export function validTimes(flags: u32): bool {
  if ((flags & ~TimeFlag.All) != 0) return false;
  const accessed = TimeFlag.Accessed | TimeFlag.AccessedNow;
  const modified = TimeFlag.Modified | TimeFlag.ModifiedNow;
  return (flags & accessed) != accessed && (flags & modified) != modified;
}

export function setTimes(node: Node, accessedNs: u64, modifiedNs: u64, flags: u32): void {
  const now = wallNs();
  if ((flags & TimeFlag.Accessed) != 0) node.accessedNs = accessedNs;
  if ((flags & TimeFlag.AccessedNow) != 0) node.accessedNs = now;
  if ((flags & TimeFlag.Modified) != 0) node.modifiedNs = modifiedNs;
  if ((flags & TimeFlag.ModifiedNow) != 0) node.modifiedNs = now;
  node.changedNs = now;
}

const times = memory.data(16, 8);

/** Adds times to a request that has the flags `others`. */
export function addTimes(others: u32, accessedNs: u64, modifiedNs: u64, flags: u32): void {
  const now = wallNs();
  store<u64>(times, (flags & TimeFlag.AccessedNow) != 0 ? now : accessedNs);
  store<u64>(times, (flags & TimeFlag.ModifiedNow) != 0 ? now : modifiedNs, 8);
  const accessed = (flags & (TimeFlag.Accessed | TimeFlag.AccessedNow)) != 0;
  const modified = (flags & (TimeFlag.Modified | TimeFlag.ModifiedNow)) != 0;
  setRequest32(
    FileRequest.Flags,
    others | (accessed ? FileFlag.SetAccessed : 0) | (modified ? FileFlag.SetModified : 0),
  );
  addPart(FileRequest.DataLength, times, 16);
}
