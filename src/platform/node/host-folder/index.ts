// A folder of the host, for guests: see HostFolder. All calls are synchronous and short: at most 64 KiB are moved at a time.
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
} from "node:fs";
import {
  type FileAttributes,
  FileErrno,
  FileKind,
  type FilePath,
  type FileTimes,
  type HostFolder,
  type OpenHostFile,
  type OpenMode,
} from "../../../base/host-folder.js";
import { attempt, refusalOf, refuse } from "./errors.js";
import { attributesOf, kindOf, NodeFile, seconds } from "./open-file.js";
import { type Look, type Place, Walker } from "./walk.js";

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC } = constants;
/** Windows has none of these. */
const { O_DIRECTORY = 0, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_SYNC = 0 } = constants;
const FILE_MODE = 0o666;

/** `path`: of a directory. Throws what Node.js throws when there is none. */
export function openHostFolder(path: string, options: { readonly readOnly?: boolean } = {}): HostFolder {
  return new NodeFolder(new Walker(realpathSync(path)), options.readOnly ?? false);
}

class NodeFolder implements HostFolder {
  readonly #walker: Walker;
  readonly #readOnly: boolean;

  constructor(walker: Walker, readOnly: boolean) {
    this.#walker = walker;
    this.#readOnly = readOnly;
  }

  open(at: FilePath, mode: OpenMode): OpenHostFile {
    if (this.#readOnly && (mode.write || mode.truncate)) readOnly();
    const look: Look = mode.create && mode.exclusive ? "entry" : mode.follow ? "target" : "node";
    return this.#at(at, look, (place) => {
      if (!this.#readOnly) return openAt(place, mode, false);
      try {
        return openAt(place, { ...mode, create: false }, true);
      } catch (error) {
        const refusal = refusalOf(error);
        if (mode.create && refusal.errno === FileErrno.Noent) readOnly();
        throw refusal;
      }
    });
  }

  attributes(at: FilePath, follow: boolean): FileAttributes {
    return this.#at(at, follow ? "target" : "node", (place) => {
      const { directory, name, path } = place;
      if (name === undefined && directory.fd !== -1)
        return attributesOf(fstatSync(directory.fd, { bigint: true }));
      return fitting(place, attributesOf(lstatSync(path, { bigint: true })));
    });
  }

  setTimes(at: FilePath, follow: boolean, { accessedNs, modifiedNs }: FileTimes): void {
    this.#change(at, follow ? "target" : "node", (place) => {
      const { name, path } = place;
      // The directory itself is known by a link in /proc/self/fd, that is not meant.
      const itself = name === undefined ? `${path}/.` : path;
      const now = fitting(place, attributesOf(lstatSync(itself, { bigint: true })));
      lutimesSync(itself, seconds(accessedNs ?? now.accessedNs), seconds(modifiedNs ?? now.modifiedNs));
    });
  }

  makeDirectory(at: FilePath): void {
    this.#change(at, "entry", ({ name, path }) => {
      if (name === undefined) refuse(FileErrno.Exist, "it is there");
      mkdirSync(path);
    });
  }

  removeDirectory(at: FilePath): void {
    this.#change(at, "entry", ({ name, path }) => {
      if (name === undefined) refuse(FileErrno.Inval, "the directory itself");
      rmdirSync(path);
    });
  }

  unlink(at: FilePath): void {
    this.#change(at, "entry", (place) => {
      const { path } = named(place, FileErrno.Isdir);
      // Some systems remove directories, or say EPERM.
      if (lstatSync(path).isDirectory()) refuse(FileErrno.Isdir, "it is a directory");
      if (place.trailing) refuse(FileErrno.Notdir, "it is not a directory");
      unlinkSync(path);
    });
  }

  rename(from: FilePath, to: FilePath): { before: string; now: string } {
    return this.#changeBoth(from, to, (source, target) => {
      const isDirectory = lstatSync(source.path).isDirectory();
      if ((source.trailing || target.trailing) && !isDirectory)
        refuse(FileErrno.Notdir, "it is not a directory");
      named(source, FileErrno.Busy);
      named(target, FileErrno.Busy);
      renameSync(source.path, target.path);
      return { before: source.canonical, now: target.canonical };
    });
  }

  link(from: FilePath, to: FilePath): void {
    this.#changeBoth(from, to, (source, target) => {
      const found = lstatSync(source.path);
      if (source.name === undefined || found.isDirectory()) refuse(FileErrno.Perm, "it is a directory");
      if (source.trailing) refuse(FileErrno.Notdir, "it is not a directory");
      if (named(target, FileErrno.Exist).trailing) absent(target);
      linkSync(source.path, target.path);
    });
  }

  makeSymbolicLink(at: FilePath, target: string): void {
    if (target === "") refuse(FileErrno.Noent, "it leads nowhere");
    if (target.startsWith("/") || (process.platform === "win32" && /[\\:]/.test(target))) {
      refuse(FileErrno.Notcapable, "it leads to an absolute path");
    }
    this.#change(at, "entry", (place) => {
      if (named(place, FileErrno.Exist).trailing) absent(place);
      symlinkSync(target, place.path);
    });
  }

  readSymbolicLink(at: FilePath): string {
    return this.#at(at, "node", ({ name, path, trailing }) => {
      if (name === undefined) refuse(FileErrno.Inval, "it is a directory");
      if (trailing && !lstatSync(path).isDirectory()) refuse(FileErrno.Notdir, "it is not a directory");
      const target = readlinkSync(path);
      if (target.startsWith("/")) refuse(FileErrno.Notcapable, "it leads to an absolute path");
      return target;
    });
  }

  close(): void {
    this.#walker.close();
  }

  #at<T>(at: FilePath, look: Look, act: (place: Place) => T): T {
    const place = this.#walker.walk(at, look);
    try {
      return attempt(() => act(place));
    } finally {
      place.close();
    }
  }

  #change<T>(at: FilePath, look: Look, act: (place: Place) => T): T {
    return this.#at(at, look, (place) => (this.#readOnly ? readOnly() : act(place)));
  }

  #changeBoth<T>(from: FilePath, to: FilePath, act: (source: Place, target: Place) => T): T {
    return this.#change(from, "entry", (source) => this.#at(to, "entry", (target) => act(source, target)));
  }
}

