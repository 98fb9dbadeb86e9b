import { type GuestLocation, type Refusal, TranslateError } from "../base/errors.js";
import type { Platform, TranslationWorker } from "../base/platform.js";
import { assertVerified } from "../checker/index.js";
import type { WasmFrame } from "../core/locations.js";
import type { Manifest } from "../core/manifest.js";
import { type Maps, parseMaps } from "../core/maps.js";
import { answer, type TranslationReply, type TranslationRequest } from "../core/translation.js";

interface Job {
  readonly request: TranslationRequest;
  readonly resolve: (reply: TranslationReply) => void;
  readonly reject: (error: unknown) => void;
}

/** A module was refused while it was translated. */
export class TranslationRefused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal, options?: ErrorOptions) {
    super(refusal.message, options);
    this.refusal = refusal;
  }
}

/**
 * Modules of so many bytes, of which no function has more than so many locals times control points, are translated at once:
 * that takes a few milliseconds at most, less than a message to the Worker and back, and far less than to start one.
 */
const SMALL_BYTES = 4096;
const SMALL_LIMITS: ReadonlyMap<number, number> = new Map([[2, 1 << 16]]);

/**
 * Translates in a Worker, all but small modules: one job at a time, each under the time quota. The Worker is started when it is first needed, kept,
 * and ended when a job takes too long; the next job gets a new one.
 */
export class Translation {
  readonly #platform: Platform;
  readonly #translator: WebAssembly.Module;
  readonly #quotaMs: number;
  readonly #deterministic: boolean;
  readonly #waiting: Job[] = [];
  #worker: TranslationWorker | undefined;
  #job: Job | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(platform: Platform, translator: WebAssembly.Module, quotaMs: number, deterministic: boolean) {
    this.#platform = platform;
    this.#translator = translator;
    this.#quotaMs = quotaMs;
    this.#deterministic = deterministic;
  }

  /** The translated module. Rejects with a TranslationRefused. */
  async translate(bytes: Uint8Array, verify: boolean): Promise<Uint8Array<ArrayBuffer>> {
    const reply = await this.#ask({ kind: "translate", bytes, deterministic: this.#deterministic, verify });
    if (reply.kind === "translated") return reply.bytes;
    throw refusedBy(reply);
  }

  /** Where frames of the translated module are in the original `bytes`, in their order. Rejects when that is not to be had. */
  async locate(
    bytes: Uint8Array,
    frames: readonly Pick<WasmFrame, "functionIndex" | "byteOffset">[],
  ): Promise<readonly GuestLocation[]> {
    const reply = await this.#ask({ kind: "locate", bytes, deterministic: this.#deterministic, frames });
    if (reply.kind === "located") return reply.locations;
    throw refusedBy(reply);
  }

  /** How frames of the translated module relate to the original `bytes`. Rejects with a TranslationRefused. */
  async maps(bytes: Uint8Array, manifest: Manifest): Promise<Maps> {
    const reply = await this.#ask({ kind: "maps", bytes, deterministic: this.#deterministic });
    if (reply.kind === "mapped") return parseMaps(reply.maps, manifest);
    throw refusedBy(reply);
  }

  /** Ends the Worker; what is asked still is refused. */
  close(): void {
    this.#closed = true;
    this.#endWorker();
    const closed = new TranslationRefused({ reason: "machine", message: "the machine is closed" });
    for (const job of [...(this.#job ? [this.#job] : []), ...this.#waiting.splice(0)]) job.reject(closed);
    this.#job = undefined;
  }

  async #ask(request: TranslationRequest & { readonly bytes: Uint8Array }): Promise<TranslationReply> {
    if (request.bytes.length <= SMALL_BYTES) {
      const reply = answer(this.#translator, request, assertVerified, SMALL_LIMITS);
      if (reply.kind !== "refused" || reply.code !== "limit") return reply;
    }
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new TranslationRefused({ reason: "machine", message: "the machine is closed" }));
        return;
      }
      this.#waiting.push({ request, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    if (this.#job !== undefined) return;
    const job = this.#waiting.shift();
    this.#job = job;
    if (job === undefined) {
      this.#worker?.keepAlive(false);
      return;
    }
    try {
      this.#worker ??= this.#start();
      this.#worker.keepAlive(true);
      this.#worker.post(job.request);
    } catch (cause) {
      this.#fail(cause);
      return;
    }
    this.#timer = setTimeout(() => this.#tooLong(), this.#quotaMs);
  }

  #start(): TranslationWorker {
    const worker: TranslationWorker = this.#platform.startTranslationWorker(
      (message) => {
        if (this.#worker === worker) this.#settle((job) => job.resolve(message as TranslationReply));
      },
      (why) => {
        if (this.#worker === worker) this.#fail(why);
      },
    );
    worker.post({ kind: "begin", translator: this.#translator } satisfies TranslationRequest);
    return worker;
  }

  #tooLong(): void {
    this.#endWorker();
    const message =
      `translating the module takes longer than ${this.#quotaMs} ms: ` +
      "raise quotas.translateMs, or split its largest functions";
    this.#settle((job) => job.reject(new TranslationRefused({ reason: "time", message })));
  }

  #fail(cause: unknown): void {
    this.#endWorker();
    const message = `the Worker that translates failed: ${cause instanceof Error ? cause.message : String(cause)}`;
    this.#settle((job) => job.reject(new TranslationRefused({ reason: "machine", message }, { cause })));
  }

  #settle(act: (job: Job) => void): void {
    clearTimeout(this.#timer);
    const job = this.#job;
    this.#job = undefined;
    if (job !== undefined) act(job);
    this.#next();
  }

  #endWorker(): void {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.terminate();
  }
}

function refusedBy(reply: TranslationReply): TranslationRefused {
  switch (reply.kind) {
    case "refused": {
      const { code, feature, byteOffset } = reply;
      const cause = new TranslateError(code, feature, byteOffset);
      const reason = code === "unsupported" ? "feature" : code === "limit" ? "limit" : "malformed";
      return new TranslationRefused({ reason, message: cause.message, byteOffset }, { cause });
    }
    case "unverified":
      return new TranslationRefused({ reason: "verify", message: reply.message });
    case "failed":
      return new TranslationRefused({
        reason: "machine",
        message: `the translator failed: ${reply.message}`,
      });
    default:
      return new TranslationRefused({ reason: "machine", message: `the translator answered ${reply.kind}` });
  }
}
