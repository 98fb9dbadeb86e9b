// What a folder of the host is to the service Files. A platform implements it; nothing here knows Node.js or a browser.

/** File types, as in WASI preview 1. */
export enum FileKind {
  Unknown = 0,
  Directory = 3,
  RegularFile = 4,
  SymbolicLink = 7,
}

/** Errors that folders refuse with: the errno of WASI preview 1. */
export enum FileErrno {
  Acces = 2,
  Badf = 8,
  Busy = 10,
  Exist = 20,
  Fbig = 22,
  Ilseq = 25,
  Inval = 28,
  Io = 29,
  Isdir = 31,
  Loop = 32,
  Mlink = 34,
  Nametoolong = 37,
  Nfile = 41,
  Noent = 44,
  Nospc = 51,
  Nosys = 52,
  Notdir = 54,
  Notempty = 55,
  Notsup = 58,
  Perm = 63,
  Rofs = 69,
  Xdev = 75,
  Notcapable = 76,
}

/** A request is refused. */
export class FileRefused extends Error {
  override name = "FileRefused";
  readonly errno: FileErrno;

  constructor(errno: FileErrno, why: string) {
    super(why);
    this.errno = errno;
  }
}

/** Times are ns since 1970. */
export interface FileAttributes {
  readonly kind: FileKind;
  readonly device: bigint;
  readonly inode: bigint;
  readonly links: bigint;
  readonly size: bigint;
  readonly accessedNs: bigint;
  readonly modifiedNs: bigint;
  readonly changedNs: bigint;
}

/** `base` leads to a directory of the folder; `path` leads on from there, and never out of it. */
export interface FilePath {
  readonly base: string;
  readonly path: string;
}

export interface OpenMode {
  readonly follow: boolean;
  readonly create: boolean;
  readonly exclusive: boolean;
  readonly truncate: boolean;
  readonly directory: boolean;
  readonly read: boolean;
  readonly write: boolean;
  readonly sync: boolean;
}

/** Undefined: it stays as it is. */
export interface FileTimes {
  readonly accessedNs: bigint | undefined;
  readonly modifiedNs: bigint | undefined;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly inode: bigint;
  readonly kind: FileKind;
}

/** All refuse with a FileRefused. */
export interface OpenHostFile {
  readonly kind: FileKind;
  /** From the folder, without symbolic links and dots. */
  readonly path: string;
  attributes(): FileAttributes;
  /** Fewer bytes at the end of the file. */
  read(offset: bigint, length: number): Uint8Array;
  /** At the end of the file when `offset` is undefined. Returns the position behind what was written. */
  write(offset: bigint | undefined, bytes: Uint8Array): bigint;
  setSize(size: bigint): void;
  setTimes(times: FileTimes): void;
  sync(): void;
  /** Of a directory, without `.` and `..`, in a fixed order. */
  names(): string[];
  /** Of one of its names; undefined when it is gone. */
  entry(name: string): DirectoryEntry | undefined;
  close(): void;
}

/** All refuse with a FileRefused. Nothing outside of the folder is read or changed, whatever the paths say. */
export interface HostFolder {
  open(at: FilePath, mode: OpenMode): OpenHostFile;
  attributes(at: FilePath, follow: boolean): FileAttributes;
  setTimes(at: FilePath, follow: boolean, times: FileTimes): void;
  makeDirectory(at: FilePath): void;
  removeDirectory(at: FilePath): void;
  unlink(at: FilePath): void;
  /** Resolves with both paths from the folder, before and now. */
  rename(from: FilePath, to: FilePath): { readonly before: string; readonly now: string };
  link(from: FilePath, to: FilePath): void;
  makeSymbolicLink(at: FilePath, target: string): void;
  readSymbolicLink(at: FilePath): string;
  close(): void;
}
