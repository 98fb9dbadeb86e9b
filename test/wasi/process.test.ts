// What is not files: arguments, environment, streams, clocks, random bytes, waiting, the end.
import { describe, expect, it } from "vitest";
import { BareKernel, type BareOptions, Shutdown } from "./support/bare-kernel.js";
import { DATA, Driver, E, FD, R, type Stat, TYPE, WHENCE } from "./support/driver.js";

const RESULT = 1024;

function begin(options?: BareOptions): [BareKernel, Driver] {
  const kernel = new BareKernel(options);
  return [kernel, new Driver(kernel)];
}

/** What args_get or environ_get tells. */
function strings(kernel: BareKernel, name: "args" | "environ"): string[] {
  const view = new DataView(kernel.memory.buffer);
  expect(kernel.call(`${name}_sizes_get`, RESULT, RESULT + 4)).toBe(0);
  const [count, bytes] = [view.getUint32(RESULT, true), view.getUint32(RESULT + 4, true)];
  expect(kernel.call(`${name}_get`, DATA, DATA + 4 * count)).toBe(0);
  const text = Buffer.from(kernel.memory.buffer, DATA + 4 * count, bytes);
  return Array.from({ length: count }, (_, i) => {
    const at = view.getUint32(DATA + 4 * i, true) - DATA - 4 * count;
    return text.subarray(at, text.indexOf(0, at)).toString();
  });
}

describe("a program", () => {
  it("finds its arguments and its environment, empty ones too", () => {
    const told = ["aname", "a", "aä b", "eA=1", "eEMPTY=", "a-x=y", "t"];
    const [kernel] = begin({ strings: told });
    expect(strings(kernel, "args")).toEqual(["name", "", "ä b", "-x=y"]);
    expect(strings(kernel, "environ")).toEqual(["A=1", "EMPTY="]);
    expect(strings(begin({ strings: [] })[0], "args")).toEqual([]);
  });

  it("finds the memory file system as / behind the folders that it was given, or not when one of them is /", () => {
    const preopens = (given: string[]) => {
      const [kernel] = begin({ strings: given });
      const names: string[] = [];
      for (let fd = 3; kernel.call("fd_prestat_get", fd, RESULT) === 0; fd++) {
        const view = new DataView(kernel.memory.buffer);
        expect(view.getUint8(RESULT)).toBe(0);
        const length = view.getUint32(RESULT + 4, true);
        expect(kernel.call("fd_prestat_dir_name", fd, DATA, length - 1)).toBe(E.nametoolong);
        expect(kernel.call("fd_prestat_dir_name", fd, DATA, length + 1)).toBe(0);
        names.push(Buffer.from(kernel.memory.buffer, DATA, length).toString());
      }
      return names;
    };
    expect(preopens([])).toEqual(["/"]);
    expect(preopens(["d/data", "d."])).toEqual(["/data", ".", "/"]);
    expect(preopens(["d/data", "d/"])).toEqual(["/data", "/"]);
  });

  it("finds /tmp in the memory file system", () => {
    const [, wasi] = begin();
    expect(wasi.list(wasi.openDirectory(3, "tmp"))).toHaveLength(2);
  });

  it("finds its folders at their places in the memory file system, which it cannot remove", () => {
    const [, wasi] = begin({ strings: ["d/a/deep/data"] });
    expect(wasi.list(wasi.openDirectory(4, "a/deep"))).toMatchObject([
      {},
      {},
      { name: "data", type: TYPE.directory },
    ]);
    expect(wasi.rmdir(4, "a/deep/data")).toBe(E.busy);
    expect(wasi.rename(4, "a/deep/data", "x")).toBe(E.xdev);
    expect(wasi.unlink(4, "a/deep/data")).toBe(E.isdir);
    expect(wasi.mkdir(4, "a/deep/data")).toBe(E.exist);
  });
});

