// The service Files: serves one domain with the folders that it was given.
import { FILE_ENTRY_BYTES, FileEntry, FileFlag, FileOperation } from "../../abi.js";
import {
  type FileAttributes,
  FileErrno,
  FileKind,
  type FilePath,
  FileRefused,
  type FileTimes,
  type HostFolder,
  type OpenHostFile,
  type OpenMode,
} from "../../base/host-folder.js";
import { decodeRequest, encodeReply, REPLY_DATA_MAX, type Reply, type Request, textOf } from "./message.js";

export interface HostFilesOptions {
  /** By number. */
  readonly folders: readonly HostFolder[];
  /** Takes what the domain writes to standard error; undefined: it goes to the console. */
  readonly onError?: ((bytes: Uint8Array) => void | Promise<void>) | undefined;
  /** Files that are open at a time. Default: 256. */
  readonly openMax?: number;
}

interface Opened {
  readonly file: OpenHostFile;
  readonly folder: number;
  readonly writable: boolean;
  /** Names of a directory, as they were when its first entries were asked for. */
  names: readonly string[] | undefined;
}

const DEFAULT_OPEN_MAX = 256;
const utf8 = new TextEncoder();

export class HostFiles {
  readonly #folders: readonly HostFolder[];
  readonly #onError: HostFilesOptions["onError"];
  readonly #openMax: number;
  readonly #open = new Map<bigint, Opened>();
  /**
   * Handles go up from a number that nobody can foretell: one of another host, which a restored domain still has, is not
   * found here.
   */
  #lastHandle: bigint;

  constructor({ folders, onError, openMax }: HostFilesOptions) {
    this.#folders = folders;
    this.#onError = onError;
    this.#openMax = openMax ?? DEFAULT_OPEN_MAX;
    this.#lastHandle = BigInt.asUintN(62, crypto.getRandomValues(new BigUint64Array(1))[0]!);
  }

  /** The reply to a request. Neither throws nor rejects. */
  serve(bytes: Uint8Array): Uint8Array | Promise<Uint8Array> {
    try {
      const request = decodeRequest(bytes);
      if (request.operation === FileOperation.StandardError) return this.#standardError(request);
      return encodeReply(0, this.#serve(request));
    } catch (error) {
      return encodeReply(error instanceof FileRefused ? error.errno : FileErrno.Io);
    }
  }

  /** Closes all that is open. */
  close(): void {
    for (const { file } of this.#open.values()) file.close();
    this.#open.clear();
    for (const folder of this.#folders) folder.close();
  }

  #serve(request: Request): Reply {
    const { operation } = request;
    if (operation === FileOperation.Close) return this.#close(request);
    const folder = this.#folders[request.folder];
    if (folder === undefined) throw new FileRefused(FileErrno.Badf, "there is no such folder");
    const at: FilePath = { base: request.base, path: request.path };
    switch (operation) {
      case FileOperation.Open:
        return this.#reply(this.#opened(folder, request), (file) => ({ data: utf8.encode(file.path) }));
      case FileOperation.Read:
        return this.#read(folder, request);
      case FileOperation.Write:
        return this.#write(folder, request);
      case FileOperation.Attributes:
        return this.#attributes(folder, request);
      case FileOperation.SetSize:
        return this.#with(folder, request, (file) => file.setSize(request.offset));
      case FileOperation.Extend:
        return this.#with(folder, request, (file) => {
          if (file.attributes().size < request.offset) file.setSize(request.offset);
        });
      case FileOperation.SetTimes:
        return this.#setTimes(folder, request);
      case FileOperation.Sync:
        return this.#with(folder, request, (file) => file.sync());
      case FileOperation.List:
        return this.#list(folder, request);
      case FileOperation.MakeDirectory:
        folder.makeDirectory(at);
        return {};
      case FileOperation.RemoveDirectory:
        folder.removeDirectory(at);
        return {};
      case FileOperation.Unlink:
        folder.unlink(at);
        return {};
      case FileOperation.Rename: {
        const { before, now } = folder.rename(at, otherPath(request));
        return { links: BigInt(utf8.encode(before).length), data: utf8.encode(before + now) };
      }
      case FileOperation.Link:
        folder.link(at, otherPath(request));
        return {};
      case FileOperation.MakeSymbolicLink:
        folder.makeSymbolicLink(at, textOf(request.data));
        return {};
      case FileOperation.ReadSymbolicLink:
        return { data: utf8.encode(folder.readSymbolicLink(at)) };
      default:
        throw new FileRefused(FileErrno.Nosys, "there is no such operation");
    }
  }

  #standardError({ data }: Request): Uint8Array | Promise<Uint8Array> {
    if (this.#onError === undefined) throw new FileRefused(FileErrno.Notsup, "standard error is the console");
    const taken = encodeReply(0, { size: BigInt(data.length) });
    const later = this.#onError(data.slice());
    if (!(later instanceof Promise)) return taken;
    return later.then(
      () => taken,
      () => encodeReply(FileErrno.Io),
    );
  }

