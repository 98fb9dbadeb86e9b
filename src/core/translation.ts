// What is asked of the Worker that translates, and how it answers. See docs/adr/0030-loading-off-thread.md.
import { type GuestLocation, TranslateError, type TranslateFailure, VerifyError } from "../base/errors.js";
import { locate, type WasmFrame } from "./locations.js";
import { functionName, NameKind, namesOf } from "./names.js";
import { type TranslateOptions, translateWith } from "./translate.js";

/** So many frames are told of a crash; a stack trace of twice as many may be needed for them. */
export const LOCATED = 100;

export type TranslationRequest =
  /** First of all: the compiled translator. There is no answer. */
  | { readonly kind: "begin"; readonly translator: WebAssembly.Module }
  | {
      readonly kind: "translate";
      readonly bytes: Uint8Array;
      readonly deterministic: boolean;
      /** Have the checker look at the output. */
      readonly verify: boolean;
    }
  /** How frames and code relate to the original: what parseMaps() reads. */
  | { readonly kind: "maps"; readonly bytes: Uint8Array; readonly deterministic: boolean }
  /** Which places of the original `frames` of its translation are; frames of no original function are left out. */
  | {
      readonly kind: "locate";
      readonly bytes: Uint8Array;
      readonly deterministic: boolean;
      readonly frames: readonly Pick<WasmFrame, "functionIndex" | "byteOffset">[];
    };

export type TranslationReply =
  | { readonly kind: "translated"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "mapped"; readonly maps: Uint8Array }
  | { readonly kind: "located"; readonly locations: readonly GuestLocation[] }
  | {
      readonly kind: "refused";
      readonly code: TranslateFailure;
      readonly feature: string;
      readonly byteOffset: number;
    }
  | { readonly kind: "unverified"; readonly message: string }
  | { readonly kind: "failed"; readonly message: string };

/** Answers one request; never throws. `verify`: the checker, which throws a VerifyError. `limits`: see TranslateOptions. */
export function answer(
  translator: WebAssembly.Module,
  request: TranslationRequest,
  verify: (translated: Uint8Array) => unknown,
  limits?: ReadonlyMap<number, number>,
): TranslationReply {
  try {
    switch (request.kind) {
      case "translate": {
        const { bytes } = translateWith(translator, request.bytes, optionsOf(request, limits));
        if (request.verify) verify(bytes);
        return { kind: "translated", bytes };
      }
      case "maps": {
        const options = { ...optionsOf(request, limits), maps: true };
        return { kind: "mapped", maps: translateWith(translator, request.bytes, options).mapsBytes! };
      }
      case "locate":
        return { kind: "located", locations: locations(translator, request, limits) };
      default:
        return { kind: "failed", message: `Nobody answers requests of kind ${request.kind}` };
    }
  } catch (error) {
    if (error instanceof TranslateError) {
      const { code, feature, byteOffset } = error;
      return { kind: "refused", code, feature, byteOffset };
    }
    if (error instanceof VerifyError) return { kind: "unverified", message: error.message };
    return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}

function locations(
  translator: WebAssembly.Module,
  request: TranslationRequest & { kind: "locate" },
  limits: ReadonlyMap<number, number> | undefined,
): GuestLocation[] {
  const { bytes, frames } = request;
  const { maps, manifest } = translateWith(translator, bytes, { ...optionsOf(request, limits), maps: true });
  const names = namesOf(bytes, NameKind.Functions);
  const nameOf = (index: number) => functionName(index, names, manifest.functionExports);
  const found = frames.flatMap((frame) => locate(maps!, nameOf, frame) ?? []);
  // An outer frame stands at a call, which has an offset. One without is a fast copy that handed over to its slow one by a
  // tail call: some engines show it nevertheless, where they inlined it.
  return found.filter(({ byteOffset }, place) => place === 0 || byteOffset !== undefined).slice(0, LOCATED);
}

function optionsOf(
  { deterministic }: { readonly deterministic: boolean },
  limits: ReadonlyMap<number, number> | undefined,
): TranslateOptions {
  return { deterministic, ...(limits && { limits }) };
}
