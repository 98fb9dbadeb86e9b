import {
  type BigIntStats,
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  lstatSync,
  readdirSync,
  readSync,
  writeSync,
} from "node:fs";
import {
  type DirectoryEntry,
  type FileAttributes,
  FileErrno,
  FileKind,
  type FileTimes,
  type OpenHostFile,
} from "../../../base/host-folder.js";
import { attempt, refuse } from "./errors.js";

export class NodeFile implements OpenHostFile {
  readonly kind: FileKind;
  readonly path: string;
  readonly #fd: number;
  /** Of a directory: put `/` and a name behind it. */
  readonly #names: string;
  readonly #readOnly: boolean;

  constructor(fd: number, kind: FileKind, canonical: string, names: string, readOnly: boolean) {
    this.#fd = fd;
    this.kind = kind;
    this.path = canonical;
    this.#names = names;
    this.#readOnly = readOnly;
  }

  attributes(): FileAttributes {
    return attempt(() => attributesOf(fstatSync(this.#fd, { bigint: true })));
  }

  read(offset: bigint, length: number): Uint8Array {
    // No file is longer.
    if (offset > BigInt(Number.MAX_SAFE_INTEGER)) return new Uint8Array(0);
    const start = Number(offset);
    const bytes = new Uint8Array(length);
    let got = 0;
    while (got < length) {
      const count = attempt(() => readSync(this.#fd, bytes, got, length - got, start + got));
      if (count === 0) break;
      got += count;
    }
    return bytes.subarray(0, got);
  }

  write(offset: bigint | undefined, bytes: Uint8Array): bigint {
    const start = positionOf(offset ?? this.attributes().size);
    let done = 0;
    while (done < bytes.length) {
      done += attempt(() => writeSync(this.#fd, bytes, done, bytes.length - done, start + done));
    }
    return BigInt(start + done);
  }

  setSize(size: bigint): void {
    attempt(() => ftruncateSync(this.#fd, positionOf(size)));
  }

  setTimes({ accessedNs, modifiedNs }: FileTimes): void {
    // It needs no descriptor that is open for writing.
    if (this.#readOnly) refuse(FileErrno.Rofs, "the folder is read-only");
    const now = this.attributes();
    const accessed = seconds(accessedNs ?? now.accessedNs);
    attempt(() => futimesSync(this.#fd, accessed, seconds(modifiedNs ?? now.modifiedNs)));
  }

  sync(): void {
    attempt(() => fsyncSync(this.#fd));
  }

  names(): string[] {
    return attempt(() => readdirSync(this.#names)).sort();
  }

  entry(name: string): DirectoryEntry | undefined {
    const found = attempt(() => lstatSync(`${this.#names}/${name}`, { bigint: true, throwIfNoEntry: false }));
    return found && { name, inode: found.ino, kind: kindOf(found) };
  }

  close(): void {
    attempt(() => closeSync(this.#fd));
  }
}

export function attributesOf(found: BigIntStats): FileAttributes {
  return {
    kind: kindOf(found),
    device: BigInt.asUintN(64, found.dev),
    inode: BigInt.asUintN(64, found.ino),
    links: found.nlink,
    size: found.size,
    accessedNs: BigInt.asUintN(64, found.atimeNs),
    modifiedNs: BigInt.asUintN(64, found.mtimeNs),
    changedNs: BigInt.asUintN(64, found.ctimeNs),
  };
}

export function kindOf(found: BigIntStats): FileKind {
  if (found.isFile()) return FileKind.RegularFile;
  if (found.isDirectory()) return FileKind.Directory;
  return found.isSymbolicLink() ? FileKind.SymbolicLink : FileKind.Unknown;
}

/** What Node.js takes as a time: it loses the last 200 ns or so. */
export function seconds(ns: bigint): number {
  return Number(ns) / 1e9;
}

function positionOf(offset: bigint): number {
  if (offset > BigInt(Number.MAX_SAFE_INTEGER)) refuse(FileErrno.Fbig, "no file is so long");
  return Number(offset);
}
