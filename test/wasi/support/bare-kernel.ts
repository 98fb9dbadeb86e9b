// The WASI kernel without a machine: what it asks of the hypervisor is done here, at once, and its calls can be called as if
// a program did. The program is a memory.
import { readFileSync } from "node:fs";
import { Errno, RUNSTATE_BYTES, Service, START_INFO_BYTES, StartInfo } from "../../../src/abi.js";
import type { HostFolder } from "../../../src/base/host-folder.js";
import { HostFiles } from "../../../src/devices/host-files/service.js";
import type { WasiCalls } from "./driver.js";

const kernelModule = new WebAssembly.Module(
  readFileSync(new URL("../../../build/wasi.wasm", import.meta.url)),
);

/** Pages of the program's memory. */
export const PROGRAM_PAGES = 4;

export interface BareOptions {
  /** As wasiDomain() writes it, without the NUL behind each. */
  readonly strings?: readonly string[];
  readonly folders?: readonly HostFolder[];
  /** Pages that the kernel's memory may have. */
  readonly pages?: number;
  /** What it reads from its console; then comes the end. */
  readonly input?: string;
  readonly onError?: (bytes: Uint8Array) => void;
}

/** The kernel shut down. */
export class Shutdown extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`shutdown with code ${code}`);
    this.code = code;
  }
}

class Started extends Error {}

export class BareKernel implements WasiCalls {
  readonly memory = new WebAssembly.Memory({ initial: PROGRAM_PAGES });
  readonly #kernel: Record<string, (...args: unknown[]) => number>;
  readonly #own: WebAssembly.Memory;
  readonly #files: HostFiles;
  /** What it wrote to its console. */
  output = "";
  /** Nanoseconds since it began. */
  nowNs = 0n;
  /** Handles that the host gave are forgotten, as after a restore. */
  readonly forget: () => void;

