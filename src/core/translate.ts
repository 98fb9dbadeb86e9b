import { TranslateError, type TranslateFailure } from "../base/errors.js";
import { type Manifest, readManifest } from "./manifest.js";
import { type Maps, parseMaps } from "./maps.js";

export interface TranslateOptions {
  /** Canonical NaN results, and growth that fails by quota alone: equal on every engine. Costs some speed. */
  readonly deterministic?: boolean;
  /** Also derive the maps from frames and code to the original module. */
  readonly maps?: boolean;
  /** false: leave out the branch hints (custom section metadata.code.branch_hint). */
  readonly hints?: boolean;
  /** Caps on what the input may declare, by the number that the translator's setLimit knows. */
  readonly limits?: ReadonlyMap<number, number>;
}

export interface Translated {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly manifest: Manifest;
  /** Only when asked for. */
  readonly maps?: Maps;
  /** What parseMaps() made `maps` of. */
  readonly mapsBytes?: Uint8Array<ArrayBuffer>;
}

interface TranslatorExports {
  readonly memory: WebAssembly.Memory;
  input(byteLength: number): number;
  setLimit(which: number, value: number): void;
  translate(flags: number): number;
  outputPtr(): number;
  outputLen(): number;
  mapsPtr(): number;
  mapsLen(): number;
  errorPtr(): number;
  errorLen(): number;
  errorOffset(): number;
}

const failures: readonly TranslateFailure[] = [
  "internal",
  "malformed",
  "unsupported",
  "limit",
  "reserved-name",
];

const FLAG_DETERMINISTIC = 1;
const FLAG_MAPS = 2;
const FLAG_NO_HINTS = 4;

/**
 * Rewrites a module so that it is metered and can be suspended. The input must be a valid module of Wasm 2.0,
 * tail calls, threads, extended constants or legacy exceptions; the engine validates the output.
 * The same bytes and options give the same bytes. Throws a TranslateError.
 */
export function translateWith(
  translator: WebAssembly.Module,
  bytes: Uint8Array,
  options: TranslateOptions = {},
): Translated {
  // One instance serves one translation: nothing that one input did can matter to the next.
  const exports = new WebAssembly.Instance(translator, {}).exports as unknown as TranslatorExports;
  for (const [which, value] of options.limits ?? []) exports.setLimit(which, value);
  const input = exports.input(bytes.length) >>> 0;
  if (input === 0 && bytes.length > 0) {
    throw new TranslateError("limit", `a module of ${bytes.length} bytes is too large`, 0);
  }
  new Uint8Array(exports.memory.buffer, input, bytes.length).set(bytes);
  const flags =
    (options.deterministic ? FLAG_DETERMINISTIC : 0) |
    (options.maps ? FLAG_MAPS : 0) |
    (options.hints === false ? FLAG_NO_HINTS : 0);

  let code: number;
  try {
    code = exports.translate(flags);
  } catch (cause) {
    throw Object.assign(new TranslateError("internal", String(cause), exports.errorOffset() >>> 0), {
      cause,
    });
  }
  const copy = (pointer: number, length: number) =>
    new Uint8Array(exports.memory.buffer, pointer >>> 0, length >>> 0).slice();
  if (code !== 0) {
    const text = new TextDecoder().decode(copy(exports.errorPtr(), exports.errorLen()));
    throw new TranslateError(failures[code] ?? "internal", text, exports.errorOffset() >>> 0);
  }
  const output = copy(exports.outputPtr(), exports.outputLen());
  const manifest = readManifest(output);
  if (!options.maps) return { bytes: output, manifest };
  const mapsBytes = copy(exports.mapsPtr(), exports.mapsLen());
  return { bytes: output, manifest, mapsBytes, maps: parseMaps(mapsBytes, manifest) };
}
