import { SnapshotError } from "../base/errors.js";
import type { DomainHandle, HypervisorExports } from "../core/hypervisor-exports.js";
import type { ConsoleBackEnd } from "./options.js";
import type { Slots } from "./slots.js";

/** How much of the output is kept. */
const KEPT_BYTES = 65_536;
/** It is kept in so many pieces at most. */
const KEPT_PIECES = 256;
/** With more input than this waiting, whoever writes is asked to wait. */
const QUEUED_BYTES = 65_536;

const utf8 = new TextEncoder();

/** The content of a console, as a snapshot keeps it. */
export interface ConsoleImage {
  /** What was written last. */
  readonly kept: Uint8Array;
  /** Output of earlier lives, and of the present one, that no back-end has taken. */
  readonly left: Uint8Array;
  readonly output: Uint8Array;
  /** Input that is in the core, and that waits for room there. */
  readonly input: Uint8Array;
  readonly queued: Uint8Array;
  readonly inputEnded: boolean;
}

const nothing = new Uint8Array(0);

/** What consoles need of their machine. */
export interface ConsoleHost {
  readonly core: HypervisorExports;
  readonly slots: Slots;
  /** What the console did made the vCPU runnable. */
  stirred(): void;
}

/** The console of a domain, seen from outside. */
export class DomainConsole {
  readonly #host: ConsoleHost;
  readonly #backEnd: ConsoleBackEnd | undefined;
  /** Undefined while there is no guest: before it is created, between two lives, when it has ended. */
  #handle: DomainHandle | undefined;
  /** What was written and does not fit into the core yet. */
  readonly #input: Uint8Array[] = [];
  #inputBytes = 0;
  #inputEnded = false;
  /** Whoever waits for room. */
  readonly #writers: (() => void)[] = [];
  /** The back-end took nothing: it is not asked again before drain(). */
  #held = false;
  #delivering = false;
  /** Output of a guest that is gone, while the back-end holds. */
  #left: Uint8Array | undefined;
  readonly #kept: Uint8Array[] = [];
  #keptBytes = 0;

  constructor(host: ConsoleHost, backEnd: ConsoleBackEnd | undefined) {
    this.#host = host;
    this.#backEnd = backEnd;
  }