  #close({ handle }: Request): Reply {
    this.#open.get(handle)?.file.close();
    this.#open.delete(handle);
    return {};
  }

  // --- open files ---

  /** Opens a file; a new handle. */
  #opened(folder: HostFolder, request: Request): bigint {
    if (this.#open.size >= this.#openMax) throw new FileRefused(FileErrno.Nfile, "too many files are open");
    const mode = openMode(request.flags);
    const file = folder.open({ base: request.base, path: request.path }, mode);
    this.#lastHandle += 1n;
    this.#open.set(this.#lastHandle, {
      file,
      folder: request.folder,
      writable: mode.write,
      names: undefined,
    });
    return this.#lastHandle;
  }

  /** The handle of the open file that a request is about, opened anew when it is not known. */
  #found(folder: HostFolder, request: Request): bigint {
    const found = this.#open.get(request.handle);
    if (found !== undefined && found.folder === request.folder) return request.handle;
    const anew =
      FileFlag.Follow | FileFlag.Create | FileFlag.Exclusive | FileFlag.Truncate | FileFlag.Directory;
    return this.#opened(folder, { ...request, flags: request.flags & ~anew });
  }

  #reply(handle: bigint, more: (file: OpenHostFile) => Reply): Reply {
    const { file } = this.#open.get(handle)!;
    return { ...attributesReply(file.attributes()), handle, ...more(file) };
  }

  #with(folder: HostFolder, request: Request, act: (file: OpenHostFile) => void): Reply {
    const handle = this.#found(folder, request);
    act(this.#open.get(handle)!.file);
    return { handle };
  }

  #read(folder: HostFolder, request: Request): Reply {
    const handle = this.#found(folder, request);
    const { file } = this.#open.get(handle)!;
    return { handle, data: file.read(request.offset, Math.min(request.length, REPLY_DATA_MAX)) };
  }

  #write(folder: HostFolder, request: Request): Reply {
    const handle = this.#found(folder, request);
    const { file, writable } = this.#open.get(handle)!;
    if (!writable) throw new FileRefused(FileErrno.Badf, "it is not open for writing");
    const append = (request.flags & FileFlag.Append) !== 0;
    return { handle, size: file.write(append ? undefined : request.offset, request.data) };
  }

  #attributes(folder: HostFolder, request: Request): Reply {
    const { handle, base, path, flags } = request;
    if (handle !== 0n) return this.#reply(this.#found(folder, request), () => ({}));
    return attributesReply(folder.attributes({ base, path }, (flags & FileFlag.Follow) !== 0));
  }

  #setTimes(folder: HostFolder, request: Request): Reply {
    const { handle, base, path, flags, data } = request;
    const times = timesOf(flags, data);
    if (handle !== 0n) return this.#with(folder, request, (file) => file.setTimes(times));
    folder.setTimes({ base, path }, (flags & FileFlag.Follow) !== 0, times);
    return {};
  }

  /** Cookies are positions: 0 is `.`, 1 is `..`, then the names as they were at cookie 0. */
  #list(folder: HostFolder, request: Request): Reply {
    const handle = this.#found(folder, request);
    const opened = this.#open.get(handle)!;
    const { file } = opened;
    if (file.kind !== FileKind.Directory) throw new FileRefused(FileErrno.Notdir, "it is not a directory");
    if (request.offset === 0n || opened.names === undefined) opened.names = file.names();
    const names = opened.names;
    const room = Math.min(request.length, REPLY_DATA_MAX);
    const partial = (request.flags & FileFlag.Partial) !== 0;
    const data = new Uint8Array(room);
    const self = file.attributes().inode;
    let used = 0;
    let at = request.offset > BigInt(names.length + 2) ? names.length + 2 : Number(request.offset);
    for (; at < names.length + 2; at++) {
      const name = at === 0 ? "." : at === 1 ? ".." : names[at - 2]!;
      const entry = at < 2 ? { name, inode: self, kind: FileKind.Directory } : file.entry(name);
      if (entry === undefined) continue;
      const bytes = encodeEntry(BigInt(at + 1), entry.inode, entry.kind, name);
      const fits = bytes.length <= room - used;
      if (!fits && !partial) break;
      data.set(fits ? bytes : bytes.subarray(0, room - used), used);
      used += Math.min(bytes.length, room - used);
      if (!fits) break;
    }
    const last = at >= names.length + 2;
    return { handle, size: BigInt(at), links: last ? 1n : 0n, data: data.subarray(0, used) };
  }
}

function otherPath({ folder, otherFolder, otherBase, otherPath }: Request): FilePath {
  if (otherFolder !== folder) throw new FileRefused(FileErrno.Xdev, "it leads to another folder");
  return { base: otherBase, path: otherPath };
}

function encodeEntry(next: bigint, inode: bigint, kind: FileKind, name: string): Uint8Array {
  const text = utf8.encode(name);
  const bytes = new Uint8Array(FILE_ENTRY_BYTES + text.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(FileEntry.Next, next, true);
  view.setBigUint64(FileEntry.Inode, inode, true);
  view.setUint32(FileEntry.NameLength, text.length, true);
  view.setUint32(FileEntry.Type, kind, true);
  bytes.set(text, FILE_ENTRY_BYTES);
  return bytes;
}

function openMode(flags: number): OpenMode {
  const has = (flag: FileFlag) => (flags & flag) !== 0;
  return {
    follow: has(FileFlag.Follow),
    create: has(FileFlag.Create),
    exclusive: has(FileFlag.Exclusive),
    truncate: has(FileFlag.Truncate),
    directory: has(FileFlag.Directory),
    read: has(FileFlag.Read),
    write: has(FileFlag.Write),
    sync: has(FileFlag.Sync),
  };
}

function timesOf(flags: number, data: Uint8Array): FileTimes {
  if (data.length !== 16) throw new FileRefused(FileErrno.Inval, "times are two u64");
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  return {
    accessedNs: (flags & FileFlag.SetAccessed) === 0 ? undefined : view.getBigUint64(0, true),
    modifiedNs: (flags & FileFlag.SetModified) === 0 ? undefined : view.getBigUint64(8, true),
  };
}

function attributesReply(attributes: FileAttributes): Reply {
  const { kind, device, inode, links, size, accessedNs, modifiedNs, changedNs } = attributes;
  return { kind, device, inode, links, size, accessedNs, modifiedNs, changedNs };
}
