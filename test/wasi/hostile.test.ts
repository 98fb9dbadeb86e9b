// Programs that want to do harm, or are just wrong: no call of theirs does anything beyond their memory and their quotas.
import { describe, expect, it } from "vitest";
import { BareKernel, PROGRAM_PAGES } from "./support/bare-kernel.js";
import { DATA, Driver, E, FILE_RIGHTS, O, R, type Stat } from "./support/driver.js";

const END = PROGRAM_PAGES * 65_536;

/** Every call with pointers, with arguments that succeed: `at` is where a pointer goes. */
const calls: Record<string, (at: (bytes: number) => number, fd: number) => (number | bigint)[]> = {
  args_get: (at) => [at(4), at(8)],
  args_sizes_get: (at) => [at(4), at(4)],
  environ_get: (at) => [at(4), at(8)],
  environ_sizes_get: (at) => [at(4), at(4)],
  clock_res_get: (at) => [0, at(8)],
  clock_time_get: (at) => [0, 0n, at(8)],
  fd_fdstat_get: (at, fd) => [fd, at(24)],
  fd_filestat_get: (at, fd) => [fd, at(64)],
  fd_prestat_get: (at) => [3, at(8)],
  fd_prestat_dir_name: (at) => [3, at(1), 1],
  fd_read: (at, fd) => [fd, at(16), 2, at(4)],
  fd_pread: (at, fd) => [fd, at(16), 2, 0n, at(4)],
  fd_write: (at, fd) => [fd, at(16), 2, at(4)],
  fd_pwrite: (at, fd) => [fd, at(16), 2, 0n, at(4)],
  fd_readdir: (at) => [3, at(100), 100, 0n, at(4)],
  fd_seek: (at, fd) => [fd, 1n, 0, at(8)],
  fd_tell: (at, fd) => [fd, at(8)],
  path_create_directory: (at) => [3, at(5), 5],
  path_filestat_get: (at) => [3, 0, at(1), 1, at(64)],
  path_filestat_set_times: (at) => [3, 0, at(1), 1, 0n, 0n, 0],
  path_link: (at) => [3, 0, at(1), 1, 3, at(5), 5],
  path_open: (at) => [3, 0, at(1), 1, 0, 0n, 0n, 0, at(4)],
  path_readlink: (at) => [3, at(1), 1, at(10), 10, at(4)],
  path_remove_directory: (at) => [3, at(1), 1],
  path_rename: (at) => [3, at(1), 1, 3, at(5), 5],
  path_symlink: (at) => [at(1), 1, 3, at(5), 5],
  path_unlink_file: (at) => [3, at(1), 1],
  poll_oneoff: (at) => [at(48), at(32), 1, at(4)],
  random_get: (at) => [at(100), 100],
};
/** Pointers that are not looked at, as there are no sockets. */
const sockets = ["sock_accept", "sock_recv", "sock_send"];
const withoutPointers = [
  ...[
    "fd_advise",
    "fd_allocate",
    "fd_close",
    "fd_datasync",
    "fd_sync",
    "fd_fdstat_set_flags",
    "fd_fdstat_set_rights",
  ],
  ...[
    "fd_filestat_set_size",
    "fd_filestat_set_times",
    "fd_renumber",
    "proc_exit",
    "proc_raise",
    "sched_yield",
  ],
  "sock_shutdown",
];

function begin(options?: ConstructorParameters<typeof BareKernel>[0]): [BareKernel, Driver, number] {
  const kernel = new BareKernel({ strings: ["aprogram", "eA=12345"], ...options });
  const wasi = new Driver(kernel);
  wasi.put(3, "f", "file");
  return [kernel, wasi, wasi.open(3, "f")];
}