function readOnly(): never {
  refuse(FileErrno.Rofs, "the folder is read-only");
}

/** Only a directory has a slash behind its name. */
function fitting({ trailing }: Place, attributes: FileAttributes): FileAttributes {
  if (trailing && attributes.kind !== FileKind.Directory) refuse(FileErrno.Notdir, "it is not a directory");
  return attributes;
}

/** `errno`: what is said of the directory itself. */
function named(place: Place, errno: FileErrno): Place {
  if (place.name === undefined) refuse(errno, "the directory itself");
  return place;
}

/** For a name with a slash behind it that is to be made: there must be nothing, and then it cannot be made either. */
function absent({ path }: Place): never {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return refuse(found === undefined ? FileErrno.Noent : FileErrno.Exist, "a slash stands behind its name");
}

function openAt(place: Place, mode: OpenMode, readOnly: boolean): OpenHostFile {
  const { create, directory, exclusive, sync, truncate } = mode;
  if (place.name === undefined) {
    if (create && exclusive) refuse(FileErrno.Exist, "it is there");
    if (create || truncate || mode.write) refuse(FileErrno.Isdir, "it is a directory");
    // The link in /proc/self/fd is to be followed.
    return opened(place, openSync(`${place.path}/.`, O_RDONLY | O_DIRECTORY), readOnly);
  }
  const before = lstatSync(place.path, { bigint: true, throwIfNoEntry: false });
  if (before !== undefined) {
    if (create && exclusive) refuse(FileErrno.Exist, "it is there");
    const kind = kindOf(before);
    if (kind === FileKind.SymbolicLink) refuse(FileErrno.Loop, "it is a symbolic link");
    if (kind === FileKind.Unknown) refuse(FileErrno.Acces, "it is neither a file nor a directory");
    const isDirectory = kind === FileKind.Directory;
    if (!isDirectory && (directory || place.trailing)) refuse(FileErrno.Notdir, "it is not a directory");
    if (isDirectory && (create || truncate || mode.write)) refuse(FileErrno.Isdir, "it is a directory");
  } else if (place.trailing) {
    refuse(create ? FileErrno.Isdir : FileErrno.Noent, "a slash stands behind its name");
  }
  const writes = mode.write || truncate;
  let flags = writes ? (mode.read ? O_RDWR : O_WRONLY) : O_RDONLY;
  flags |= O_NOFOLLOW | O_NONBLOCK;
  if (create) flags |= O_CREAT;
  if (exclusive && create) flags |= O_EXCL;
  if (truncate) flags |= O_TRUNC;
  if (directory) flags |= O_DIRECTORY;
  if (sync) flags |= O_SYNC;
  return opened(place, openSync(place.path, flags, FILE_MODE), readOnly);
}

/** Refuses what is neither a file nor a directory, whatever it was before. */
function opened({ canonical, path, directory, name }: Place, fd: number, readOnly: boolean): OpenHostFile {
  const kind = kindOf(fstatSync(fd, { bigint: true }));
  if (kind !== FileKind.RegularFile && kind !== FileKind.Directory) {
    closeSync(fd);
    refuse(FileErrno.Acces, "it is neither a file nor a directory");
  }
  const names = directory.fd !== -1 ? `/proc/self/fd/${fd}` : name === undefined ? directory.path : path;
  return new NodeFile(fd, kind, canonical, names, readOnly);
}
