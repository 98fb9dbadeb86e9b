import { WasmvisorError } from "../base/errors.js";
import type { Core } from "../core/assets.js";
import { type Manifest, readManifest } from "../core/manifest.js";
import type { Maps } from "../core/maps.js";
import { functionName, NameKind, namesOf } from "../core/names.js";
import { type TranslateOptions, translateWith } from "../core/translate.js";

/** A module that was translated before: what translate() gave. */
export interface TranslatedModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly manifest?: Manifest;
}

export type ModuleSource = Uint8Array | ArrayBuffer | TranslatedModule;

/** A translated and compiled module; instances of it share this. */
export class Image {
  readonly module: WebAssembly.Module;
  readonly manifest: Manifest;
  readonly translated: Uint8Array<ArrayBuffer>;
  /** Undefined when only the translated module was given. */
  readonly original: Uint8Array | undefined;
  readonly #core: Core;
  readonly #options: TranslateOptions;
  #maps: Maps | undefined;
  #names: ReadonlyMap<number, string> | undefined;

  constructor(
    core: Core,
    module: WebAssembly.Module,
    source: { translated: Uint8Array<ArrayBuffer>; manifest: Manifest; original?: Uint8Array | undefined },
    options: TranslateOptions,
  ) {
    this.module = module;
    this.manifest = source.manifest;
    this.translated = source.translated;
    this.original = source.original;
    this.#core = core;
    this.#options = options;
  }

  /** How frames and code relate to the original: translates again when first asked. Undefined without the original. */
  maps(): Maps | undefined {
    if (this.#maps === undefined && this.original !== undefined) {
      this.#maps = translateWith(this.#core.translator, this.original, { ...this.#options, maps: true }).maps;
    }
    return this.#maps;
  }

  /** Name of an original function: from the name section, else from an export. */
  functionName(index: number): string | undefined {
    this.#names ??= this.original === undefined ? new Map() : namesOf(this.original, NameKind.Functions);
    return functionName(index, this.#names, this.manifest.functionExports);
  }
}

/** Bounded: the images of so many modules are kept ready. */
const KEPT_IMAGES = 32;
/** The least recently used first. By core, as tests have several. */
const caches = new WeakMap<Core, Map<string, Image[]>>();

/** The image of `source`, translated and compiled unless it was lately. Blocks while the engine compiles. */
export function imageOf(core: Core, source: ModuleSource, options: TranslateOptions): Image {
  const prepared = prepare(core, source, options);
  return prepared instanceof Image ? prepared : prepared.finish(new WebAssembly.Module(prepared.translated));
}

/** As imageOf, but the engine compiles beside us. */
export async function imageOfAsync(
  core: Core,
  source: ModuleSource,
  options: TranslateOptions,
): Promise<Image> {
  const prepared = prepare(core, source, options);
  return prepared instanceof Image
    ? prepared
    : prepared.finish(await WebAssembly.compile(prepared.translated));
}

interface Uncompiled {
  readonly translated: Uint8Array<ArrayBuffer>;
  finish(module: WebAssembly.Module): Image;
}

function prepare(core: Core, source: ModuleSource, options: TranslateOptions): Image | Uncompiled {
  if (typeof source === "object" && source !== null && "bytes" in source) {
    const translated = source.bytes;
    const manifest = source.manifest ?? readManifest(translated);
    return { translated, finish: (module) => new Image(core, module, { translated, manifest }, options) };
  }
  if (!(source instanceof Uint8Array) && !(source instanceof ArrayBuffer)) {
    throw new WasmvisorError(
      "A module is given as a Uint8Array or ArrayBuffer, or as what translate() returned",
    );
  }
  // A copy: nobody can change it while it is translated, nor later, when maps are derived from it.
  const original = new Uint8Array(source instanceof ArrayBuffer ? source.slice(0) : source);
  const cache = cacheOf(core);
  const key = keyOf(original, options);
  const candidates = cache.get(key) ?? [];
  const known = candidates.find((image) => image.original !== undefined && equal(image.original, original));
  if (known !== undefined) {
    cache.delete(key);
    cache.set(key, candidates);
    return known;
  }
  const { bytes: translated, manifest } = translateWith(core.translator, original, options);
  return {
    translated,
    finish(module) {
      const image = new Image(core, module, { translated, manifest, original }, options);
      cache.set(key, [...candidates, image]);
      for (const oldest of cache.keys()) {
        if (cache.size <= KEPT_IMAGES) break;
        cache.delete(oldest);
      }
      return image;
    },
  };
}

function cacheOf(core: Core): Map<string, Image[]> {
  let cache = caches.get(core);
  if (cache === undefined) {
    cache = new Map();
    caches.set(core, cache);
  }
  return cache;
}

/** Equal for equal content; what is not equal but has an equal key is told apart by comparing. */
function keyOf(bytes: Uint8Array, options: TranslateOptions): string {
  let hash = 0x811c9dc5;
  for (const word of wordsOf(bytes)) hash = Math.imul(hash ^ word, 0x01000193);
  const limits = [...(options.limits ?? [])].join();
  const flags = `${options.deterministic ? "d" : ""}${options.hints === false ? "n" : ""}`;
  return `${bytes.length}:${hash >>> 0}:${flags}:${limits}`;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  const [left, right] = [wordsOf(a), wordsOf(b)];
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  for (let i = left.length * 4; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The whole words of an array that has a buffer for itself. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, 0, bytes.length >> 2);
}
