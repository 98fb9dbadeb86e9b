// Files, calls by calls: rights, errno, directories, links, cookies, seeks, truncation. In memory and in a folder of the host.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openHostFolder } from "../../src/platform/node/host-folder/index.js";
import { BareKernel } from "./support/bare-kernel.js";
import {
  allPathRights,
  DATA,
  Driver,
  E,
  FD,
  FILE_RIGHTS,
  O,
  R,
  READ_RIGHTS,
  type Stat,
  TYPE,
  WHENCE,
} from "./support/driver.js";

const ROOT = 3;

describe.each(["in memory", "in a folder of the host"])("files %s", (where) => {
  let folder = "";
  let kernel: BareKernel;
  let wasi: Driver;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "wv-wasi-"));
    kernel =
      where === "in memory"
        ? new BareKernel()
        : new BareKernel({ strings: ["ap", "d/"], folders: [openHostFolder(folder)] });
    wasi = new Driver(kernel);
  });
  afterEach(() => {
    kernel.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const stat = (path: string, follow = true) => wasi.stat(ROOT, path, follow) as Stat;

  describe("paths", () => {
    beforeEach(() => {
      wasi.mkdir(ROOT, "dir");
      wasi.mkdir(ROOT, "dir/nested");
      wasi.put(ROOT, "dir/nested/file", "content");
    });

    it("may have dots and doubled slashes, but not lead out of the directory that they begin in", () => {
      const dir = wasi.openDirectory(ROOT, "dir");
      expect(wasi.get(dir, ".//nested/../../dir/nested/file")).toBe(E.notcapable);
      expect(wasi.get(dir, ".//nested/.././nested///./file")).toBe("content");
      expect(wasi.get(ROOT, "/dir/nested/file")).toBe(E.notcapable);
      expect(wasi.get(ROOT, "dir/../../dir/nested/file")).toBe(E.notcapable);
      expect(wasi.get(dir, "../dir/nested/file")).toBe(E.notcapable);
    });

    it("are refused when they are empty, too long, not UTF-8, or have a NUL", () => {
      expect(wasi.get(ROOT, "")).toBe(E.noent);
      expect(wasi.get(ROOT, "dir/nested/file\0")).toBe(E.ilseq);
      expect(wasi.mkdir(ROOT, "x".repeat(256))).toBe(E.nametoolong);
      expect(wasi.mkdir(ROOT, "x".repeat(255))).toBe(0);
      expect(wasi.mkdir(ROOT, "x/".repeat(2100))).toBe(E.nametoolong);
      wasi.bytes(DATA, 4).set([0x66, 0xff, 0xfe, 0x66]);
      expect(kernel.call("path_create_directory", ROOT, DATA, 4)).toBe(E.ilseq);
      wasi.bytes(DATA, 3).set([0xed, 0xa0, 0x80]);
      expect(kernel.call("path_create_directory", ROOT, DATA, 3), "a surrogate").toBe(E.ilseq);
      expect(wasi.mkdir(ROOT, "déjà vu 🎈")).toBe(0);
    });

    it("with a slash at the end are directories", () => {
      expect(-wasi.open(ROOT, "dir/nested/file/")).toBe(E.notdir);
      expect(-wasi.open(ROOT, "dir/nested/file///")).toBe(E.notdir);
      expect(wasi.open(ROOT, "dir/nested///", { rights: 0n })).toBeGreaterThan(ROOT);
      expect(-wasi.open(ROOT, "new/", { open: O.create })).toBe(E.isdir);
      expect(wasi.stat(ROOT, "dir/nested/file/")).toBe(E.notdir);
      expect(wasi.unlink(ROOT, "dir/nested/file/")).toBe(E.notdir);
      expect(wasi.unlink(ROOT, "dir/nested/")).toBe(E.isdir);
      expect(wasi.rmdir(ROOT, "dir/nested/file/")).toBe(E.notdir);
      expect(wasi.mkdir(ROOT, "made/")).toBe(0);
      expect(wasi.rename(ROOT, "made/", "moved")).toBe(0);
      expect(wasi.rename(ROOT, "moved", "again/")).toBe(0);
      expect(wasi.rename(ROOT, "dir/nested/file", "x/")).toBe(E.notdir);
      expect(wasi.rmdir(ROOT, "again/")).toBe(0);
    });

    it("through a file are refused as such", () => {
      expect(wasi.get(ROOT, "dir/nested/file/x")).toBe(E.notdir);
      expect(wasi.get(ROOT, "dir/none/x")).toBe(E.noent);
      const file = wasi.open(ROOT, "dir/nested/file");
      expect(-wasi.open(file, ".")).toBe(E.notdir);
    });
  });

  describe("opening", () => {
    it("makes, empties, or insists as it is told", () => {
      expect(-wasi.open(ROOT, "a")).toBe(E.noent);
      const first = wasi.open(ROOT, "a", { open: O.create });
      wasi.write(first, "0123456789");
      expect(-wasi.open(ROOT, "a", { open: O.create | O.exclusive })).toBe(E.exist);
      expect(stat("a").size).toBe(10n);
      wasi.open(ROOT, "a", { open: O.truncate });
      expect(stat("a").size).toBe(0n);
      expect(-wasi.open(ROOT, "a", { open: O.directory })).toBe(E.notdir);
      expect(-wasi.open(ROOT, "b", { open: O.directory | O.create })).toBe(E.inval);
      expect(-wasi.open(ROOT, "b", { open: 16 })).toBe(E.inval);
      expect(-wasi.open(ROOT, "b", { open: O.create, flags: 32 })).toBe(E.inval);
    });

    it("a directory for writing is refused", () => {
      wasi.mkdir(ROOT, "d");
      expect(-wasi.open(ROOT, "d", { rights: R.fd_write! })).toBe(E.isdir);
      expect(-wasi.open(ROOT, "d", { open: O.truncate, rights: R.fd_read! })).toBe(E.isdir);
      expect(-wasi.open(ROOT, "d", { open: O.directory, rights: R.fd_read! | R.fd_write! })).toBe(E.isdir);
      const d = wasi.open(ROOT, "d", { rights: R.fd_read! });
      expect(wasi.read(d, 10)).toBe(E.isdir);
      expect(wasi.write(d, "x")).toBe(E.isdir);
      expect(wasi.seek(d, 0n, WHENCE.set)).toBe(E.notcapable);
      expect(wasi.tell(d)).toBe(E.notcapable);
      expect(wasi.setSize(d, 0n)).toBe(E.notcapable);
      expect(kernel.call("fd_allocate", d, 0n, 1n)).toBe(E.notcapable);
    });

    it("takes the lowest free descriptor", () => {
      const [a, b, c] = ["a", "b", "c"].map((name) => wasi.open(ROOT, name, { open: O.create }));
      expect([b! - a!, c! - b!]).toEqual([1, 1]);
      wasi.close(b!);
      wasi.close(a!);
      expect(wasi.open(ROOT, "d", { open: O.create })).toBe(a);
      expect(wasi.open(ROOT, "e", { open: O.create })).toBe(b);
      expect(wasi.open(ROOT, "f", { open: O.create })).toBe(c! + 1);
      expect(wasi.close(99)).toBe(E.badf);
    });
  });

  describe("rights", () => {
    it("are those that were asked for, as far as they mean something", () => {
      wasi.put(ROOT, "f", "text");
      const reader = wasi.open(ROOT, "f", { rights: R.fd_read! });
      expect(wasi.fdstat(reader)).toMatchObject({ type: TYPE.file, rights: R.fd_read!, inheriting: 0n });
      expect(wasi.write(reader, "x")).toBe(E.notcapable);
      expect(wasi.seek(reader, 1n, WHENCE.set)).toBe(E.notcapable);
      expect(wasi.read(reader, 4, 0n), "fd_pread needs fd_seek").toBe(E.notcapable);
      expect(wasi.fdStat(reader)).toBe(E.notcapable);
      const writer = wasi.open(ROOT, "f", { rights: R.fd_write! });
      expect(wasi.read(writer, 4)).toBe(E.notcapable);
      wasi.mkdir(ROOT, "d");
      const directory = wasi.open(ROOT, "d", { rights: R.fd_seek! | R.fd_readdir! });
      expect(wasi.fdstat(directory)).toMatchObject({ type: TYPE.directory, rights: R.fd_readdir! });
    });

    it("can be given away, and not be had back", () => {
      const fd = wasi.open(ROOT, "f", { open: O.create });
      wasi.write(fd, "data");
      expect(wasi.setRights(fd, R.fd_seek!, 0n)).toBe(0);
      expect(wasi.write(fd, "x")).toBe(E.notcapable);
      expect(wasi.setRights(fd, R.fd_seek! | R.fd_write!, 0n)).toBe(E.notcapable);
      expect(wasi.seek(fd, 0n, WHENCE.set)).toBe(0n);
    });

    it("of what is opened in a directory are bounded by what it hands down", () => {
      wasi.mkdir(ROOT, "d");
      const rights = R.path_open! | R.path_create_file!;
      const d = wasi.open(ROOT, "d", { open: O.directory, rights, inheriting: R.fd_read! });
      expect(-wasi.open(d, "f", { open: O.create, rights: R.fd_write! })).toBe(E.notcapable);
      expect(wasi.open(d, "f", { open: O.create, rights: R.fd_read! })).toBeGreaterThan(d);
      expect(-wasi.open(d, "f", { open: O.truncate, rights: R.fd_read! }), "path_filestat_set_size").toBe(
        E.notcapable,
      );
      expect(wasi.mkdir(d, "x")).toBe(E.notcapable);
      expect(wasi.stat(d, "f")).toBe(E.notcapable);
    });

    it("of a directory that was open from the start are all those of directories", () => {
      const { rights, inheriting } = wasi.fdstat(ROOT) as { rights: bigint; inheriting: bigint };
      expect(rights & allPathRights).toBe(allPathRights);
      expect(rights & (R.fd_seek! | R.fd_filestat_set_size!)).toBe(0n);
      expect(inheriting & (FILE_RIGHTS | allPathRights)).toBe(FILE_RIGHTS | allPathRights);
      expect(wasi.open(ROOT, ".", { rights, inheriting })).toBeGreaterThan(ROOT);
    });
  });

  describe("reading and writing", () => {
    it("move the offset by what was moved, in as many parts as are given", () => {
      const fd = wasi.open(ROOT, "f", { open: O.create });
      expect(wasi.write(fd, ["one", "", "two", "three"])).toBe(11n);
      expect(wasi.tell(fd)).toBe(11n);
      expect(wasi.seek(fd, -8n, WHENCE.current)).toBe(3n);
      expect(Buffer.from(wasi.read(fd, [2, 0, 100]) as Uint8Array).toString()).toBe("twothree");
      expect(wasi.read(fd, 10)).toEqual(new Uint8Array(0));
    });

    it("at an offset leave that of the file alone", () => {
      const fd = wasi.open(ROOT, "f", { open: O.create });
      wasi.write(fd, "0123456789");
      expect(wasi.text(fd, 3, 4n)).toBe("456");
      expect(wasi.write(fd, "ab", 8n)).toBe(2n);
      expect(wasi.tell(fd)).toBe(10n);
      expect(wasi.get(ROOT, "f")).toBe("01234567ab");
      expect(wasi.read(fd, 1, -1n)).toBe(E.inval);
    });

    it("append wherever the offset is", () => {
      const fd = wasi.open(ROOT, "f", { open: O.create, flags: FD.append });
      wasi.write(fd, "one");
      wasi.seek(fd, 0n, WHENCE.set);
      wasi.write(fd, "two");
      expect(wasi.tell(fd)).toBe(6n);
      expect(wasi.setFlags(fd, 0)).toBe(0);
      wasi.seek(fd, 0n, WHENCE.set);
      wasi.write(fd, "ONE");
      expect(wasi.get(ROOT, "f")).toBe("ONEtwo");
      expect(wasi.setFlags(fd, 32)).toBe(E.inval);
    });

    it("behind the end leave a hole that reads as zeros", () => {
      const fd = wasi.open(ROOT, "f", { open: O.create });
      expect(wasi.write(fd, "end", 100_000n)).toBe(3n);
      expect(stat("f").size).toBe(100_003n);
      const bytes = wasi.read(fd, 100_003) as Uint8Array;
      expect(bytes.length).toBe(100_003);
      expect(bytes.subarray(0, 100_000).every((byte) => byte === 0)).toBe(true);
      expect(Buffer.from(bytes.subarray(100_000)).toString()).toBe("end");
    });

    it("move large parts across pages", () => {
      const data = Uint8Array.from({ length: 120_000 }, (_, i) => (i * 7) ^ (i >> 8));
      const fd = wasi.open(ROOT, "f", { open: O.create });
      wasi.seek(fd, 4090n, WHENCE.set);
      expect(wasi.write(fd, data)).toBe(120_000n);
      expect(wasi.read(fd, 120_000, 4090n)).toEqual(data);
    });

    it("of a removed file go on as long as it is open", () => {
      const fd = wasi.open(ROOT, "f", { open: O.create });
      wasi.write(fd, "still here");
      expect(wasi.unlink(ROOT, "f")).toBe(0);
      expect(wasi.get(ROOT, "f")).toBe(E.noent);
      expect(wasi.text(fd, 20, 0n)).toBe("still here");
      expect((wasi.fdStat(fd) as Stat).links).toBe(0n);
    });
  });

  describe("offsets and sizes", () => {
    it("seek from the start, the end, and where it is, and not before the start", () => {
      const fd = wasi.open(ROOT, "f", { open: O.create });
      wasi.write(fd, "x".repeat(100));
      expect(wasi.seek(fd, -10n, WHENCE.end)).toBe(90n);
      expect(wasi.seek(fd, 1000n, WHENCE.current)).toBe(1090n);
      expect(wasi.seek(fd, -2000n, WHENCE.current)).toBe(E.inval);
      expect(wasi.seek(fd, -1n, WHENCE.set)).toBe(E.inval);
      expect(wasi.seek(fd, 0n, 3)).toBe(E.inval);
      expect(wasi.seek(fd, (1n << 63n) - 1n, WHENCE.current)).toBe(E.overflow);
      expect(wasi.tell(fd)).toBe(1090n);
      expect(stat("f").size).toBe(100n);
    });

    it("grow with zeros and shrink for good", () => {
      const fd = wasi.open(ROOT, "f", { open: O.create });
      wasi.write(fd, "y".repeat(10_000));
      expect(wasi.setSize(fd, 5000n)).toBe(0);
      expect(wasi.setSize(fd, 9000n)).toBe(0);
      const bytes = wasi.read(fd, 9000, 0n) as Uint8Array;
      expect(bytes.subarray(0, 5000).every((byte) => byte === 0x79)).toBe(true);
      expect(bytes.subarray(5000).every((byte) => byte === 0)).toBe(true);
      expect(wasi.setSize(fd, -1n)).toBe(E.inval);
      expect(wasi.tell(fd)).toBe(10_000n);
    });

    it("are extended by fd_allocate, never reduced", () => {
      const fd = wasi.open(ROOT, "f", { open: O.create });
      expect(kernel.call("fd_allocate", fd, 0n, 100n)).toBe(0);
      expect(kernel.call("fd_allocate", fd, 10n, 10n)).toBe(0);
      expect((wasi.fdStat(fd) as Stat).size).toBe(100n);
      expect(kernel.call("fd_allocate", fd, 90n, 20n)).toBe(0);
      expect((wasi.fdStat(fd) as Stat).size).toBe(110n);
      expect(kernel.call("fd_allocate", fd, 0n, 0n)).toBe(E.inval);
      expect(kernel.call("fd_allocate", fd, -1n, 10n)).toBe(E.inval);
    });

    it("may be advised about", () => {
      const fd = wasi.open(ROOT, "f", { open: O.create });
      for (let advice = 0; advice <= 5; advice++)
        expect(kernel.call("fd_advise", fd, 0n, 0n, advice)).toBe(0);
      expect(kernel.call("fd_advise", fd, 0n, 0n, 6)).toBe(E.inval);
      expect(kernel.call("fd_sync", fd)).toBe(0);
      expect(kernel.call("fd_datasync", fd)).toBe(0);
    });
  });

  describe("directories", () => {
    it("are made and removed, the latter when they are empty", () => {
      expect(wasi.mkdir(ROOT, "d")).toBe(0);
      expect(wasi.mkdir(ROOT, "d")).toBe(E.exist);
      expect(wasi.mkdir(ROOT, "none/d")).toBe(E.noent);
      wasi.put(ROOT, "d/f", "");
      expect(wasi.rmdir(ROOT, "d")).toBe(E.notempty);
      expect(wasi.unlink(ROOT, "d")).toBe(E.isdir);
      expect(wasi.rmdir(ROOT, "d/f")).toBe(E.notdir);
      expect(wasi.unlink(ROOT, "d/f")).toBe(0);
      expect(wasi.rmdir(ROOT, "d")).toBe(0);
      expect(wasi.rmdir(ROOT, "d")).toBe(E.noent);
      expect(wasi.rmdir(ROOT, ".")).toBe(E.inval);
      expect(wasi.rmdir(ROOT, "..")).toBe(E.notcapable);
    });

    it("tell . and .. first, then each entry with its inode, its type and where to go on", () => {
      wasi.mkdir(ROOT, "d");
      wasi.put(ROOT, "d/file", "");
      wasi.mkdir(ROOT, "d/sub");
      wasi.symlink("file", ROOT, "d/link");
      const fd = wasi.openDirectory(ROOT, "d");
      const entries = wasi.list(fd) as { name: string; type: number; inode: bigint; next: bigint }[];
      expect(entries.slice(0, 2).map(({ name }) => name)).toEqual([".", ".."]);
      const types = Object.fromEntries(entries.map(({ name, type }) => [name, type]));
      expect(types).toEqual({ ".": 3, "..": 3, file: 4, link: 7, sub: 3 });
      for (const name of ["file", "sub", "link"]) {
        expect(entries.find((entry) => entry.name === name)!.inode).toBe(stat(`d/${name}`, false).inode);
      }
      expect(entries[0]!.inode).toBe((wasi.fdStat(fd) as Stat).inode);
      const rest = wasi.readdir(fd, entries[2]!.next, 4096) as { entries: unknown[] };
      expect(rest.entries).toEqual(entries.slice(3));
    });

    it("of a thousand entries are told whole by calls with little room, and an entry that does not fit is cut off", () => {
      wasi.mkdir(ROOT, "many");
      for (let i = 0; i < 1000; i++) wasi.put(ROOT, `many/file.${i}`, "");
      const fd = wasi.openDirectory(ROOT, "many");
      for (const room of [40, 256, 4097, 120_000]) {
        const names = (wasi.list(fd, room) as { name: string }[]).map(({ name }) => name);
        expect(names.length, `room ${room}`).toBe(1002);
        expect(new Set(names).size).toBe(1002);
      }
      expect(wasi.readdir(fd, 0n, 30)).toMatchObject({ used: 30, entries: [{ name: "." }] });
      expect(wasi.readdir(fd, 5000n, 4096)).toMatchObject({ used: 0 });
    });

    it("can be emptied while they are being read", () => {
      wasi.mkdir(ROOT, "many");
      for (let i = 0; i < 300; i++) wasi.put(ROOT, `many/${i}`, "");
      const fd = wasi.openDirectory(ROOT, "many");
      let removed = 0;
      for (let cookie = 0n; ; ) {
        const { entries, used } = wasi.readdir(fd, cookie, 512) as {
          entries: { name: string; next: bigint }[];
          used: number;
        };
        for (const { name } of entries) {
          if (/^\d/.test(name)) {
            expect(wasi.unlink(fd, name)).toBe(0);
            removed += 1;
          }
        }
        if (used < 512) break;
        cookie = entries.at(-1)!.next;
      }
      expect(removed).toBe(300);
      expect(wasi.rmdir(ROOT, "many")).toBe(0);
    });

    it("that were removed take nothing any more", () => {
      wasi.mkdir(ROOT, "d");
      const fd = wasi.openDirectory(ROOT, "d");
      wasi.rmdir(ROOT, "d");
      expect(-wasi.open(fd, "f", { open: O.create })).toBe(E.noent);
      expect(wasi.mkdir(fd, "x")).toBe(E.noent);
    });
  });

  describe("renaming", () => {
    it("replaces what is alike, and refuses what is not", () => {
      wasi.mkdir(ROOT, "d");
      wasi.mkdir(ROOT, "empty");
      wasi.mkdir(ROOT, "full");
      wasi.put(ROOT, "full/f", "");
      wasi.put(ROOT, "a", "A");
      wasi.put(ROOT, "b", "B");
      expect(wasi.rename(ROOT, "d", "full")).toBe(E.notempty);
      expect(wasi.rename(ROOT, "d", "full/f")).toBe(E.notdir);
      expect(wasi.rename(ROOT, "a", "empty")).toBe(E.isdir);
      expect(wasi.rename(ROOT, "none", "x")).toBe(E.noent);
      expect(wasi.rename(ROOT, "a", "b")).toBe(0);
      expect(wasi.get(ROOT, "b")).toBe("A");
      expect(wasi.get(ROOT, "a")).toBe(E.noent);
      expect(wasi.rename(ROOT, "d", "empty")).toBe(0);
      expect(wasi.rename(ROOT, "full", "full/inside")).toBe(E.inval);
      expect(wasi.rename(ROOT, "full/f", "full")).toBe(E.notempty);
      expect(wasi.rename(ROOT, "b", "b")).toBe(0);
      expect(wasi.rename(ROOT, ".", "x")).toBe(E.busy);
    });

    it("takes open files and directories along", () => {
      wasi.mkdir(ROOT, "old");
      wasi.put(ROOT, "old/f", "text");
      const file = wasi.open(ROOT, "old/f");
      const directory = wasi.openDirectory(ROOT, "old");
      expect(wasi.rename(ROOT, "old", "new")).toBe(0);
      kernel.forget();
      expect(wasi.text(file, 10)).toBe("text");
      expect(wasi.get(directory, "f")).toBe("text");
      wasi.mkdir(ROOT, "deeper");
      expect(wasi.rename(ROOT, "new", "deeper/new")).toBe(0);
      expect(wasi.get(directory, "f")).toBe("text");
      expect(wasi.get(ROOT, "deeper/new/f")).toBe("text");
    });
  });

  describe("links", () => {
    it("of the hard kind are the same file", () => {
      wasi.put(ROOT, "f", "text");
      expect(wasi.link(ROOT, "f", "g")).toBe(0);
      expect(stat("g").inode).toBe(stat("f").inode);
      expect(stat("f").links).toBe(2n);
      expect(wasi.link(ROOT, "f", "g")).toBe(E.exist);
      expect(wasi.link(ROOT, "f", "f")).toBe(E.exist);
      expect(wasi.link(ROOT, "f", "h/")).toBe(E.noent);
      expect(wasi.link(ROOT, "f", "i", 1), "followed").toBe(E.inval);
      wasi.mkdir(ROOT, "d");
      expect(wasi.link(ROOT, "d", "e")).toBe(E.perm);
      expect(wasi.unlink(ROOT, "f")).toBe(0);
      expect(wasi.get(ROOT, "g")).toBe("text");
    });

    it("of the symbolic kind are followed, or not, as is said", () => {
      wasi.mkdir(ROOT, "d");
      wasi.put(ROOT, "d/f", "text");
      expect(wasi.symlink("d/f", ROOT, "l")).toBe(0);
      expect(wasi.symlink("d", ROOT, "dl")).toBe(0);
      expect(wasi.get(ROOT, "l")).toBe("text");
      expect(wasi.get(ROOT, "dl/f")).toBe("text");
      expect(-wasi.open(ROOT, "l", { follow: false })).toBe(E.loop);
      expect(-wasi.open(ROOT, "dl", { follow: false, open: O.directory, rights: 0n })).toBe(E.loop);
      expect(stat("l", false)).toMatchObject({ type: TYPE.symlink, size: 3n });
      expect(stat("l")).toMatchObject({ type: TYPE.file, size: 4n });
      expect(stat("dl/", false).type).toBe(TYPE.directory);
      expect(wasi.readlink(ROOT, "l")).toBe("d/f");
      expect(wasi.readlink(ROOT, "l", 2)).toBe("d/");
      expect(wasi.readlink(ROOT, "d")).toBe(E.inval);
      expect(wasi.unlink(ROOT, "l")).toBe(0);
      expect(wasi.get(ROOT, "d/f")).toBe("text");
    });

    it("that lead nowhere, round in circles, or out are refused when they are followed", () => {
      expect(wasi.symlink("none", ROOT, "dangling")).toBe(0);
      expect(wasi.get(ROOT, "dangling")).toBe(E.noent);
      expect(wasi.symlink("circle", ROOT, "circle")).toBe(0);
      expect(wasi.get(ROOT, "circle")).toBe(E.loop);
      expect(wasi.symlink("..", ROOT, "up")).toBe(0);
      expect(wasi.get(ROOT, "up/etc/passwd")).toBe(E.notcapable);
      expect(wasi.symlink("/etc/passwd", ROOT, "absolute")).toBe(E.notcapable);
      expect(wasi.symlink("", ROOT, "empty")).toBe(E.noent);
      expect(wasi.symlink("x", ROOT, "dangling")).toBe(E.exist);
      expect(wasi.symlink("x", ROOT, "new/")).toBe(E.noent);
      wasi.mkdir(ROOT, "d");
      expect(wasi.symlink("x", ROOT, "d/")).toBe(E.exist);
      expect(wasi.symlink("../dangling", ROOT, "d/up")).toBe(0);
      const d = wasi.openDirectory(ROOT, "d");
      expect(wasi.get(d, "up"), "it leads out of d").toBe(E.notcapable);
    });

    it("make a file where a dangling one leads, but not exclusively", () => {
      wasi.symlink("target", ROOT, "l");
      expect(-wasi.open(ROOT, "l", { open: O.create | O.exclusive })).toBe(E.exist);
      wasi.put(ROOT, "l", "through");
      expect(wasi.get(ROOT, "target")).toBe("through");
    });
  });

  it("have times that are set, and stay as they are when both kinds are asked for at once", () => {
    wasi.put(ROOT, "f", "x");
    const [accessed, modified] = [1_600_000_000_000_000_000n, 1_500_000_000_500_000_000n];
    expect(wasi.setTimes(ROOT, "f", accessed, modified, 1 | 4)).toBe(0);
    expect(stat("f")).toMatchObject({ accessedNs: accessed, modifiedNs: modified });
    expect(wasi.setTimes(ROOT, "f", 5n, 5n, 1 | 2)).toBe(E.inval);
    expect(wasi.setTimes(ROOT, "f", 5n, 5n, 4 | 8)).toBe(E.inval);
    expect(wasi.setTimes(ROOT, "f", 5n, 5n, 16)).toBe(E.inval);
    expect(stat("f")).toMatchObject({ accessedNs: accessed, modifiedNs: modified });
    expect(wasi.setTimes(ROOT, "f", 0n, 0n, 2)).toBe(0);
    expect(stat("f").accessedNs).toBeGreaterThan(accessed);
    expect(stat("f").modifiedNs).toBe(modified);
    wasi.symlink("f", ROOT, "l");
    expect(wasi.setTimes(ROOT, "l", 1_000_000_000n, 2_000_000_000n, 5, false)).toBe(0);
    expect(stat("l", false).modifiedNs).toBe(2_000_000_000n);
    expect(stat("f").modifiedNs).toBe(modified);
    const fd = wasi.open(ROOT, "f");
    expect(kernel.call("fd_filestat_set_times", fd, 0n, 3_000_000_000n, 4)).toBe(0);
    expect(stat("f").modifiedNs).toBe(3_000_000_000n);
  });

  it("are the same by descriptor and by path", () => {
    wasi.put(ROOT, "f", "x");
    const fd = wasi.open(ROOT, "f", { rights: READ_RIGHTS });
    expect(wasi.fdStat(fd)).toEqual(stat("f"));
    expect(wasi.fdStat(ROOT)).toEqual(stat("."));
  });

  it("change their descriptors with fd_renumber", () => {
    wasi.put(ROOT, "a", "A");
    wasi.put(ROOT, "b", "B");
    const a = wasi.open(ROOT, "a");
    const b = wasi.open(ROOT, "b");
    expect(kernel.call("fd_renumber", a, b)).toBe(0);
    expect(wasi.text(b, 10)).toBe("A");
    expect(wasi.close(a)).toBe(E.badf);
    expect(kernel.call("fd_renumber", b, a)).toBe(E.badf);
    expect(kernel.call("fd_renumber", b, b)).toBe(0);
    expect(kernel.call("fd_renumber", b, ROOT)).toBe(0);
    expect(kernel.call("fd_prestat_get", ROOT, 1024)).toBe(E.badf);
    expect(wasi.close(ROOT)).toBe(0);
  });
});
