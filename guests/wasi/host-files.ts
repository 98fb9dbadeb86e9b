// Folders of the host, by way of the service Files. One request is under way at a time, in one block that the reply
// takes the place of: what a caller needs of a reply it takes before the next request.

import { FILE_REPLY_BYTES, FILE_REQUEST_BYTES, FileOperation, FileReply, FileRequest } from "../../assembly/abi/files";
import { Service, SERVICE_MAX_BYTES } from "../../assembly/abi/service";
import { serviceCall } from "../lib/as/hv";
import { Wasi } from "./abi";
import { allocate } from "./memory";

let message: usize = 0;
/** Bytes of the request so far. */
let length: u32 = 0;

/** Begins a request; false: there is no memory for it. */
export function beginRequest(operation: FileOperation, folder: u32): bool {
  if (message == 0) message = allocate(SERVICE_MAX_BYTES);
  if (message == 0) return false;
  memory.fill(message, 0, FILE_REQUEST_BYTES);
  store<u32>(message, operation, FileRequest.Operation);
  store<u32>(message, folder, FileRequest.Folder);
  length = FILE_REQUEST_BYTES;
  return true;
}

export function setRequest32(field: FileRequest, value: u32): void {
  store<u32>(message + <u32>field, value);
}

export function setRequest64(field: FileRequest, value: u64): void {
  store<u64>(message + <u32>field, value);
}

/** Adds a path, or data, whose length is said in `field`. They come in the order of the fields; it fits. */
export function addPart(field: FileRequest, at: usize, bytes: u32): void {
  memory.copy(message + length, at, bytes);
  setRequest32(field, bytes);
  length += bytes;
}

/** How much data fits behind what is there. */
export function requestRoom(): u32 {
  return SERVICE_MAX_BYTES - length;
}

/** Where data that is put there by the caller goes, who then says with `addedData` how much it was. */
export function requestEnd(): usize {
  return message + length;
}

export function addedData(bytes: u32): void {
  setRequest32(FileRequest.DataLength, bytes);
  length += bytes;
}

/** Sends the request and waits for the reply. */
export function send(): Wasi {
  const answered = serviceCall(Service.Files, message, length, message, SERVICE_MAX_BYTES);
  if (answered < FILE_REPLY_BYTES) return Wasi.Io;
  if (reply32(FileReply.DataLength) > <u32>answered - FILE_REPLY_BYTES) return Wasi.Io;
  return reply32(FileReply.Error);
}

export function reply32(field: FileReply): u32 {
  return load<u32>(message + <u32>field);
}

export function reply64(field: FileReply): u64 {
  return load<u64>(message + <u32>field);
}

export function replyData(): usize {
  return message + FILE_REPLY_BYTES;
}

/** The most that a reply may bring. */
export const REPLY_DATA_MAX: u32 = SERVICE_MAX_BYTES - FILE_REPLY_BYTES;

/** The host may forget an open file. */
export function closeHostFile(folder: u32, handle: u64): void {
  if (handle == 0 || !beginRequest(FileOperation.Close, folder)) return;
  setRequest64(FileRequest.Handle, handle);
  send();
}