describe("the streams", () => {
  it("are terminals where that is said, and cannot be sought", () => {
    const [, wasi] = begin({ strings: ["t1"] });
    expect(wasi.fdstat(0)).toMatchObject({ type: TYPE.unknown });
    expect(wasi.fdstat(1)).toMatchObject({ type: TYPE.characterDevice });
    expect((wasi.fdStat(1) as Stat).type).toBe(TYPE.characterDevice);
    expect(wasi.seek(1, 0n, WHENCE.current)).toBe(E.notcapable);
    expect(wasi.tell(0)).toBe(E.notcapable);
    expect(wasi.write(0, "x")).toBe(E.notcapable);
    expect(wasi.read(1, 1)).toBe(E.notcapable);
  });

  it("give what there is, and the end again and again", () => {
    const [, wasi] = begin({ input: "one\ntwo" });
    expect(wasi.text(0, 0)).toBe("");
    expect(Buffer.from(wasi.read(0, [2, 3]) as Uint8Array).toString()).toBe("one\nt");
    expect(wasi.text(0, 100)).toBe("wo");
    expect(wasi.text(0, 100)).toBe("");
    expect(wasi.text(0, 100)).toBe("");
  });

  it("take all that is written, in order; standard error goes its own way where there is one", () => {
    const said: string[] = [];
    const [kernel, wasi] = begin({ onError: (bytes) => said.push(Buffer.from(bytes).toString()) });
    expect(wasi.write(1, ["a", "", "b".repeat(10_000)])).toBe(10_001n);
    expect(wasi.write(2, ["error ", "text"])).toBe(10n);
    expect(said.join("")).toBe("error text");
    expect(kernel.output.length).toBe(10_001);
    expect(kernel.output).toBe(`a${"b".repeat(10_000)}`);
    const [other, toConsole] = begin();
    toConsole.write(1, "out ");
    toConsole.write(2, "err");
    expect(other.output).toBe("out err");
  });

  it("can be closed, and renumbered to", () => {
    const [kernel, wasi] = begin();
    wasi.put(3, "f", "");
    const fd = wasi.open(3, "f");
    expect(kernel.call("fd_renumber", fd, 1)).toBe(0);
    wasi.write(1, "into the file");
    expect(wasi.get(3, "f")).toBe("into the file");
    expect(wasi.close(2)).toBe(0);
    expect(wasi.write(2, "x")).toBe(E.badf);
  });
});

describe("time and chance", () => {
  it("are told by clocks that go on", () => {
    const [kernel] = begin();
    const at = (id: number) => {
      expect(kernel.call("clock_time_get", id, 0n, RESULT)).toBe(0);
      return new DataView(kernel.memory.buffer).getBigUint64(RESULT, true);
    };
    expect(at(1)).toBeLessThan(at(1));
    expect(at(0)).toBeGreaterThan(1_700_000_000_000_000_000n);
    for (const id of [2, 3]) expect(at(id)).toBeGreaterThan(0n);
    expect(kernel.call("clock_time_get", 4, 0n, RESULT)).toBe(E.inval);
    expect(kernel.call("clock_time_get", -1, 0n, RESULT)).toBe(E.inval);
    for (const id of [0, 1, 2, 3]) expect(kernel.call("clock_res_get", id, RESULT)).toBe(0);
    expect(kernel.call("clock_res_get", 4, RESULT)).toBe(E.inval);
  });

  it("fill any range with random bytes, and nothing beside it", () => {
    const [kernel, wasi] = begin();
    wasi.bytes(DATA, 3000).fill(0);
    expect(kernel.call("random_get", DATA + 100, 1000)).toBe(0);
    const bytes = wasi.bytes(DATA, 3000);
    expect(bytes.subarray(0, 100).every((byte) => byte === 0)).toBe(true);
    expect(bytes.subarray(1100).every((byte) => byte === 0)).toBe(true);
    expect(new Set(bytes.subarray(100, 1100)).size).toBeGreaterThan(200);
  });
});