  constructor(options: BareOptions = {}) {
    const { strings = ["aprogram"], folders = [], input = "", onError } = options;
    const make = () =>
      new HostFiles({ folders: folders.map((folder) => ({ ...bound(folder), close() {} })), onError });
    let files = make();
    this.#files = files;
    this.forget = () => {
      files.close();
      files = make();
    };
    let pending = Buffer.from(input);
    let timer = -1n;
    const text = Buffer.from(strings.map((each) => `${each}\0`).join(""));
    const view = () => new DataView(this.#own.buffer);
    const within = (memory: WebAssembly.Memory, at: number, length: number) =>
      (at >>> 0) + (length >>> 0) <= memory.buffer.byteLength;
    const bytes = (memory: WebAssembly.Memory, at: number, length: number) =>
      new Uint8Array(memory.buffer, at >>> 0, length >>> 0);
    const hv = {
      start_info: (at: number, length: number) => {
        const info = Buffer.alloc(START_INFO_BYTES + text.length);
        info.writeUInt32LE(text.length, StartInfo.CommandLineLength);
        text.copy(info, START_INFO_BYTES);
        bytes(this.#own, at, Math.min(length, info.length)).set(info.subarray(0, length));
        return info.length;
      },
      time_wall: (at: number) => {
        view().setBigUint64(at >>> 0, 1_790_000_000_000_000_000n + this.#tick(), true);
        return 0;
      },
      time_monotonic: (at: number) => {
        view().setBigUint64(at >>> 0, this.#tick(), true);
        return 0;
      },
      timer_set: (deadline: bigint) => {
        timer = deadline;
        return 0;
      },
      vcpu_runstate: (at: number) => {
        bytes(this.#own, at, RUNSTATE_BYTES).fill(1);
        return 0;
      },
      service_call: (service: number, at: number, length: number, to: number, room: number) => {
        if (service !== Service.Files) return -Errno.Noent;
        const reply = files.serve(bytes(this.#own, at, length).slice()) as Uint8Array;
        bytes(this.#own, to, Math.min(room, reply.length)).set(reply.subarray(0, room));
        return reply.length;
      },
      sched_yield: () => 0,
      sched_block: () => {
        if (timer < 0n) throw new Error("it would sleep forever");
        if (timer > this.nowNs) this.nowNs = timer;
        return 0;
      },
      sched_shutdown: (_reason: number, code: number) => {
        throw new Shutdown(code);
      },
      evtchn_next: () => -Errno.Again,
      random_bytes: (at: number, length: number) => {
        crypto.getRandomValues(bytes(this.#own, at, length));
        return length;
      },
      program_run: () => {
        throw new Started();
      },
      program_pages: () => this.memory.buffer.byteLength / 65_536,
      program_read: (from: number, at: number, length: number) => {
        if (!within(this.memory, from, length) || !within(this.#own, at, length)) return -Errno.Fault;
        bytes(this.#own, at, length).set(bytes(this.memory, from, length));
        return 0;
      },
      program_write: (to: number, at: number, length: number) => {
        if (!within(this.memory, to, length) || !within(this.#own, at, length)) return -Errno.Fault;
        bytes(this.memory, to, length).set(bytes(this.#own, at, length));
        return 0;
      },
      console_write: (at: number, length: number) => {
        this.output += Buffer.from(bytes(this.#own, at, length)).toString();
        return length;
      },
      console_read: (at: number, length: number) => {
        const part = pending.subarray(0, length);
        pending = pending.subarray(part.length);
        bytes(this.#own, at, part.length).set(part);
        return part.length;
      },
    };
    // Its growth is bounded by an own maximum: asc declares none.
    const limited = limitMemory(kernelModule, options.pages);
    const { exports } = new WebAssembly.Instance(limited, { hv });
    this.#kernel = exports as unknown as Record<string, (...args: unknown[]) => number>;
    this.#own = exports.memory as WebAssembly.Memory;
    try {
      this.#kernel.hv_start!();
    } catch (error) {
      if (!(error instanceof Started)) throw error;
    }
  }

  call(name: string, ...args: (number | bigint)[]): number {
    return this.#kernel[name]!(...args);
  }

  get names(): string[] {
    return Object.keys(this.#kernel).filter(
      (name) => typeof this.#kernel[name] === "function" && name !== "hv_start",
    );
  }

  /** Bytes of the kernel's own memory. */
  get kernelBytes(): number {
    return this.#own.buffer.byteLength;
  }

  close(): void {
    this.#files.close();
    this.forget();
  }

  #tick(): bigint {
    this.nowNs += 1000n;
    return this.nowNs;
  }
}

/** A folder's methods without its class, so that one of them can be replaced. */
function bound(folder: HostFolder): HostFolder {
  return {
    open: (...args) => folder.open(...args),
    attributes: (...args) => folder.attributes(...args),
    setTimes: (...args) => folder.setTimes(...args),
    makeDirectory: (...args) => folder.makeDirectory(...args),
    removeDirectory: (...args) => folder.removeDirectory(...args),
    unlink: (...args) => folder.unlink(...args),
    rename: (...args) => folder.rename(...args),
    link: (...args) => folder.link(...args),
    makeSymbolicLink: (...args) => folder.makeSymbolicLink(...args),
    readSymbolicLink: (...args) => folder.readSymbolicLink(...args),
    close: () => folder.close(),
  };
}

const limitedModules = new Map<number, WebAssembly.Module>();

/** The kernel with a maximum in its memory section, which says "at least 1 page, no maximum": 05 03 01 00 01. */
function limitMemory(module: WebAssembly.Module, pages: number | undefined): WebAssembly.Module {
  if (pages === undefined) return module;
  let limited = limitedModules.get(pages);
  if (limited === undefined) {
    const original = readFileSync(new URL("../../../build/wasi.wasm", import.meta.url));
    const at = original.indexOf(Buffer.from([5, 3, 1, 0, 1]), 8);
    if (at < 0 || pages > 127) throw new Error("the kernel's memory section is another one");
    const section = Buffer.from([5, 4, 1, 1, 1, pages]);
    limited = new WebAssembly.Module(
      Buffer.concat([original.subarray(0, at), section, original.subarray(at + 5)]),
    );
    limitedModules.set(pages, limited);
  }
  return limited;
}
