// Tables that both JS and guests can reach. A guest may call whatever lies in them, so what JS puts in is
// made safe to call: an untranslated Wasm function is replaced by its pinned shim. JS does not see that:
// what it reads is what it put in.
import type { FunctionType } from "../core/manifest.js";
import { type AnyFunction, type Functions, isWasmFunction } from "./functions.js";

const { get: nativeGet, set: nativeSet, grow: nativeGrow } = WebAssembly.Table.prototype;

interface Guard {
  readonly functions: Functions;
  /** Types that a guest may call through the table. */
  readonly types: FunctionType[];
}

const guards = new WeakMap<WebAssembly.Table, Guard>();

/**
 * Guards a table of functions from now on, through own properties `get`, `set` and `grow`. `scan`: also what is in
 * it already. What an untranslated instance puts in by itself (element segments, table.set) is not seen.
 */
export function guardTable(
  functions: Functions,
  table: WebAssembly.Table,
  types: readonly FunctionType[],
  scan: boolean,
): void {
  const guard = guards.get(table);
  if (guard === undefined) install({ functions, types: [...types] }, table);
  else guard.types.push(...types.filter((type) => !guard.types.includes(type)));
  if (!scan) return;
  for (let i = 0; i < table.length; i++) {
    const present = nativeGet.call(table, i) as AnyFunction | null;
    if (present === null) continue;
    const safe = functions.rawStandForAny(present, types);
    if (safe !== present) nativeSet.call(table, i, safe);
  }
}

function install(guard: Guard, table: WebAssembly.Table): void {
  guards.set(table, guard);
  const safe = (value: unknown) =>
    isWasmFunction(value) ? guard.functions.rawStandForAny(value, guard.types) : value;
  const methods = {
    get(index: number): unknown {
      const present = nativeGet.call(table, index);
      return typeof present === "function" ? guard.functions.originalOf(present as AnyFunction) : present;
    },
    set(index: number, ...value: unknown[]): void {
      nativeSet.call(table, ...([index, ...value.map(safe)] as [number, unknown]));
    },
    grow(delta: number, ...value: unknown[]): number {
      return nativeGrow.call(table, ...([delta, ...value.map(safe)] as [number, unknown]));
    },
  };
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(table, name, { value, configurable: true, writable: true });
  }
}
