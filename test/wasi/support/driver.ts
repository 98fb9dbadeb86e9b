// Calls of WASI preview 1 in terms of JavaScript: each returns what it found, or the errno as a number.

/** Something that serves WASI to a program, which is a memory. */
export interface WasiCalls {
  readonly memory: WebAssembly.Memory;
  call(name: string, ...args: (number | bigint)[]): number;
}

export const E = {
  acces: 2,
  again: 6,
  badf: 8,
  busy: 10,
  exist: 20,
  fault: 21,
  fbig: 22,
  ilseq: 25,
  inval: 28,
  io: 29,
  isdir: 31,
  loop: 32,
  mfile: 33,
  nametoolong: 37,
  nfile: 41,
  noent: 44,
  nomem: 48,
  nospc: 51,
  nosys: 52,
  notdir: 54,
  notempty: 55,
  notsock: 57,
  notsup: 58,
  overflow: 61,
  perm: 63,
  rofs: 69,
  spipe: 70,
  xdev: 75,
  notcapable: 76,
} as const;

/** Bits of rights by their names in the specification. */
export const R = Object.fromEntries(
  [
    "fd_datasync",
    "fd_read",
    "fd_seek",
    "fd_fdstat_set_flags",
    "fd_sync",
    "fd_tell",
    "fd_write",
    "fd_advise",
    "fd_allocate",
    "path_create_directory",
    "path_create_file",
    "path_link_source",
    "path_link_target",
    "path_open",
    "fd_readdir",
    "path_readlink",
    "path_rename_source",
    "path_rename_target",
    "path_filestat_get",
    "path_filestat_set_size",
    "path_filestat_set_times",
    "fd_filestat_get",
    "fd_filestat_set_size",
    "fd_filestat_set_times",
    "path_symlink",
    "path_remove_directory",
    "path_unlink_file",
    "poll_fd_readwrite",
  ].map((name, bit) => [name, 1n << BigInt(bit)]),
) as Record<string, bigint>;

export const O = { create: 1, directory: 2, exclusive: 4, truncate: 8 } as const;
export const FD = { append: 1, dsync: 2, nonblock: 4, rsync: 8, sync: 16 } as const;
export const TYPE = { unknown: 0, characterDevice: 2, directory: 3, file: 4, symlink: 7 } as const;
export const WHENCE = { set: 0, current: 1, end: 2 } as const;

/** What a file can be opened for. */
export const FILE_RIGHTS =
  R.fd_read! |
  R.fd_write! |
  R.fd_seek! |
  R.fd_tell! |
  R.fd_filestat_get! |
  R.fd_filestat_set_size! |
  R.fd_allocate! |
  R.fd_fdstat_set_flags! |
  R.fd_sync! |
  R.fd_datasync! |
  R.fd_advise! |
  R.fd_filestat_set_times!;
export const READ_RIGHTS =
  R.fd_read! | R.fd_seek! | R.fd_tell! | R.fd_filestat_get! | R.fd_readdir! | R.fd_fdstat_set_flags!;

export interface Stat {
  readonly device: bigint;
  readonly inode: bigint;
  readonly type: number;
  readonly links: bigint;
  readonly size: bigint;
  readonly accessedNs: bigint;
  readonly modifiedNs: bigint;
  readonly changedNs: bigint;
}

export interface DirectoryEntry {
  readonly next: bigint;
  readonly inode: bigint;
  readonly type: number;
  readonly name: string;
}

// Where things lie in the program's memory.
const RESULT = 1024;
const PATH = 4096;
const OTHER_PATH = 12_288;
const VECTORS = 20_480;
export const DATA = 32_768;
export const DATA_BYTES = 131_072;

export class Driver {
  readonly calls: WasiCalls;

  constructor(calls: WasiCalls) {
    this.calls = calls;
  }

