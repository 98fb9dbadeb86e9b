// Which function stands for which, where guests meet each other and the host.
import type { FunctionType } from "../core/manifest.js";
import type { RuntimeCore } from "../core/runtime-exports.js";
import { V128 } from "./encode.js";
import { HostFunctions, mayPromise } from "./host-functions.js";
import { pinnedShim, probe, typeKey, wrapperShim } from "./shim-code.js";
import type { Caller } from "./wait-list.js";

export type AnyFunction = (...args: never[]) => unknown;

/** What a guest gets for a function: as an import, and as what its exports and tables hold. */
export interface Stand {
  readonly threaded: AnyFunction;
  readonly raw: AnyFunction;
}

/** How a guest imports functions. */
export interface Linking {
  /** What they throw is kept for the guest, which may ask for it. */
  readonly remember: boolean;
  /** What functions of JavaScript promise is awaited. */
  readonly awaits: boolean;
}

/** The modules depend on nothing but the type: compiled once for all runtimes. */
const pinnedModules = new Map<string, WebAssembly.Module>();
const wrapperModules = new Map<string, WebAssembly.Module>();
const probeModules = new Map<string, WebAssembly.Module>();

/** An instance that knows which of its functions a table or reference can hold. */
export interface FunctionSource {
  referencedFunctions(): Iterable<AnyFunction>;
}

export class Functions {
  readonly #core: RuntimeCore;
  readonly #sources: () => Iterable<FunctionSource>;
  readonly #host: HostFunctions;
  /** W(f) of an export to its threaded twin. */
  readonly #twins = new WeakMap<AnyFunction, AnyFunction>();
  /** W(f) of exports of modules that throw exceptions of their own. */
  readonly #throwing = new WeakSet<AnyFunction>();
  /** W(f) of functions without a twin; those that are not exported are found when first asked for. */
  readonly #wrappers = new WeakSet<AnyFunction>();
  readonly #searched = new WeakSet<object>();
  /** A raw shim to the function that it was made for. */
  readonly #originals = new WeakMap<AnyFunction, AnyFunction>();
  readonly #stands = new WeakMap<AnyFunction, Map<string, Stand>>();
  readonly #remembering = new WeakMap<AnyFunction, AnyFunction>();

  /** What was thrown last through JS into a guest that may ask for it. */
  #passing: { readonly thrown: unknown } | undefined;

  /** `sources` gives the instances of the runtime that are alive, `current` the call that is on the native stack. */
  constructor(core: RuntimeCore, sources: () => Iterable<FunctionSource>, current: () => Caller | undefined) {
    this.#core = core;
    this.#sources = sources;
    this.#host = new HostFunctions(core, current);
  }

  /** Makes known that `wrapper` is W(f) and `twin` its threaded twin. `throws`: exceptions of its own. */
  addTwin(wrapper: AnyFunction, twin: AnyFunction, throws: boolean): void {
    this.#twins.set(wrapper, twin);
    if (throws) this.#throwing.add(wrapper);
  }

  /** Makes known that `wrapper` is W(f) of an export that has no twin: very large modules leave them out. */
  addWrapper(wrapper: AnyFunction): void {
    this.#wrappers.add(wrapper);
  }

