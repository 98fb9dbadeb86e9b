// Services of the host: a guest asks with a message, waits, and gets an answer.
import { Errno, SERVICE_MAX_BYTES, Service } from "../abi.js";
import type { DomainHandle, HypervisorExports } from "../core/hypervisor-exports.js";
import type { Slots } from "./slots.js";

/** Serves the requests of one domain, one at a time. */
export interface ServiceBackEnd {
  /**
   * The answer, of at most 65,536 bytes, to a request, which comes from the guest and may be anything. When it throws or
   * rejects, the guest gets the errno Io.
   */
  serve(request: Uint8Array<ArrayBuffer>): Uint8Array | Promise<Uint8Array>;
  /** The domain has ended, or was refused. */
  close?(): void;
}

/** What a domain may call; docs/abi.md says what each understands. */
export interface Services {
  /** Folders of the host: see `FileOperation`. */
  readonly files?: ServiceBackEnd;
}

const numbers: Record<keyof Services, Service> = { files: Service.Files };
const names = Object.keys(numbers) as (keyof Services)[];

/** As `allowServices` takes it. */
export function serviceBits(services: Services): number {
  return names.reduce((bits, name) => (services[name] === undefined ? bits : bits | (1 << numbers[name])), 0);
}

export function closeServices(services: Services): void {
  for (const name of names) services[name]?.close?.();
}

/** What serving needs of the machine. */
export interface ServiceHost {
  readonly core: HypervisorExports;
  readonly slots: Slots;
  /** The answer made the vCPU runnable. */
  stirred(): void;
  /** An answer is on its way until `over` is settled. */
  pending(over: Promise<unknown>): void;
}

/** The calls of one life of a domain. */
export class ServiceDesk {
  readonly #services: Services;
  readonly #host: ServiceHost;
  #serving = false;
  #closed = false;

  constructor(services: Services, host: ServiceHost) {
    this.#services = services;
    this.#host = host;
  }

  /** Serves the call that the domain waits for, if it does and nobody serves it yet. */
  serve(handle: DomainHandle): void {
    const { core, slots } = this.#host;
    const called = core.serviceCalled(handle);
    if (called < 0 || this.#serving) return;
    const at = core.serviceRequest(handle) >>> 0;
    const request = slots.coreView().slice(at, at + core.serviceRequestLength(handle));
    const name = names.find((each) => numbers[each] === called);
    const backEnd = name && this.#services[name];
    this.#serving = true;
    let answer: Uint8Array | number | Promise<Uint8Array>;
    try {
      answer = backEnd === undefined ? -Errno.Noent : backEnd.serve(request);
    } catch {
      answer = -Errno.Io;
    }
    if (!(answer instanceof Promise)) {
      this.#answer(handle, answer);
      return;
    }
    const answered = answer.then(
      (bytes) => this.#answer(handle, bytes),
      () => this.#answer(handle, -Errno.Io),
    );
    this.#host.pending(answered);
  }

  /** The life is over: answers that are on their way get lost. */
  close(): void {
    this.#closed = true;
  }

  /** `answer`: bytes, or a negative errno. */
  #answer(handle: DomainHandle, answer: Uint8Array | number): void {
    this.#serving = false;
    if (this.#closed) return;
    const { core, slots } = this.#host;
    let length: number = -Errno.Io;
    if (typeof answer === "number") {
      length = answer;
    } else if (answer.length <= SERVICE_MAX_BYTES) {
      const at = core.serviceAnswerRoom(handle, answer.length) >>> 0;
      length = at === 0 ? -Errno.Nomem : answer.length;
      if (at !== 0) slots.coreView().set(answer, at);
    }
    if (core.serviceAnswered(handle, length) !== 0) this.#host.stirred();
  }
}