describe("poll_oneoff", () => {
  interface Subscription {
    readonly id: bigint;
    readonly type: number;
    readonly fd?: number;
    readonly clock?: number;
    readonly timeoutNs?: bigint;
    readonly absolute?: boolean;
  }

  function poll(wasi: Driver, subscriptions: Subscription[]) {
    const { view } = wasi;
    for (const [i, { id, type, fd, clock, timeoutNs, absolute }] of subscriptions.entries()) {
      const at = DATA + 48 * i;
      wasi.bytes(at, 48).fill(0);
      view.setBigUint64(at, id, true);
      view.setUint8(at + 8, type);
      view.setUint32(at + 16, fd ?? clock ?? 1, true);
      view.setBigUint64(at + 24, timeoutNs ?? 0n, true);
      view.setUint16(at + 40, absolute ? 1 : 0, true);
    }
    const out = DATA + 48 * subscriptions.length;
    const errno = wasi.calls.call("poll_oneoff", DATA, out, subscriptions.length, RESULT);
    if (errno !== 0) return errno;
    return Array.from({ length: view.getUint32(RESULT, true) }, (_, i) => ({
      id: view.getBigUint64(out + 32 * i, true),
      errno: view.getUint16(out + 32 * i + 8, true),
      type: view.getUint8(out + 32 * i + 10),
      bytes: view.getBigUint64(out + 32 * i + 16, true),
      flags: view.getUint16(out + 32 * i + 24, true),
    }));
  }
  const [CLOCK, READ, WRITE] = [0, 1, 2];

  it("sleeps until the first clock is due, and tells of it alone", () => {
    const [kernel, wasi] = begin();
    const before = kernel.nowNs;
    const events = poll(wasi, [
      { id: 1n, type: CLOCK, timeoutNs: 5_000_000_000n },
      { id: 2n, type: CLOCK, timeoutNs: 3_000_000n },
      { id: 3n, type: CLOCK, timeoutNs: (1n << 64n) - 1n },
    ]);
    expect(events).toEqual([{ id: 2n, errno: 0, type: CLOCK, bytes: 0n, flags: 0 }]);
    expect(kernel.nowNs - before).toBeGreaterThanOrEqual(3_000_000n);
    expect(kernel.nowNs - before).toBeLessThan(4_000_000n);
  });

  it("takes times of both clocks as they are when it is told so", () => {
    const [kernel, wasi] = begin();
    expect(poll(wasi, [{ id: 1n, type: CLOCK, timeoutNs: 0n, absolute: true }])).toHaveLength(1);
    const wall = 1_790_000_000_000_000_000n + kernel.nowNs;
    const before = kernel.nowNs;
    expect(
      poll(wasi, [{ id: 1n, type: CLOCK, clock: 0, timeoutNs: wall + 7_000_000n, absolute: true }]),
    ).toHaveLength(1);
    expect(kernel.nowNs - before).toBeGreaterThanOrEqual(6_000_000n);
    expect(poll(wasi, [{ id: 1n, type: CLOCK, clock: 2 }])).toBe(E.inval);
    expect(poll(wasi, [{ id: 1n, type: 3 }])).toBe(E.inval);
  });

  it("finds streams and files ready, and tells what is wrong with a descriptor as an event", () => {
    const [, wasi] = begin({ input: "abc" });
    wasi.put(3, "f", "12345");
    const file = wasi.open(3, "f", { rights: R.fd_read! | R.poll_fd_readwrite! });
    const events = poll(wasi, [
      { id: 1n, type: READ, fd: 0 },
      { id: 2n, type: WRITE, fd: 1 },
      { id: 3n, type: READ, fd: 99 },
      { id: 4n, type: READ, fd: file },
      { id: 5n, type: WRITE, fd: file },
      { id: 6n, type: CLOCK, timeoutNs: 1_000_000_000n },
    ]);
    expect(events).toMatchObject([
      { id: 1n, errno: 0, bytes: 3n },
      { id: 2n, errno: 0 },
      { id: 3n, errno: E.badf },
      { id: 4n, errno: 0, bytes: 5n },
      { id: 5n, errno: E.notcapable },
    ]);
    expect(wasi.text(0, 10), "what was looked at is still there").toBe("abc");
    expect(poll(wasi, [{ id: 1n, type: READ, fd: 0 }])).toMatchObject([{ id: 1n, bytes: 0n, flags: 1 }]);
  });

  it("is not needed with a stream that does not wait", () => {
    const [, wasi] = begin({ input: "abc" });
    expect(wasi.setFlags(0, FD.nonblock)).toBe(0);
    expect(wasi.text(0, 10)).toBe("abc");
  });
});

describe("the end of a program", () => {
  const ends = (act: (kernel: BareKernel) => void) => {
    try {
      act(new BareKernel());
    } catch (error) {
      if (error instanceof Shutdown) return error.code;
      throw error;
    }
    return undefined;
  };

  it("has the code that it says", () => {
    expect(ends((kernel) => kernel.call("proc_exit", 0))).toBe(0);
    expect(ends((kernel) => kernel.call("proc_exit", 42))).toBe(42);
    expect(ends((kernel) => kernel.call("proc_exit", -1))).toBe(-1);
  });

  it("comes by signals, but by those that are ignored", () => {
    expect(
      ends((kernel) => kernel.call("proc_raise", 6)),
      "SIGABRT",
    ).toBe(134);
    expect(
      ends((kernel) => kernel.call("proc_raise", 9)),
      "SIGKILL",
    ).toBe(137);
    for (const signal of [0, 16, 17, 22, 27]) {
      expect(
        ends((kernel) => expect(kernel.call("proc_raise", signal)).toBe(0)),
        `${signal}`,
      ).toBe(undefined);
    }
    expect(ends((kernel) => expect(kernel.call("proc_raise", 31)).toBe(E.inval))).toBe(undefined);
  });

  it("with code 125 comes at once when there is no memory to begin with", () => {
    expect(ends(() => new BareKernel({ strings: ["a".repeat(50_000)], pages: 1 }))).toBe(125);
  });
});
