// A translated and compiled module, ready for any number of domains.
import type { Manifest } from "../core/manifest.js";
import type { Maps } from "../core/maps.js";
import { NameKind, namesOf } from "../core/names.js";
import type { Translation } from "./translation.js";

const I32 = 0x7f;

/** What all domains of one module share. */
export class Program {
  /** SHA-256 of the original, hexadecimal. */
  readonly hash: string;
  readonly original: Uint8Array<ArrayBuffer>;
  readonly manifest: Manifest;
  readonly module: WebAssembly.Module;
  readonly translatedBytes: number;
  #maps: Promise<Maps> | undefined;
  #knownMaps: Maps | undefined;
  /** What the translated module imports, in its order. */
  readonly imports: readonly WebAssembly.ModuleImportDescriptor[];
  /** Under which names its stack-pointer global may be exported; the first that is a mutable i32 is it. */
  readonly stackPointerExports: readonly string[];

  constructor(
    hash: string,
    original: Uint8Array<ArrayBuffer>,
    manifest: Manifest,
    module: WebAssembly.Module,
    translatedBytes: number,
  ) {
    this.hash = hash;
    this.translatedBytes = translatedBytes;
    this.original = original;
    this.manifest = manifest;
    this.module = module;
    this.imports = WebAssembly.Module.imports(module);
    this.stackPointerExports = stackPointerExports(original, manifest, module);
  }

  /** How its frames relate to the original; derived when first asked for. */
  maps(translation: Translation): Promise<Maps> {
    this.#maps ??= translation.maps(this.original, this.manifest).then((maps) => {
      this.#knownMaps = maps;
      return maps;
    });
    return this.#maps;
  }

  /** The same, once they have been derived. */
  get knownMaps(): Maps | undefined {
    return this.#knownMaps;
  }

  /** Whether it imports `name` of the reserved module `wv`. */
  needs(name: string): boolean {
    return this.imports.some((found) => found.module === "wv" && found.name === name);
  }
}

function stackPointerExports(original: Uint8Array, manifest: Manifest, module: WebAssembly.Module): string[] {
  const found: string[] = [];
  const name = "__stack_pointer";
  if (WebAssembly.Module.exports(module).some((item) => item.kind === "global" && item.name === name)) {
    found.push(name);
  }
  for (const [index, global] of namesOf(original, NameKind.Globals)) {
    const { own, mutable, type } = manifest.globals[index] ?? {};
    if (global === name && own && mutable && type === I32) found.push(`wv:g:${index}`);
  }
  return found;
}
