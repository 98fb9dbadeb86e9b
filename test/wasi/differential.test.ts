// Random calls on files: in memory, in a folder of the host, and by node:wasi in another folder. All see the same.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openHostFolder } from "../../src/platform/node/host-folder/index.js";
import { BareKernel } from "./support/bare-kernel.js";
import { Driver, FD, FILE_RIGHTS, O, READ_RIGHTS, type WasiCalls } from "./support/driver.js";
import { NodeWasi } from "./support/node-wasi.js";

const folders: string[] = [];
function folder(): string {
  folders.push(mkdtempSync(join(tmpdir(), "wv-wasi-")));
  return folders.at(-1)!;
}
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

/** One call, and what it says; descriptors are kept in `files`. */
interface Step {
  readonly text: string;
  /** It takes two paths: which of two errors is found first is nobody's business. */
  readonly twoPaths: boolean;
  act(driver: Driver, files: number[]): unknown;
}

class Steps {
  #state: number;
  readonly #likeNode: boolean;

  /** `likeNode`: nothing that node:wasi does otherwise (see below). */
  constructor(seed: number, likeNode: boolean) {
    this.#state = seed;
    this.#likeNode = likeNode;
  }

  next(): Step {
    const path = this.#path();
    const other = this.#path();
    const slot = this.#below(6);
    const on = (text: string, act: (driver: Driver, fd: number) => unknown): Step => ({
      text: `${text} of ${slot}`,
      twoPaths: false,
      act: (driver, files) => (files[slot] === undefined ? "closed" : act(driver, files[slot]!)),
    });
    const at = (text: string, act: (driver: Driver) => unknown, twoPaths = false): Step => ({
      text,
      twoPaths,
      act,
    });
    const offset = this.#below(3) === 0 ? BigInt(this.#below(100)) : undefined;
    const size = this.#below(60);
    switch (this.#below(19)) {
      case 0:
      case 1:
        return this.#open(path, slot);
      case 2:
        return at(`mkdir ${path}`, (driver) => driver.mkdir(3, path));
      case 3:
        return at(`rmdir ${path}`, (driver) => driver.rmdir(3, path));
      case 4:
        return at(`unlink ${path}`, (driver) => driver.unlink(3, path));
      case 5:
      case 6:
        return at(`rename ${path} ${other}`, (driver) => driver.rename(3, path, other), true);
      case 7:
        return at(`link ${path} ${other}`, (driver) => driver.link(3, path, other), true);
      case 8:
        return at(`symlink ${other} ${path}`, (driver) => driver.symlink(other, 3, path), true);
      case 9:
        return at(`readlink ${path}`, (driver) => driver.readlink(3, path));
      case 10: {
        const follow = this.#below(2) === 0;
        return at(`stat ${path} ${follow}`, (driver) => {
          const stat = driver.stat(3, path, follow);
          if (typeof stat === "number") return stat;
          return stat.type === 3 ? "directory" : `${stat.type} ${stat.size} ${stat.links}`;
        });
      }
      case 11:
        return at(`list ${path}`, (driver) => {
          const fd = driver.openDirectory(3, path);
          if (fd < 0) return -fd;
          const entries = driver.list(fd);
          driver.close(fd);
          if (typeof entries === "number") return entries;
          const named = entries.filter(({ name }) => !/^(\.+|tmp)$/.test(name));
          return named.map(({ name, type }) => `${name} ${type}`).sort();
        });
      case 12:
      case 13: {
        const text = "x".repeat(this.#below(40)) + this.#below(1000);
        return on(`write ${text.length} ${offset}`, (driver, fd) =>
          driver.write(fd, [text.slice(0, 3), text.slice(3)], offset),
        );
      }
      case 14:
      case 15:
        return on(`read ${size} ${offset}`, (driver, fd) =>
          driver.read(fd, [size >> 1, size - (size >> 1)], offset),
        );
      case 16: {
        const delta = BigInt(this.#below(80) - 30);
        const whence = this.#below(3);
        return on(`seek ${delta} ${whence}`, (driver, fd) => driver.seek(fd, delta, whence));
      }
      case 17:
        return on(`size ${size}`, (driver, fd) => driver.setSize(fd, BigInt(size)));
      default:
        return {
          text: `close ${slot}`,
          twoPaths: false,
          act: (driver, files) => {
            if (files[slot] === undefined) return "closed";
            const errno = driver.close(files[slot]!);
            delete files[slot];
            return errno;
          },
        };
    }
  }

  #open(path: string, slot: number): Step {
    const kinds = [0, 0, O.create, O.create, O.create | O.truncate, O.truncate, O.directory, 4];
    if (!this.#likeNode) kinds.push(O.create | O.exclusive);
    const open = this.#pick(kinds);
    const flags = !this.#likeNode && this.#below(5) === 0 ? FD.append : 0;
    const rights = this.#below(3) === 0 ? READ_RIGHTS : FILE_RIGHTS;
    const follow = this.#likeNode || this.#below(3) > 0;
    return {
      text: `open ${path} ${open} ${flags} ${rights} ${follow} as ${slot}`,
      twoPaths: false,
      act: (driver, files) => {
        const fd = driver.open(3, path, { open, flags, rights, follow });
        if (fd < 0) return -fd;
        if (files[slot] !== undefined) driver.close(files[slot]!);
        files[slot] = fd;
        const stat = driver.fdStat(fd);
        return typeof stat === "number"
          ? "no stat"
          : stat.type === 3
            ? "directory"
            : `${stat.type} ${stat.size}`;
      },
    };
  }

  #path(): string {
    const names = ["a", "b", "c", "d"];
    let path = this.#pick(names);
    const between = this.#likeNode ? ["/", "//", "/./"] : ["/", "//", "/./", "/../"];
    for (let more = this.#below(3); more > 0; more--) path += this.#pick(between) + this.#pick(names);
    if (this.#below(12) === 0) path += "/";
    if (this.#below(25) !== 0) return path;
    return this.#likeNode
      ? `./${path}`
      : this.#pick([".", "..", "/a", "", `./${path}`, `../${path}`, `${path}/.`]);
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)]!;
  }

  #below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }
}

function run(seed: number, likeNode: boolean, subjects: Record<string, WasiCalls>): void {
  const steps = new Steps(seed, likeNode);
  const names = Object.keys(subjects);
  const drivers = names.map((name) => new Driver(subjects[name]!));
  const files = names.map((): number[] => []);
  const log: string[] = [];
  const failed = (said: unknown) => typeof said === "number" && said !== 0;
  for (let step = 0; step < 150; step++) {
    const { text, twoPaths, act } = steps.next();
    const said = drivers.map((driver, i) => act(driver, files[i]!));
    log.push(`${text} -> ${said[0]}`);
    if ((twoPaths || likeNode) && said.every(failed)) continue;
    for (const [i, name] of names.entries()) {
      expect(said[i], `seed ${seed}: ${name} says otherwise of: ${log.slice(-8).join(" | ")}`).toEqual(
        said[0],
      );
    }
  }
}

describe("random calls on files", () => {
  it("say the same of the memory and of a folder of the host, errno by errno", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const host = new BareKernel({ strings: ["ap", "d/"], folders: [openHostFolder(folder())] });
      run(seed, false, { memory: new BareKernel(), host });
      host.close();
    }
  });

  it("say the same of a folder of the host after each handle was forgotten, as when a domain is restored elsewhere", () => {
    for (let seed = 100; seed <= 130; seed++) {
      const host = new BareKernel({ strings: ["ap", "d/"], folders: [openHostFolder(folder())] });
      const original = host.call.bind(host);
      let calls = 0;
      host.call = (name, ...args) => {
        calls += 1;
        if (calls % 5 === 0) host.forget();
        return original(name, ...args);
      };
      // Only what is named can be opened anew: nothing is removed here.
      const steps = new Steps(seed, false);
      const [a, b] = [new Driver(new BareKernel()), new Driver(host)];
      const files: [number[], number[]] = [[], []];
      for (let step = 0; step < 150; step++) {
        const { text, act, twoPaths } = steps.next();
        if (twoPaths || /^(unlink|rmdir)/.test(text)) continue;
        expect(act(b, files[1]), `seed ${seed}: ${text}`).toEqual(act(a, files[0]));
      }
      host.close();
    }
  });

  // node:wasi takes `..` away before it looks whether a name is there, lets O_APPEND win over the offset of a pwrite, opens what a
  // symbolic link leads to although it is told not to follow, and has other errors first.
  it("succeed where they do under node:wasi, with the same bytes", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const host = new BareKernel({ strings: ["ap", "d/"], folders: [openHostFolder(folder())] });
      run(seed, true, { memory: new BareKernel(), host, node: new NodeWasi({ "/": folder() }) });
      host.close();
    }
  });
});
