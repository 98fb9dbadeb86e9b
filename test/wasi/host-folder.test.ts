// A folder of the host that a guest has: ways out of it that are known, and none of them leads out.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FILE_REQUEST_BYTES, FileOperation, FileReply, FileRequest } from "../../src/abi.js";
import type { FileErrno, HostFolder } from "../../src/base/host-folder.js";
import { HostFiles } from "../../src/devices/host-files/service.js";
import { openHostFolder } from "../../src/platform/node/host-folder/index.js";
import { BareKernel } from "./support/bare-kernel.js";
import { Driver, E, O, R, type Stat } from "./support/driver.js";

const ROOT = 3;
let outside = "";
let inside = "";
let folder: HostFolder;
let kernel: BareKernel;
let wasi: Driver;

beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), "wv-outside-"));
  inside = join(outside, "folder");
  mkdirSync(inside);
  mkdirSync(join(inside, "d"));
  writeFileSync(join(outside, "secret"), "secret");
  writeFileSync(join(inside, "f"), "inside");
  begin();
});
afterEach(() => {
  folder.close();
  kernel.close();
  rmSync(outside, { recursive: true, force: true });
});

function begin(readOnly = false): void {
  folder = openHostFolder(inside, { readOnly });
  kernel = new BareKernel({ strings: ["d/data"], folders: [folder] });
  wasi = new Driver(kernel);
}

/** Every way to touch `path`, and what each says. */
function touch(path: string, at = ROOT): Record<string, unknown> {
  return {
    get: wasi.get(at, path),
    open: -wasi.open(at, path, { open: O.create }),
    truncate: -wasi.open(at, path, { open: O.truncate }),
    list: -wasi.openDirectory(at, path),
    stat: wasi.stat(at, path),
    lstat: wasi.stat(at, `${path}/.`, false),
    times: wasi.setTimes(at, path, 0n, 0n, 5),
    mkdir: wasi.mkdir(at, `${path}/x`),
    rmdir: wasi.rmdir(at, `${path}/x`),
    unlink: wasi.unlink(at, `${path}/secret`),
    renameTo: wasi.rename(at, "f", `${path}/f`),
    renameFrom: wasi.rename(at, `${path}/secret`, "stolen"),
    link: wasi.link(at, `${path}/secret`, "stolen"),
    linkTo: wasi.link(at, "f", `${path}/f`),
    symlink: wasi.symlink("x", at, `${path}/x`),
    readlink: wasi.readlink(at, `${path}/x`),
  };
}

function unchanged(): void {
  expect(readdirSync(outside).sort()).toEqual(["folder", "secret"]);
  expect(readFileSync(join(outside, "secret"), "utf8")).toBe("secret");
  expect(existsSync(join(inside, "stolen"))).toBe(false);
}

