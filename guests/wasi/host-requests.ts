// Requests about open files and about places in folders of the host.

import { FileFlag, FileOperation, FileRequest } from "../../assembly/abi/files";
import { FdFlag, Right, Wasi } from "./abi";
import { addPart, beginRequest, send, setRequest32, setRequest64 } from "./host-files";
import { OpenFile } from "./open-file";
import { Place } from "./walk";

/** Begins a request about an open file; false: there is no memory for it. */
export function beginOpen(operation: FileOperation, file: OpenFile): bool {
  if (!beginRequest(operation, file.folder)) return false;
  setRequest64(FileRequest.Handle, file.handle);
  setRequest32(FileRequest.Flags, openFlags(file.rights, file.flags));
  addPart(FileRequest.PathLength, file.path, file.pathLength);
  return true;
}

/** For what the host opens a file that is to have these rights. */
export function openFlags(rights: u64, flags: u32): u32 {
  let result: u32 = 0;
  if ((rights & (Right.FdRead | Right.FdReaddir)) != 0) result |= FileFlag.Read;
  if ((rights & (Right.FdWrite | Right.FdAllocate | Right.FdFilestatSetSize)) != 0) result |= FileFlag.Write;
  if ((flags & (FdFlag.Sync | FdFlag.Dsync)) != 0) result |= FileFlag.Sync;
  return result;
}

/** Begins a request about a place. */
export function beginAt(operation: FileOperation, place: Place, flags: u32): Wasi {
  if (!beginRequest(operation, place.folder)) return Wasi.Nomem;
  setRequest32(FileRequest.Flags, flags);
  addPart(FileRequest.BaseLength, place.base, place.baseLength);
  addPart(FileRequest.PathLength, place.path, place.pathLength);
  return Wasi.Success;
}

/** The same for something that is to be made, moved or removed, which a whole folder is not. */
export function beginChange(operation: FileOperation, place: Place): Wasi {
  return place.pathLength == 0 ? Wasi.Busy : beginAt(operation, place, 0);
}

/** A change that needs to be told no more. */
export function change(operation: FileOperation, place: Place): Wasi {
  const error = beginChange(operation, place);
  return error != 0 ? error : send();
}
