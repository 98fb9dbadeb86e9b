// From the bytes of a module to a Program: checked, translated in a Worker, compiled beside us, kept.
import { sha256 } from "../base/digest.js";
import { readManifest } from "../core/manifest.js";
import { Program } from "./program.js";
import { type Translation, TranslationRefused } from "./translation.js";

/** So many programs are kept ready; those that domains run are kept by these too. */
const KEPT_PROGRAMS = 32;

export class Programs {
  readonly #translation: Translation;
  readonly #moduleBytes: number;
  /** By hash, the least recently used first; a second caller waits for the first one's work. */
  readonly #kept = new Map<string, Promise<Program>>();

  constructor(translation: Translation, moduleBytes: number) {
    this.#translation = translation;
    this.#moduleBytes = moduleBytes;
  }

  /** `bytes` may be changed as soon as this returns. Rejects with a TranslationRefused. */
  async load(bytes: Uint8Array | ArrayBuffer, verify: boolean): Promise<Program> {
    const length = bytes.byteLength;
    if (length > this.#moduleBytes) {
      const message =
        `the module has ${length} bytes, more than the ${this.#moduleBytes} that are allowed: ` +
        "strip it (names, debug information), or raise quotas.moduleBytes";
      throw new TranslationRefused({ reason: "size", message });
    }
    const original = new Uint8Array(bytes instanceof ArrayBuffer ? bytes.slice(0) : bytes);
    const hash = await sha256(original);
    const key = verify ? `${hash}, verified` : hash;
    let program = this.#kept.get(key);
    if (program === undefined) {
      program = this.#make(hash, original, verify);
      program.catch(() => this.#kept.delete(key));
    }
    this.#kept.delete(key);
    this.#kept.set(key, program);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_PROGRAMS) break;
      this.#kept.delete(oldest);
    }
    return program;
  }

  async #make(hash: string, original: Uint8Array<ArrayBuffer>, verify: boolean): Promise<Program> {
    const translated = await this.#translation.translate(original, verify);
    let module: WebAssembly.Module;
    try {
      module = await WebAssembly.compile(translated);
    } catch (cause) {
      throw new TranslationRefused(
        { reason: "malformed", message: `the module is not valid: ${await whyInvalid(original, cause)}` },
        { cause },
      );
    }
    return new Program(hash, original, readManifest(translated), module, translated.length);
  }
}

/** What the engine says about the original, whose offsets mean something to people; else what it said about the translation. */
async function whyInvalid(original: Uint8Array<ArrayBuffer>, cause: unknown): Promise<string> {
  try {
    await WebAssembly.compile(original);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return cause instanceof Error ? cause.message : String(cause);
}