describe("no way leads out of a folder", () => {
  it.each([
    ...["..", "../secret", "d/../../secret", "d/..//../secret", "./../secret", "d/../../folder/../secret"],
    ...["/etc/passwd", "//etc/passwd", "/data/../../secret", "none/../../secret", "f/../../secret"],
  ])("not the path %s", (path) => {
    for (const [call, said] of Object.entries(touch(path))) {
      // What stands before the `..` may be wrong too.
      const errnos: unknown[] = [E.notcapable, E.noent, E.notdir];
      expect(errnos, `${call} ${path}: ${said}`).toContain(typeof said === "number" ? said : "data");
    }
    unchanged();
  });

  it("not by symbolic links that somebody else put there: absolute ones, upward ones, chains of them", () => {
    symlinkSync("..", join(inside, "up"));
    symlinkSync(outside, join(inside, "absolute"));
    symlinkSync("/", join(inside, "root"));
    symlinkSync("d/../..", join(inside, "d/around"));
    symlinkSync("absolute", join(inside, "chain"));
    symlinkSync("../secret", join(inside, "file"));
    symlinkSync("/proc/self/root", join(inside, "process"));
    symlinkSync("/proc/self/fd", join(inside, "descriptors"));
    for (const name of ["up", "absolute", "root", "d/around", "chain", "process", "descriptors"]) {
      for (const [call, said] of Object.entries(touch(name))) {
        const errnos: unknown[] = [E.notcapable, E.noent, E.notdir];
        expect(errnos, `${call} ${name}: ${said}`).toContain(typeof said === "number" ? said : "data");
      }
    }
    expect(wasi.get(ROOT, "file")).toBe(E.notcapable);
    expect(-wasi.open(ROOT, "file", { open: O.create | O.truncate })).toBe(E.notcapable);
    expect(wasi.readlink(ROOT, "absolute"), "where the host has its things").toBe(E.notcapable);
    expect((wasi.stat(ROOT, "up", false) as Stat).type).toBe(7);
    unchanged();
  });

  it("not by links that the guest makes", () => {
    expect(wasi.symlink(outside, ROOT, "l")).toBe(E.notcapable);
    expect(wasi.symlink("../secret", ROOT, "l")).toBe(0);
    expect(wasi.get(ROOT, "l")).toBe(E.notcapable);
    expect(wasi.symlink("../..", ROOT, "d/l")).toBe(0);
    expect(wasi.get(ROOT, "d/l/secret")).toBe(E.notcapable);
    const d = wasi.openDirectory(ROOT, "d");
    expect(wasi.symlink("../f", d, "g")).toBe(0);
    expect(wasi.get(ROOT, "d/g"), "it stays in the folder").toBe("inside");
    expect(wasi.get(d, "g"), "it leads out of d").toBe(E.notcapable);
    unchanged();
  });

  it("not by a directory that is moved while the guest has it open", () => {
    mkdirSync(join(inside, "a/b"), { recursive: true });
    const b = wasi.openDirectory(ROOT, "a/b");
    expect(wasi.rename(ROOT, "a/b", "b")).toBe(0);
    expect(wasi.get(b, "../secret")).toBe(E.notcapable);
    expect(wasi.get(b, "../f")).toBe(E.notcapable);
    unchanged();
  });

  it("not by long names and paths, nor by what Windows and others find special", () => {
    expect(wasi.get(ROOT, `${"x".repeat(300)}/f`)).toBe(E.nametoolong);
    expect(wasi.get(ROOT, "../".repeat(1300))).toBe(E.notcapable);
    expect(wasi.get(ROOT, "d/".repeat(2047))).not.toBe("inside");
    for (const name of [
      "..\\secret",
      "C:\\secret",
      "c:secret",
      "f::$DATA",
      "nul",
      "con",
      "F",
      "... ",
      "\\\\?\\x",
    ]) {
      expect(typeof wasi.get(ROOT, name), name).toBe("number");
    }
    for (const name of ["..%2fsecret", "..\u2215secret", "..\uff0fsecret", "\u202e../secret", "..;/secret"]) {
      expect(wasi.get(ROOT, name), name).not.toBe("secret");
    }
    unchanged();
  });

  it.skipIf(process.platform === "win32")(
    "not by pipes, sockets and devices, which nobody waits for either",
    () => {
      spawnSync("mkfifo", [join(inside, "pipe")]);
      const said = wasi.get(ROOT, "pipe");
      expect([E.acces, E.noent]).toContain(said);
      expect([E.acces, 0]).toContain(
        Math.max(0, -wasi.open(ROOT, "pipe", { rights: R.fd_write!, open: O.create })),
      );
    },
  );

  it.skipIf(process.platform !== "linux")(
    "not when others exchange directories for links all the time",
    () => {
      mkdirSync(join(outside, "other"));
      writeFileSync(join(outside, "other/f"), "secret");
      writeFileSync(join(inside, "d/f"), "inside");
      const script = `
      const { renameSync, symlinkSync, unlinkSync } = require("node:fs");
      process.chdir(${JSON.stringify(inside)});
      process.stdout.write("x");
      for (;;) {
        renameSync("d", "kept");
        symlinkSync("../other", "d");
        unlinkSync("d");
        renameSync("kept", "d");
      }`;
      const swapper: ChildProcess = spawn(process.execPath, ["-e", script], {
        stdio: ["ignore", "ignore", "inherit"],
      });
      try {
        const seen = new Set<unknown>();
        for (let i = 0; i < 20_000; i++) {
          const said = wasi.get(ROOT, "d/f");
          seen.add(said);
          expect([E.noent, E.notcapable, E.notdir, "inside"]).toContain(said);
          const made = wasi.mkdir(ROOT, `d/m${i}`);
          if (made === 0) wasi.rmdir(ROOT, `d/m${i}`);
        }
        expect(seen.has("inside")).toBe(true);
        expect(readdirSync(join(outside, "other"))).toEqual(["f"]);
      } finally {
        swapper.kill("SIGKILL");
      }
    },
  );
});

describe("a folder that is read only", () => {
  it("refuses every change, and allows all else", () => {
    begin(true);
    writeFileSync(join(inside, "d/g"), "g");
    expect(wasi.get(ROOT, "f")).toBe("inside");
    expect(wasi.list(wasi.openDirectory(ROOT, "."))).toHaveLength(4);
    expect(-wasi.open(ROOT, "f")).toBe(E.rofs);
    expect(-wasi.open(ROOT, "f", { rights: R.fd_read!, open: O.truncate })).toBe(E.rofs);
    expect(-wasi.open(ROOT, "new", { rights: R.fd_read!, open: O.create })).toBe(E.rofs);
    expect(wasi.open(ROOT, "f", { rights: R.fd_read!, open: O.create })).toBeGreaterThan(ROOT);
    expect(wasi.mkdir(ROOT, "x")).toBe(E.rofs);
    expect(wasi.rmdir(ROOT, "d")).toBe(E.rofs);
    expect(wasi.unlink(ROOT, "f")).toBe(E.rofs);
    expect(wasi.rename(ROOT, "f", "g")).toBe(E.rofs);
    expect(wasi.link(ROOT, "f", "g")).toBe(E.rofs);
    expect(wasi.symlink("f", ROOT, "g")).toBe(E.rofs);
    expect(wasi.setTimes(ROOT, "f", 0n, 0n, 5)).toBe(E.rofs);
    const fd = wasi.open(ROOT, "f", { rights: R.fd_read! | R.fd_filestat_set_times! });
    expect(kernel.call("fd_filestat_set_times", fd, 0n, 0n, 5)).toBe(E.rofs);
    expect(kernel.call("fd_sync", wasi.open(ROOT, "f", { rights: R.fd_read! | R.fd_sync! }))).toBe(0);
    expect(readdirSync(inside).sort()).toEqual(["d", "f"]);
    expect(readFileSync(join(inside, "f"), "utf8")).toBe("inside");
  });
});