  get view(): DataView {
    return new DataView(this.calls.memory.buffer);
  }

  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.calls.memory.buffer, at, length);
  }

  #text(at: number, text: string): [number, number] {
    const bytes = Buffer.from(text);
    this.bytes(at, bytes.length).set(bytes);
    return [at, bytes.length];
  }

  /** A descriptor, or minus the errno. */
  open(
    fd: number,
    path: string,
    {
      open = 0,
      rights = FILE_RIGHTS,
      inheriting = 0n,
      flags = 0,
      follow = true,
    }: {
      open?: number;
      rights?: bigint;
      inheriting?: bigint;
      flags?: number;
      follow?: boolean;
    } = {},
  ): number {
    const [at, length] = this.#text(PATH, path);
    const errno = this.calls.call(
      "path_open",
      fd,
      follow ? 1 : 0,
      at,
      length,
      open,
      rights,
      inheriting,
      flags,
      RESULT,
    );
    return errno === 0 ? this.view.getUint32(RESULT, true) : -errno;
  }

  openDirectory(fd: number, path: string): number {
    const rights = R.fd_readdir! | R.fd_filestat_get! | allPathRights;
    return this.open(fd, path, { open: O.directory, rights, inheriting: FILE_RIGHTS | rights });
  }

  close(fd: number): number {
    return this.calls.call("fd_close", fd);
  }

  #vectors(parts: readonly number[]): void {
    let at = DATA;
    for (const [i, length] of parts.entries()) {
      this.view.setUint32(VECTORS + 8 * i, at, true);
      this.view.setUint32(VECTORS + 8 * i + 4, length, true);
      at += length;
    }
  }

  /** What was read, in so many parts; or the errno. `offset`: pread. */
  read(fd: number, parts: number | readonly number[], offset?: bigint): Uint8Array | number {
    const lengths = typeof parts === "number" ? [parts] : parts;
    this.#vectors(lengths);
    const errno =
      offset === undefined
        ? this.calls.call("fd_read", fd, VECTORS, lengths.length, RESULT)
        : this.calls.call("fd_pread", fd, VECTORS, lengths.length, offset, RESULT);
    return errno === 0 ? this.bytes(DATA, this.view.getUint32(RESULT, true)).slice() : errno;
  }

  text(fd: number, length: number, offset?: bigint): string | number {
    const found = this.read(fd, length, offset);
    return typeof found === "number" ? found : Buffer.from(found).toString();
  }

  /** How much was written, as a bigint; or the errno. `offset`: pwrite. */
  write(fd: number, data: string | Uint8Array | readonly string[], offset?: bigint): bigint | number {
    const parts = (Array.isArray(data) ? data : [data]).map((part: string | Uint8Array) =>
      Buffer.from(part as string),
    );
    this.#vectors(parts.map((part) => part.length));
    this.bytes(DATA, DATA_BYTES).set(Buffer.concat(parts));
    const errno =
      offset === undefined
        ? this.calls.call("fd_write", fd, VECTORS, parts.length, RESULT)
        : this.calls.call("fd_pwrite", fd, VECTORS, parts.length, offset, RESULT);
    return errno === 0 ? BigInt(this.view.getUint32(RESULT, true)) : errno;
  }

  seek(fd: number, delta: bigint, whence: number): bigint | number {
    const errno = this.calls.call("fd_seek", fd, delta, whence, RESULT);
    return errno === 0 ? this.view.getBigUint64(RESULT, true) : errno;
  }

  tell(fd: number): bigint | number {
    const errno = this.calls.call("fd_tell", fd, RESULT);
    return errno === 0 ? this.view.getBigUint64(RESULT, true) : errno;
  }

  #stat(errno: number): Stat | number {
    if (errno !== 0) return errno;
    const u64 = (offset: number) => this.view.getBigUint64(RESULT + offset, true);
    return {
      device: u64(0),
      inode: u64(8),
      type: this.view.getUint8(RESULT + 16),
      links: u64(24),
      size: u64(32),
      accessedNs: u64(40),
      modifiedNs: u64(48),
      changedNs: u64(56),
    };
  }

  fdStat(fd: number): Stat | number {
    return this.#stat(this.calls.call("fd_filestat_get", fd, RESULT));
  }

  stat(fd: number, path: string, follow = true): Stat | number {
    const [at, length] = this.#text(PATH, path);
    return this.#stat(this.calls.call("path_filestat_get", fd, follow ? 1 : 0, at, length, RESULT));
  }

  fdstat(fd: number): { type: number; flags: number; rights: bigint; inheriting: bigint } | number {
    const errno = this.calls.call("fd_fdstat_get", fd, RESULT);
    if (errno !== 0) return errno;
    return {
      type: this.view.getUint8(RESULT),
      flags: this.view.getUint16(RESULT + 2, true),
      rights: this.view.getBigUint64(RESULT + 8, true),
      inheriting: this.view.getBigUint64(RESULT + 16, true),
    };
  }

  setFlags(fd: number, flags: number): number {
    return this.calls.call("fd_fdstat_set_flags", fd, flags);
  }

  setRights(fd: number, rights: bigint, inheriting: bigint): number {
    return this.calls.call("fd_fdstat_set_rights", fd, rights, inheriting);
  }

  setSize(fd: number, size: bigint): number {
    return this.calls.call("fd_filestat_set_size", fd, size);
  }

  setTimes(
    fd: number,
    path: string,
    accessedNs: bigint,
    modifiedNs: bigint,
    which: number,
    follow = true,
  ): number {
    const [at, length] = this.#text(PATH, path);
    return this.calls.call(
      "path_filestat_set_times",
      fd,
      follow ? 1 : 0,
      at,
      length,
      accessedNs,
      modifiedNs,
      which,
    );
  }

  mkdir(fd: number, path: string): number {
    return this.calls.call("path_create_directory", fd, ...this.#text(PATH, path));
  }

  rmdir(fd: number, path: string): number {
    return this.calls.call("path_remove_directory", fd, ...this.#text(PATH, path));
  }

  unlink(fd: number, path: string): number {
    return this.calls.call("path_unlink_file", fd, ...this.#text(PATH, path));
  }

  rename(fd: number, from: string, to: string, toFd = fd): number {
    return this.calls.call("path_rename", fd, ...this.#text(PATH, from), toFd, ...this.#text(OTHER_PATH, to));
  }

  link(fd: number, from: string, to: string, flags = 0): number {
    return this.calls.call(
      "path_link",
      fd,
      flags,
      ...this.#text(PATH, from),
      fd,
      ...this.#text(OTHER_PATH, to),
    );
  }

  symlink(target: string, fd: number, path: string): number {
    return this.calls.call("path_symlink", ...this.#text(OTHER_PATH, target), fd, ...this.#text(PATH, path));
  }

  readlink(fd: number, path: string, room = 256): string | number {
    const errno = this.calls.call("path_readlink", fd, ...this.#text(PATH, path), DATA, room, RESULT);
    return errno === 0 ? Buffer.from(this.bytes(DATA, this.view.getUint32(RESULT, true))).toString() : errno;
  }

  /** Whole entries that one call tells, and how many bytes it used; or the errno. */
  readdir(fd: number, cookie: bigint, room: number): { entries: DirectoryEntry[]; used: number } | number {
    const errno = this.calls.call("fd_readdir", fd, DATA, room, cookie, RESULT);
    if (errno !== 0) return errno;
    const used = this.view.getUint32(RESULT, true);
    const entries: DirectoryEntry[] = [];
    for (let at = 0; at + 24 <= used; ) {
      const length = this.view.getUint32(DATA + at + 16, true);
      if (at + 24 + length > used) break;
      entries.push({
        next: this.view.getBigUint64(DATA + at, true),
        inode: this.view.getBigUint64(DATA + at + 8, true),
        type: this.view.getUint8(DATA + at + 20),
        name: Buffer.from(this.bytes(DATA + at + 24, length)).toString(),
      });
      at += 24 + length;
    }
    return { entries, used };
  }

  /** All entries, by calls with so much room. */
  list(fd: number, room = 4096): DirectoryEntry[] | number {
    const all: DirectoryEntry[] = [];
    for (let cookie = 0n; ; ) {
      const found = this.readdir(fd, cookie, room);
      if (typeof found === "number") return found;
      all.push(...found.entries);
      if (found.used < room) return all;
      cookie = all.at(-1)!.next;
    }
  }

  /** Makes a file of this content. */
  put(fd: number, path: string, content: string | Uint8Array): void {
    const file = this.open(fd, path, { open: O.create | O.truncate });
    if (file < 0) throw new Error(`${path} cannot be made: errno ${-file}`);
    if (content.length > 0) this.write(file, content);
    this.close(file);
  }

  /** The content of a file, or the errno. */
  get(fd: number, path: string): string | number {
    const file = this.open(fd, path, { rights: READ_RIGHTS });
    if (file < 0) return -file;
    const content = this.text(file, 65_536);
    this.close(file);
    return content;
  }
}

export const allPathRights = Object.entries(R)
  .filter(([name]) => name.startsWith("path_"))
  .reduce((all, [, right]) => all | right, 0n);
