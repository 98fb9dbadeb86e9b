// From a path to the directory that its last name stands in, one name at a time, so that nothing leads out of the folder.
//
// On Linux every directory on the way is opened, without following links, and the next name is looked up in it by way of
// /proc/self/fd: what others move or replace meanwhile cannot lead elsewhere. Other systems have no such way for Node.js:
// there a directory is its path, and links are looked for before each step; docs/caveats.md says what that leaves open.
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  statSync,
} from "node:fs";
import { FileErrno, type FilePath, FileRefused } from "../../../base/host-folder.js";
import { attempt, refusalOf, refuse } from "./errors.js";

const LINKS_MAX = 40;
const { O_RDONLY, O_DIRECTORY = 0, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/** A directory on the way. */
export interface Directory {
  /** Put `/` and a name behind it. */
  readonly path: string;
  /** -1: it is not open. */
  readonly fd: number;
  /** Its own name; empty for the folder itself. */
  readonly name: string;
}

/** Where a path leads; `close` it. */
export interface Place {
  readonly directory: Directory;
  /** undefined: the directory itself. */
  readonly name: string | undefined;
  /** What Node.js knows it by. */
  readonly path: string;
  /** Slashes follow the name. */
  readonly trailing: boolean;
  /** From the folder, without links and dots. */
  readonly canonical: string;
  close(): void;
}

/** What becomes of a symbolic link at the end. entry: nothing. node: it is followed when a slash stands behind it. target: it is followed. */
export type Look = "entry" | "node" | "target";

export class Walker {
  readonly #root: Directory;
  readonly #opens: boolean;
  #closed = false;

  /** `path`: of a directory. Throws what Node.js throws. */
  constructor(path: string) {
    const fd = process.platform === "linux" ? openSync(path, O_RDONLY | O_DIRECTORY) : -1;
    this.#opens = fd !== -1 && leadsBack(fd);
    if (fd !== -1 && !this.#opens) closeSync(fd);
    if (!statSync(path).isDirectory()) throw new Error(`${path} is not a directory`);
    this.#root = { path: this.#opens ? `/proc/self/fd/${fd}` : path, fd: this.#opens ? fd : -1, name: "" };
  }

  /** May be said twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#root.fd !== -1) closeSync(this.#root.fd);
  }

  walk({ base, path }: FilePath, look: Look): Place {
    if (this.#closed) refuse(FileErrno.Badf, "the folder is closed");
    const stack: Directory[] = [this.#root];
    const close = () => {
      for (const { fd } of stack.splice(1)) if (fd !== -1) closeSync(fd);
    };
    try {
      for (const name of namesOf(base)) this.#step(stack, name, 1);
      return this.#walkFrom(stack, path, look, close);
    } catch (error) {
      close();
      throw refusalOf(error);
    }
  }

  #walkFrom(stack: Directory[], path: string, look: Look, close: () => void): Place {
    if (isAbsolute(path)) refuse(FileErrno.Notcapable, "an absolute path");
    const bottom = stack.length;
    const names = namesOf(path);
    let trailing = path.endsWith("/");
    let links = 0;
    const follow = (target: string, last: boolean) => {
      links += 1;
      if (links > LINKS_MAX) refuse(FileErrno.Loop, "too many symbolic links");
      if (isAbsolute(target)) refuse(FileErrno.Notcapable, "a symbolic link leads to an absolute path");
      if (last && target.endsWith("/")) trailing = true;
      names.unshift(...namesOf(target));
    };
    for (;;) {
      const name = names.shift();
      if (name === undefined) return placeOf(stack, undefined, trailing, close);
      if (name === ".") continue;
      if (name === ".." || names.length > 0) {
        const target = this.#step(stack, name, bottom);
        if (target !== undefined) follow(target, names.length === 0);
        continue;
      }
      const follows = look === "target" || (look === "node" && trailing);
      const target = follows ? linkIn(stack.at(-1)!, name) : undefined;
      if (target === undefined) return placeOf(stack, name, trailing, close);
      follow(target, true);
    }
  }

  /** Goes into the directory `name`, or up, but not out of the one that the `bottom` lowest lead to. Returns where a link leads. */
  #step(stack: Directory[], name: string, bottom: number): string | undefined {
    if (name === ".") return undefined;
    if (name === "..") {
      if (stack.length <= bottom) refuse(FileErrno.Notcapable, "a path leads out of its directory");
      const { fd } = stack.pop()!;
      if (fd !== -1) closeSync(fd);
      return undefined;
    }
    checkName(name);
    const directory = stack.at(-1)!;
    const path = `${directory.path}/${name}`;
    if (!this.#opens) {
      const found = attempt(() => lstatSync(path));
      if (found.isSymbolicLink()) return attempt(() => readlinkSync(path));
      if (!found.isDirectory()) refuse(FileErrno.Notdir, "not a directory");
      stack.push({ path, fd: -1, name });
      return undefined;
    }
    try {
      const fd = openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK);
      stack.push({ path: `/proc/self/fd/${fd}`, fd, name });
      return undefined;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const target = code === "ENOTDIR" || code === "ELOOP" ? linkIn(directory, name) : undefined;
      if (target === undefined) throw error;
      return target;
    }
  }
}

/** Where a symbolic link leads; undefined: it is none. */
function linkIn(directory: Directory, name: string): string | undefined {
  checkName(name);
  try {
    return readlinkSync(`${directory.path}/${name}`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Windows says UNKNOWN of what is no link.
    if (code === "EINVAL" || code === "ENOENT" || code === "UNKNOWN") return undefined;
    throw error;
  }
}

function placeOf(stack: Directory[], name: string | undefined, trailing: boolean, close: () => void): Place {
  if (name !== undefined) checkName(name);
  const directory = stack.at(-1)!;
  const names = stack.slice(1).map((each) => each.name);
  if (name !== undefined) names.push(name);
  const path = name === undefined ? directory.path : `${directory.path}/${name}`;
  return { directory, name, path, trailing, canonical: names.join("/"), close };
}

function namesOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "");
}

function isAbsolute(path: string): boolean {
  return path.startsWith("/") || (process.platform === "win32" && /^(\\|[a-z]:)/i.test(path));
}

/** What Windows understands in a name, and others do not: separators, drives, streams, devices. */
const windowsSpecial = /[\\:*?"<>|]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(\..*)?$/i;

function checkName(name: string): void {
  if (process.platform !== "win32" || !windowsSpecial.test(name)) return;
  throw new FileRefused(FileErrno.Inval, `Windows allows no such name: ${name}`);
}

/** Whether /proc/self/fd shows what is open. */
function leadsBack(fd: number): boolean {
  const path = `/proc/self/fd/${fd}`;
  if (!existsSync(path)) return false;
  const [open, shown] = [fstatSync(fd), statSync(path)];
  return open.ino === shown.ino && open.dev === shown.dev;
}