describe("a pointer of the program", () => {
  it("is known here for each call that there is", () => {
    const known = [...Object.keys(calls), ...sockets, ...withoutPointers].sort();
    expect(known).toEqual(new BareKernel().names.sort());
    expect(known).toHaveLength(46);
  });

  it.each(Object.keys(calls))(
    "that leads out of its memory is refused by %s, which has done nothing then",
    (name) => {
      const pointers: number[] = [];
      calls[name]!((bytes) => pointers.push(bytes), 4);
      for (const [which, bytes] of pointers.entries()) {
        for (const bad of [
          END - bytes + 1,
          END,
          END + 65_536,
          0x7fff_ffff,
          0x8000_0000,
          0xffff_fffc,
          0xffff_ffff,
        ]) {
          const [kernel, wasi, fd] = begin();
          let index = 0;
          let good = DATA;
          // The good ones hold names, vectors, a subscription to a clock: all zeros but the first letter.
          wasi.bytes(DATA, 4096).fill(0);
          const args = calls[name]!((length) => {
            const at = index++ === which ? bad : good;
            if (at === good) wasi.bytes(good, 1)[0] = name.startsWith("path_") ? 0x66 : 0;
            good += length + 100;
            return at;
          }, fd);
          const errno = kernel.call(
            name,
            ...args.map((each) => (typeof each === "number" ? each | 0 : each)),
          );
          expect(errno, `${name}: argument ${which} is 0x${bad.toString(16)}`).toBe(E.fault);
          expect((wasi.list(wasi.openDirectory(3, ".")) as unknown[]).length, name).toBe(4);
          expect(wasi.tell(fd), name).toBe(0n);
          expect((wasi.fdStat(fd) as Stat).size, name).toBe(4n);
        }
      }
    },
  );

  it("in a vector is refused before any part is moved", () => {
    const [kernel, wasi, fd] = begin();
    const vectors = (second: [number, number]) => {
      const view = new DataView(kernel.memory.buffer);
      for (const [i, value] of [DATA + 1000, 4, ...second].entries())
        view.setUint32(DATA + 4 * i, value, true);
    };
    for (const second of [
      [END - 3, 4],
      [END, 1],
      [0xffff_fff0, 0x20],
      [0, END + 1],
    ] as [number, number][]) {
      vectors(second);
      for (const name of ["fd_read", "fd_write"]) {
        expect(kernel.call(name, fd, DATA, 2, 1024), `${name} ${second}`).toBe(E.fault);
        expect(wasi.tell(fd)).toBe(0n);
      }
    }
    vectors([0, END]);
    expect(kernel.call("fd_write", fd, DATA, 2, 1024), "the whole memory").toBe(0);
  });

  it("and its length are not added up carelessly: counts of vectors, subscriptions and bytes are bounded", () => {
    const [kernel, , fd] = begin();
    for (const count of [1025, 0x2000_0000, 0x2000_0001, 0x7fff_ffff, -1]) {
      expect(kernel.call("fd_read", fd, DATA, count, 1024), `${count}`).toBe(E.inval);
      expect(kernel.call("poll_oneoff", DATA, DATA, count === 1025 ? 4097 : count, 1024)).toBe(E.inval);
    }
    expect(kernel.call("poll_oneoff", DATA, DATA, 0, 1024)).toBe(E.inval);
    expect(kernel.call("random_get", 0, END + 1)).toBe(E.fault);
    expect(kernel.call("random_get", 0, END)).toBe(0);
    expect(kernel.call("path_create_directory", 3, 0, 0x7fff_ffff)).toBe(E.fault);
    expect(kernel.call("fd_readdir", 3, 0, -1, 0n, 1024)).toBe(E.fault);
  });

  it("may be any at all: random calls end with an errno, and the kernel goes on", () => {
    let state = 12_345;
    const random = (limit: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    const kernel = new BareKernel({ pages: 64 });
    const names = kernel.names.filter((name) => !name.startsWith("proc_") && name !== "poll_oneoff");
    const wild = () =>
      [random(8), random(300_000), END - random(20), 0xffff_ffff - random(9), random(70_000)][random(5)]!;
    for (let call = 0; call < 30_000; call++) {
      const name = names[random(names.length)]!;
      // Wasm takes a number for an i32 and a bigint for an i64; which it wants is not told, so both are tried.
      const args = Array.from({ length: 9 }, () => wild());
      for (let mask = 0; mask < 512; mask++) {
        try {
          const errno = kernel.call(
            name,
            ...args.map((each, i) => ((mask >> i) & 1 ? BigInt(each) : each | 0)),
          );
          expect(errno, name).toBeGreaterThanOrEqual(0);
          expect(errno, name).toBeLessThanOrEqual(76);
          break;
        } catch (error) {
          if (!(error instanceof TypeError)) throw error;
        }
      }
    }
    const wasi = new Driver(kernel);
    expect(wasi.mkdir(wasi.fdstat(3) === E.badf ? -1 : 3, "x")).toBeLessThan(77);
  });
});

describe("a program that takes all it can get", () => {
  it("has 4096 descriptors at most", () => {
    const [kernel, wasi] = begin();
    let opened = 0;
    let last = 0;
    for (; opened < 10_000; opened++) {
      last = wasi.open(3, "f", { rights: R.fd_read! });
      if (last < 0) break;
    }
    expect(last).toBe(-E.mfile);
    expect(opened).toBe(4096 - 5);
    wasi.close(100);
    expect(wasi.open(3, "f")).toBe(100);
    expect(kernel.kernelBytes).toBeLessThan(1 << 20);
  });

  it("gets ENOSPC when memory is used up, reads on, and can make room again", () => {
    const [, wasi] = begin({ pages: 8 });
    const part = new Uint8Array(60_000).fill(1);
    const fd = wasi.open(3, "big", { open: O.create });
    let written = 0;
    let said: bigint | number = 0;
    for (let i = 0; i < 100; i++) {
      said = wasi.write(fd, part);
      if (typeof said === "number") break;
      written += Number(said);
    }
    expect(said).toBe(E.nospc);
    expect(written).toBeGreaterThan(200_000);
    expect(written).toBeLessThan(8 * 65_536);
    expect((wasi.fdStat(fd) as Stat).size).toBe(BigInt(written));
    const again = wasi.read(fd, part.length, BigInt(written - 1000)) as Uint8Array;
    expect(again).toEqual(part.subarray(0, 1000));
    // What is left has room for small things, or not; nothing fails in another way.
    for (let i = 0; i < 1000; i++) expect([0, E.nospc]).toContain(wasi.mkdir(3, `d${i}`));
    expect(wasi.mkdir(3, "x")).toBe(E.nospc);
    expect([-E.nospc, -E.nfile]).toContain(wasi.open(3, "y", { open: O.create }));
    expect(wasi.setSize(fd, 1000n)).toBe(0);
    expect(wasi.write(fd, part, 1000n)).toBe(BigInt(part.length));
    expect(wasi.unlink(3, "big")).toBe(0);
    expect(wasi.close(fd)).toBe(0);
  });

  it("gives all back by removing it: a thousand rounds take no more than one", () => {
    const [kernel, wasi] = begin();
    const round = () => {
      wasi.mkdir(3, "d");
      for (let i = 0; i < 30; i++) wasi.put(3, `d/${i}`, "x".repeat(5000));
      wasi.symlink("x".repeat(300), 3, "d/l");
      wasi.rename(3, "d/1", "d/2");
      wasi.link(3, "d/3", "d/33");
      const names = wasi.list(wasi.openDirectory(3, "d")) as { name: string }[];
      for (const { name } of names) wasi.unlink(3, `d/${name}`);
      for (let fd = 5; fd < 20; fd++) wasi.close(fd);
      expect(wasi.rmdir(3, "d")).toBe(0);
    };
    round();
    const bytes = kernel.kernelBytes;
    for (let i = 0; i < 300; i++) round();
    expect(kernel.kernelBytes).toBe(bytes);
  });

  it("cannot make a file of more than 4 GiB, nor memory by a hole", () => {
    const [kernel, wasi, fd] = begin({ pages: 8 });
    expect(wasi.setSize(fd, 0x1_0000_0000n)).toBe(E.fbig);
    expect(wasi.write(fd, "x", 0xffff_ffffn)).toBe(E.fbig);
    expect(wasi.setSize(fd, 0xffff_ffffn)).toBe(0);
    expect(wasi.text(fd, 10, 0xffff_0000n)).toBe("\0".repeat(10));
    expect(kernel.call("fd_allocate", fd, 0n, 0x8000_0000n)).toBe(E.nospc);
    expect(wasi.write(fd, "end", 0xffff_fff0n)).toBe(3n);
    expect(wasi.get(3, "f")).toMatch(/^file/);
  });

  it("finds no sockets", () => {
    const [kernel, , fd] = begin();
    expect(kernel.call("sock_accept", fd, 0, 0)).toBe(E.notsock);
    expect(kernel.call("sock_recv", fd, 0, 0, 0, 0, 0)).toBe(E.notsock);
    expect(kernel.call("sock_send", fd, 0, 0, 0, 0)).toBe(E.notsock);
    expect(kernel.call("sock_shutdown", fd, 0)).toBe(E.notsock);
    expect(kernel.call("sock_shutdown", 77, 0)).toBe(E.badf);
  });

  it("holds no directory open so deep that a rename makes it its own parent", () => {
    const [, wasi] = begin();
    let path = "d";
    wasi.mkdir(3, path);
    for (let i = 0; i < 200; i++) {
      path += "/d";
      wasi.mkdir(3, path);
    }
    expect(wasi.rename(3, "d", path)).toBe(E.inval);
    expect(wasi.rename(3, "d/d", `${path}/e`)).toBe(E.inval);
    expect(wasi.open(3, path, { rights: FILE_RIGHTS & ~R.fd_write! })).toBeGreaterThan(3);
  });
});