  /** Whether `f` is of a translated instance of this runtime: it can be suspended and accounts for itself. */
  isTranslated(f: AnyFunction): boolean {
    if (this.#twins.has(f) || this.#wrappers.has(f)) return true;
    for (const instance of this.#sources()) {
      if (this.#searched.has(instance)) continue;
      this.#searched.add(instance);
      for (const wrapper of instance.referencedFunctions()) this.#wrappers.add(wrapper);
    }
    return this.#wrappers.has(f);
  }

  /** Whether `f` is a shim of ours, or of a translated instance: it may lie in a table as it is. */
  isSafe(f: AnyFunction): boolean {
    return this.#originals.has(f) || this.isTranslated(f);
  }

  /** What JS put in: the function itself when `f` is a shim around a Wasm function, else `f`. */
  originalOf(f: AnyFunction): AnyFunction {
    const original = this.#originals.get(f);
    return original !== undefined && isWasmFunction(original) ? original : f;
  }

  /** Throws into the guest what it caught and kept. */
  rethrow(thrown: unknown): never {
    this.#passing = { thrown };
    throw thrown;
  }

  /** The exception that a guest has just caught without knowing it. Traps when it did not pass through JS. */
  takePassing(): unknown {
    const passing = this.#passing;
    if (passing === undefined) this.#core.runtime.refuseException();
    this.#passing = undefined;
    return passing?.thrown;
  }

  /**
   * What a guest that imports `f` as `type` gets. What it throws can be kept only if it passes through JS, so functions of
   * translated modules that throw exceptions of their own are pinned then.
   * Throws a LinkError when `f` is a Wasm function of another type.
   */
  standFor(f: AnyFunction, type: FunctionType, linking: Linking): Stand {
    const { remember } = linking;
    const twin = this.#twins.get(f);
    if (
      twin !== undefined &&
      remember &&
      this.#throwing.has(f) &&
      !type.params.concat(type.results).includes(V128)
    ) {
      const { threaded } = this.#shimFor(this.#rememberingThrows(f), type, () =>
        this.#pinnedStand(f, type, true),
      );
      return { threaded, raw: f };
    }
    if (twin !== undefined) return { threaded: twin, raw: f };
    const original = this.#originals.get(f);
    if (original !== undefined) return this.standFor(original, type, linking);
    const isWasm = isWasmFunction(f);
    if (isWasm && this.isTranslated(f)) return this.#shimFor(f, type, () => this.#wrapperStand(f, type));
    const remembers = remember && !type.params.concat(type.results).includes(V128);
    // A wrapper in JS would take any type: the engine is asked for the function's own first.
    if (isWasm && remembers) this.#pinnedStand(f, type, false);
    const awaits = !isWasm && linking.awaits && mayPromise(f, type);
    const make = () => {
      const stand = awaits ? this.#hostStand(f, type, remembers) : this.#pinnedStand(f, type, remembers);
      this.#originals.set(stand.raw, f);
      return stand;
    };
    return this.#shimFor(remembers ? this.#rememberingThrows(f) : f, type, make, awaits);
  }

  /** The shim of whichever of `types` the Wasm function `f` has; `f` itself when it has none of them. */
  rawStandForAny(f: AnyFunction, types: readonly FunctionType[]): AnyFunction {
    if (this.isSafe(f)) return f;
    for (const type of types) {
      const module = compiled(probeModules, type, probe);
      try {
        new WebAssembly.Instance(module, { probe: { f: f as WebAssembly.ImportValue } });
      } catch {
        continue;
      }
      return this.standFor(f, type, { remember: false, awaits: false }).raw;
    }
    return f;
  }

  /** One shim for each function, type and way to import it. */
  #shimFor(f: AnyFunction, type: FunctionType, make: () => Stand, awaits = false): Stand {
    const key = `${typeKey(type)}${awaits ? " awaited" : ""}`;
    let byType = this.#stands.get(f);
    if (byType === undefined) {
      byType = new Map();
      this.#stands.set(f, byType);
    }
    let stand = byType.get(key);
    if (stand === undefined) {
      stand = make();
      byType.set(key, stand);
    }
    return stand;
  }

  #pinnedStand(f: AnyFunction, type: FunctionType, remember: boolean): Stand {
    const target = remember ? this.#rememberingThrows(f) : f;
    const instance = new WebAssembly.Instance(compiled(pinnedModules, type, pinnedShim), {
      host: { f: target as WebAssembly.ImportValue },
      runtime: this.#core.runtime as unknown as WebAssembly.ModuleImports,
    });
    return instance.exports as unknown as Stand;
  }

  #hostStand(f: AnyFunction, type: FunctionType, remember: boolean): Stand {
    const through = remember ? (g: AnyFunction) => this.#rememberingThrows(g) : (g: AnyFunction) => g;
    return this.#host.shim(f, type, through) as unknown as Stand;
  }

  #wrapperStand(f: AnyFunction, type: FunctionType): Stand {
    const { runtime, glue } = this.#core;
    const instance = new WebAssembly.Instance(compiled(wrapperModules, type, wrapperShim), {
      host: { f: f as WebAssembly.ImportValue },
      glue: glue as unknown as WebAssembly.ModuleImports,
      runtime: runtime as unknown as WebAssembly.ModuleImports,
    });
    return { threaded: instance.exports.threaded as AnyFunction, raw: f };
  }

  #rememberingThrows(f: AnyFunction): AnyFunction {
    let remembering = this.#remembering.get(f);
    if (remembering === undefined) {
      remembering = (...args: never[]): unknown => {
        try {
          return f(...args);
        } catch (thrown) {
          return this.rethrow(thrown);
        }
      };
      this.#remembering.set(f, remembering);
    }
    return remembering;
  }
}

const scratch = new WebAssembly.Table({ element: "anyfunc", initial: 1 });

/** Whether `f` is a function that a Wasm instance exports: tables take no others. */
export function isWasmFunction(f: unknown): f is AnyFunction {
  if (typeof f !== "function") return false;
  try {
    scratch.set(0, f);
    scratch.set(0, null);
    return true;
  } catch {
    return false;
  }
}

function compiled(
  cache: Map<string, WebAssembly.Module>,
  type: FunctionType,
  encode: (type: FunctionType) => Uint8Array<ArrayBuffer>,
): WebAssembly.Module {
  const key = typeKey(type);
  let module = cache.get(key);
  if (module === undefined) {
    module = new WebAssembly.Module(encode(type));
    cache.set(key, module);
  }
  return module;
}
