// Functions of JavaScript as guests import them: what they promise suspends the guest until it is settled.
import type { FunctionType } from "../core/manifest.js";
import type { RuntimeCore } from "../core/runtime-exports.js";
import { EXTERNREF, I64, V128 } from "./encode.js";
import { hostShim } from "./host-shim.js";
import { Promised } from "./promised.js";
import { typeKey } from "./shim-code.js";
import type { Caller } from "./wait-list.js";

type AnyFunction = (...args: never[]) => unknown;

const marked = new WeakSet<AnyFunction>();
/** The modules depend on nothing but the type: compiled once for all runtimes. */
const modules = new Map<string, WebAssembly.Module>();

/**
 * Marks an import whose only result is an externref: what it promises is awaited too. Without the mark the guest gets the
 * promise itself, as natively. Returns `f`.
 */
export function suspending<F extends AnyFunction>(f: F): F {
  marked.add(f);
  return f;
}

/** Whether a promise of `f` suspends a guest that imports it as `type`. */
export function mayPromise(f: AnyFunction, { params, results }: FunctionType): boolean {
  if (params.concat(results).includes(V128)) return false;
  return !(results.length === 1 && results[0] === EXTERNREF) || marked.has(f);
}

/** Makes the shims of one runtime. */
export class HostFunctions {
  readonly #core: RuntimeCore;
  readonly #current: () => Caller | undefined;
  readonly #flag = new WebAssembly.Global({ value: "i32", mutable: true }, 0);
  #promised: Promised | undefined;

  constructor(core: RuntimeCore, current: () => Caller | undefined) {
    this.#core = core;
    this.#current = current;
  }

  /** `through` is put around what guests call. */
  shim(f: AnyFunction, type: FunctionType, through: (f: AnyFunction) => AnyFunction): WebAssembly.Exports {
    const key = typeKey(type);
    let module = modules.get(key);
    if (module === undefined) {
      module = new WebAssembly.Module(hostShim(type));
      modules.set(key, module);
    }
    const host = {
      f: through(this.#watched(f, type)),
      settled: through(() => this.#current()?.takePromised()),
      wait: () => this.#current()?.waitFor(this.#promised!),
      promised: this.#flag,
    };
    const { runtime, glue } = this.#core;
    return new WebAssembly.Instance(module, { host, runtime, glue } as unknown as WebAssembly.Imports)
      .exports;
  }

  /** `f`, with a look at what it returns. Written out by arity: arguments cost less than a list of them. */
  #watched(f: AnyFunction, { params, results }: FunctionType): AnyFunction {
    const call = f as (...args: unknown[]) => unknown;
    const placeholder = placeholderOf(results);
    const seen = (result: object): unknown => {
      if (!isPromise(result)) return result;
      this.#promised = new Promised(result);
      this.#flag.value = 1;
      return placeholder;
    };
    const isObject = (result: unknown): result is object => typeof result === "object" && result !== null;
    switch (params.length) {
      case 0:
        return () => {
          const result = call();
          return isObject(result) ? seen(result) : result;
        };
      case 1:
        return (a: unknown) => {
          const result = call(a);
          return isObject(result) ? seen(result) : result;
        };
      case 2:
        return (a: unknown, b: unknown) => {
          const result = call(a, b);
          return isObject(result) ? seen(result) : result;
        };
      case 3:
        return (a: unknown, b: unknown, c: unknown) => {
          const result = call(a, b, c);
          return isObject(result) ? seen(result) : result;
        };
      case 4:
        return (a: unknown, b: unknown, c: unknown, d: unknown) => {
          const result = call(a, b, c, d);
          return isObject(result) ? seen(result) : result;
        };
      default:
        return (...args: unknown[]) => {
          const result = call(...args);
          return isObject(result) ? seen(result) : result;
        };
    }
  }
}

function isPromise(value: object): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown }).then === "function";
}

/** Something that the engine takes for results, while the guest unwinds. */
function placeholderOf(results: readonly number[]): unknown {
  const values = results.map((type) => (type === I64 ? 0n : type === EXTERNREF || type === 0x70 ? null : 0));
  return values.length > 1 ? values : values[0];
}
