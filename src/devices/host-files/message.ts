// Requests and replies of the service Files as bytes: assembly/abi/files.ts says what they mean. A request comes from a
// guest, so nothing about it is believed.
import {
  FILE_REPLY_BYTES,
  FILE_REQUEST_BYTES,
  type FileOperation,
  FileReply,
  FileRequest,
  SERVICE_MAX_BYTES,
} from "../../abi.js";
import { FileErrno, FileRefused } from "../../base/host-folder.js";

export interface Request {
  readonly operation: FileOperation;
  readonly folder: number;
  readonly handle: bigint;
  readonly offset: bigint;
  readonly length: number;
  readonly flags: number;
  readonly base: string;
  readonly path: string;
  readonly otherFolder: number;
  readonly otherBase: string;
  readonly otherPath: string;
  readonly data: Uint8Array;
}

/** All fields are optional: 0, or nothing. */
export interface Reply {
  kind?: number;
  handle?: bigint;
  size?: bigint;
  links?: bigint;
  accessedNs?: bigint;
  modifiedNs?: bigint;
  changedNs?: bigint;
  inode?: bigint;
  device?: bigint;
  data?: Uint8Array;
}

/** Data that a reply can bring. */
export const REPLY_DATA_MAX = SERVICE_MAX_BYTES - FILE_REPLY_BYTES;
const PATH_BYTES_MAX = 4096;

const nothing = new Uint8Array(0);
const fatalUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Throws a FileRefused when it is malformed. */
export function decodeRequest(bytes: Uint8Array): Request {
  if (bytes.length < FILE_REQUEST_BYTES) throw malformed("it is too short");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const u32 = (field: FileRequest) => view.getUint32(field, true);
  let at = FILE_REQUEST_BYTES;
  const part = (length: number) => {
    if (length > bytes.length - at) throw malformed("a part is longer than the message");
    at += length;
    return bytes.subarray(at - length, at);
  };
  const path = (field: FileRequest) => {
    const length = u32(field);
    if (length === 0) return "";
    if (length > PATH_BYTES_MAX) throw new FileRefused(FileErrno.Nametoolong, "a path is too long");
    return textOf(part(length));
  };
  return {
    operation: u32(FileRequest.Operation),
    folder: u32(FileRequest.Folder),
    handle: view.getBigUint64(FileRequest.Handle, true),
    offset: view.getBigUint64(FileRequest.Offset, true),
    length: u32(FileRequest.Length),
    flags: u32(FileRequest.Flags),
    base: path(FileRequest.BaseLength),
    path: path(FileRequest.PathLength),
    otherFolder: u32(FileRequest.OtherFolder),
    otherBase: path(FileRequest.OtherBaseLength),
    otherPath: path(FileRequest.OtherPathLength),
    data: part(u32(FileRequest.DataLength)),
  };
}

/** UTF-8 without a NUL. */
export function textOf(bytes: Uint8Array): string {
  let text: string;
  try {
    text = fatalUtf8.decode(bytes);
  } catch {
    throw new FileRefused(FileErrno.Ilseq, "a path is not UTF-8");
  }
  if (text.includes("\0")) throw new FileRefused(FileErrno.Ilseq, "a path has a NUL");
  return text;
}

function malformed(why: string): FileRefused {
  return new FileRefused(FileErrno.Inval, `the request is malformed: ${why}`);
}

/** `error`: 0, or the errno. */
export function encodeReply(error: number, reply: Reply = {}): Uint8Array {
  const { data = nothing } = reply;
  const bytes = new Uint8Array(FILE_REPLY_BYTES + data.length);
  const view = new DataView(bytes.buffer);
  const u64 = (field: FileReply, value: bigint | undefined) => {
    if (value !== undefined) view.setBigUint64(field, value, true);
  };
  view.setUint32(FileReply.Error, error, true);
  view.setUint32(FileReply.Type, reply.kind ?? 0, true);
  u64(FileReply.Handle, reply.handle);
  u64(FileReply.Size, reply.size);
  u64(FileReply.Links, reply.links);
  u64(FileReply.Accessed, reply.accessedNs);
  u64(FileReply.Modified, reply.modifiedNs);
  u64(FileReply.Changed, reply.changedNs);
  u64(FileReply.Inode, reply.inode);
  u64(FileReply.Device, reply.device);
  view.setUint32(FileReply.DataLength, data.length, true);
  bytes.set(data, FILE_REPLY_BYTES);
  return bytes;
}
