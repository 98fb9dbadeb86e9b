// Where in the original module something happened, from the engine's stack trace and the maps.
import type { GuestLocation } from "../base/errors.js";
import { type Maps, originalOffset } from "./maps.js";

/** A frame of Wasm in a stack trace. */
export interface WasmFrame {
  /** Names the module, in this engine's way. */
  readonly url: string;
  /** In the module that ran: the translated one. */
  readonly functionIndex: number;
  readonly byteOffset: number;
}

const framePattern = /([^\s(@]*):?wasm-function\[(\d+)\]:0x([0-9a-f]+)/g;

/** The frames of Wasm on the stack where `thrown` was thrown, innermost first; as far as the engine tells. */
export function wasmFrames(thrown: unknown): WasmFrame[] {
  const stack = thrown instanceof Error ? String(thrown.stack) : "";
  return [...stack.matchAll(framePattern)].map(([, url, index, offset]) => ({
    url: url!,
    functionIndex: Number(index),
    byteOffset: Number.parseInt(offset!, 16),
  }));
}

const urls = new WeakMap<WebAssembly.Module, string>();

/** How the engine names `module` in a stack trace: seen in a trap of it that `provoke` causes. "": not to be known. */
export function urlOf(module: WebAssembly.Module, provoke: () => void): string {
  let url = urls.get(module);
  if (url === undefined) {
    url = "";
    try {
      provoke();
    } catch (thrown) {
      url = wasmFrames(thrown)[0]?.url ?? "";
    }
    urls.set(module, url);
  }
  return url;
}

/** The original place of a frame of the translated module; undefined for code that is the translator's own. */
export function locate(
  maps: Maps,
  nameOf: (functionIndex: number) => string | undefined,
  frame: Pick<WasmFrame, "functionIndex" | "byteOffset">,
): GuestLocation | undefined {
  const code = maps.code.get(frame.functionIndex);
  if (code === undefined) return undefined;
  return {
    functionIndex: code.functionIndex,
    functionName: nameOf(code.functionIndex),
    byteOffset: originalOffset(code, frame.byteOffset),
  };
}