  /** What was written last, up to 64 KiB. */
  get output(): Uint8Array<ArrayBuffer> {
    const output = new Uint8Array(this.#keptBytes);
    let at = 0;
    for (const bytes of this.#kept) {
      output.set(bytes, at);
      at += bytes.length;
    }
    return output.slice(Math.max(0, at - KEPT_BYTES));
  }

  /**
   * Input for the guest; text as UTF-8. It is taken in any case. False: more than 64 KiB of it wait until the guest reads;
   * go on when `ready()` resolves, or the host's memory fills.
   */
  write(input: Uint8Array | string): boolean {
    if (this.#inputEnded) return true;
    this.#queue(typeof input === "string" ? utf8.encode(input) : input.slice());
    this.feed();
    return this.#hasRoom;
  }

  /** Resolves when no more than 64 KiB of input wait, or nobody will ever read it: the domain has ended. */
  ready(): Promise<void> {
    if (this.#hasRoom) return Promise.resolve();
    return new Promise((resolve) => {
      this.#writers.push(resolve);
    });
  }

  /** No more input will come: a guest that has read all sees the end. */
  end(): void {
    this.#inputEnded = true;
    this.feed();
  }

  /** The back-end can take output again. */
  drain(): void {
    this.#held = false;
    this.deliver();
  }

  // --- for the machine ---

  /** All that is in it now. */
  image(): ConsoleImage {
    const handle = this.#handle;
    const { core, slots } = this.#host;
    const at = handle === undefined ? 0 : core.consoleInputAt(handle) >>> 0;
    const length = handle === undefined ? 0 : core.consoleInputLength(handle);
    return {
      kept: this.output,
      left: this.#left ?? nothing,
      output: (handle && this.#waiting(handle)) ?? nothing,
      input: slots.coreView().slice(at, at + length),
      queued: this.#input.reduce((all, part) => joined(all, part), nothing),
      inputEnded: this.#inputEnded,
    };
  }

  /** Puts an image into a new console and into the new guest `handle`, to which it is connected later. */
  restore(handle: DomainHandle, image: ConsoleImage): void {
    const { core, slots } = this.#host;
    if (image.kept.length > 0) this.#keep(image.kept.slice());
    if (image.left.length > 0) this.#left = image.left.slice();
    if (image.queued.length > 0) this.#queue(image.queued.slice());
    this.#inputEnded = image.inputEnded;
    if (image.output.length > 0) {
      const at = core.restoreOutput(handle, image.output.length) >>> 0;
      if (at === 0) throw new SnapshotError("section Console: there is more output than a console keeps");
      slots.coreView().set(image.output, at);
    }
    if (image.input.length > 0) {
      const at = core.consoleInput(handle) >>> 0;
      if (at === 0 || image.input.length > core.consoleInputRoom(handle)) {
        throw new SnapshotError("section Console: there is more input than a console keeps");
      }
      slots.coreView().set(image.input, at);
      core.consoleGiven(handle, image.input.length);
    }
  }

  /** Whether the guest's console is full because the back-end takes nothing. */
  get isHeld(): boolean {
    return this.#held;
  }

  connect(handle: DomainHandle): void {
    this.#handle = handle;
    this.feed();
  }

  /** The guest goes: what it wrote last is kept here if the back-end does not take it. */
  disconnect(): void {
    const handle = this.#handle;
    if (handle === undefined) return;
    const rest = this.#waiting(handle);
    this.#handle = undefined;
    if (rest !== undefined) this.#left = joined(this.#left, rest);
    this.deliver();
  }

  /** The domain has ended: no guest will read. */
  close(): void {
    this.#inputEnded = true;
    this.#input.length = 0;
    this.#inputBytes = 0;
    this.#tellWriters();
  }

  /** Gives the core as much input as fits. Does nothing, quickly, when there is none. */
  feed(): void {
    const handle = this.#handle;
    if (handle === undefined || (this.#input.length === 0 && !this.#inputEnded)) return;
    const { core, slots } = this.#host;
    let runnable = 0;
    for (let next = this.#input[0]; next !== undefined; next = this.#input[0]) {
      const room = core.consoleInputRoom(handle);
      if (room <= 0) break;
      const at = core.consoleInput(handle) >>> 0;
      if (at === 0) break;
      const part = next.subarray(0, room);
      slots.coreView().set(part, at);
      runnable |= core.consoleGiven(handle, part.length);
      if (part.length < next.length) this.#input[0] = next.subarray(part.length);
      else this.#input.shift();
      this.#inputBytes -= part.length;
    }
    if (this.#hasRoom) this.#tellWriters();
    if (this.#inputEnded && this.#input.length === 0) runnable |= core.consoleInputEnded(handle);
    if (runnable !== 0) this.#host.stirred();
  }

  /** Offers the output that waits to the back-end. Does nothing, quickly, when there is none. */
  deliver(): void {
    if (this.#held || this.#delivering) return;
    this.#delivering = true;
    const left = this.#left;
    if (left !== undefined && this.#offer(left)) this.#left = undefined;
    const handle = this.#handle;
    const bytes = this.#held || handle === undefined ? undefined : this.#waiting(handle);
    // The back-end may have destroyed the domain.
    if (bytes !== undefined && this.#offer(bytes) && this.#handle === handle) {
      if (this.#host.core.consoleTaken(handle!, bytes.length) !== 0) this.#host.stirred();
    }
    this.#delivering = false;
  }

  get #hasRoom(): boolean {
    return this.#inputBytes <= QUEUED_BYTES;
  }

  #queue(input: Uint8Array): void {
    this.#input.push(input);
    this.#inputBytes += input.length;
  }

  #tellWriters(): void {
    if (this.#writers.length === 0) return;
    for (const resolve of this.#writers.splice(0)) resolve();
  }

  /** A copy of what waits in the core. */
  #waiting(handle: DomainHandle): Uint8Array | undefined {
    const { core, slots } = this.#host;
    const length = core.consoleOutputLength(handle);
    if (length === 0) return undefined;
    const at = core.consoleOutput(handle) >>> 0;
    return slots.coreView().slice(at, at + length);
  }

  #offer(bytes: Uint8Array): boolean {
    let refused = false;
    try {
      refused = this.#backEnd?.(bytes) === false;
    } catch (error) {
      // It is the user's; the machine goes on.
      queueMicrotask(() => {
        throw error;
      });
    }
    if (refused) {
      this.#held = true;
      return false;
    }
    this.#keep(bytes);
    return true;
  }

  #keep(bytes: Uint8Array): void {
    this.#kept.push(bytes);
    this.#keptBytes += bytes.length;
    while (this.#keptBytes - this.#kept[0]!.length >= KEPT_BYTES)
      this.#keptBytes -= this.#kept.shift()!.length;
    if (this.#kept.length > KEPT_PIECES) {
      this.#kept.splice(0, this.#kept.length, joined(undefined, this.output));
      this.#keptBytes = this.#kept[0]!.length;
    }
  }
}

function joined(before: Uint8Array | undefined, bytes: Uint8Array): Uint8Array {
  if (before === undefined) return bytes;
  const all = new Uint8Array(before.length + bytes.length);
  all.set(before);
  all.set(bytes, before.length);
  return all;
}