describe("the service", () => {
  const request = (
    operation: number,
    fields: Partial<Record<keyof typeof FileRequest, number>>,
    path = "",
  ) => {
    const text = Buffer.from(path);
    const bytes = Buffer.alloc(FILE_REQUEST_BYTES + text.length);
    bytes.writeUInt32LE(operation, FileRequest.Operation);
    bytes.writeUInt32LE(text.length, FileRequest.PathLength);
    for (const [name, value] of Object.entries(fields)) {
      bytes.writeUInt32LE(value, FileRequest[name as keyof typeof FileRequest] as number);
    }
    text.copy(bytes, FILE_REQUEST_BYTES);
    return new Uint8Array(bytes);
  };
  const errnoOf = (reply: Uint8Array | Promise<Uint8Array>): FileErrno =>
    Buffer.from(reply as Uint8Array).readUInt32LE(FileReply.Error);

  it("refuses what is malformed, whatever it is", () => {
    const files = new HostFiles({ folders: [folder] });
    expect(errnoOf(files.serve(new Uint8Array(0)))).toBe(E.inval);
    expect(errnoOf(files.serve(new Uint8Array(55)))).toBe(E.inval);
    expect(errnoOf(files.serve(request(99, {})))).toBe(E.nosys);
    expect(errnoOf(files.serve(request(FileOperation.Open, { Folder: 1 }, "f")))).toBe(E.badf);
    expect(errnoOf(files.serve(request(FileOperation.Open, { PathLength: 5000 }, "f")))).toBe(E.nametoolong);
    expect(errnoOf(files.serve(request(FileOperation.Open, { PathLength: 4000 }, "f")))).toBe(E.inval);
    expect(errnoOf(files.serve(request(FileOperation.Open, { DataLength: 0xffff_ffff }, "f")))).toBe(E.inval);
    expect(errnoOf(files.serve(request(FileOperation.Open, {}, "f\0")))).toBe(E.ilseq);
    expect(errnoOf(files.serve(request(FileOperation.SetTimes, {}, "f")))).toBe(E.inval);
    expect(errnoOf(files.serve(request(FileOperation.Write, {}, "f"))), "not for writing").toBe(E.badf);
    expect(errnoOf(files.serve(request(FileOperation.Rename, { OtherFolder: 1 }, "f")))).toBe(E.xdev);
    expect(errnoOf(files.serve(request(FileOperation.StandardError, {})))).toBe(E.notsup);
    expect(errnoOf(files.serve(request(FileOperation.Read, { Handle: 7 }, "../secret")))).toBe(E.notcapable);
    let state = 1;
    for (let i = 0; i < 5000; i++) {
      const bytes = request(1 + (i % 18), {}, "f");
      for (let flips = 0; flips < 3; flips++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        bytes[4 + ((state >>> 8) % (bytes.length - 4))] = state >>> 24;
      }
      expect(errnoOf(files.serve(bytes))).toBeLessThan(77);
    }
    files.close();
    expect(readFileSync(join(outside, "secret"), "utf8")).toBe("secret");
  });

  it("keeps so many files open at most", () => {
    const files = new HostFiles({ folders: [folder], openMax: 3 });
    for (let i = 0; i < 3; i++) expect(errnoOf(files.serve(request(FileOperation.Open, {}, "f")))).toBe(0);
    expect(errnoOf(files.serve(request(FileOperation.Open, {}, "f")))).toBe(E.nfile);
    files.close();
  });

  it("shows a file that others change as it is", () => {
    const fd = wasi.open(ROOT, "f");
    writeFileSync(join(inside, "f"), "changed meanwhile");
    expect(wasi.text(fd, 100)).toBe("changed meanwhile");
    linkSync(join(inside, "f"), join(inside, "g"));
    expect((wasi.fdStat(fd) as Stat).links).toBe(2n);
    expect((wasi.fdStat(fd) as Stat).inode).toBe(BigInt(statSync(join(inside, "g"), { bigint: true }).ino));
  });
});
