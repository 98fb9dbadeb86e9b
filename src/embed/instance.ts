import { QuotaExceeded, WasmvisorError } from "../base/errors.js";
import type { InstanceNumber } from "../base/ids.js";
import type { FunctionType, Manifest } from "../core/manifest.js";
import { functionType } from "../core/manifest.js";
import type { TranslateOptions } from "../core/translate.js";
import { Activation, type ActivationOptions } from "./activation.js";
import type { AnyFunction } from "./functions.js";
import type { Image } from "./image.js";
import { type Imports, linkImports } from "./link.js";
import { Nest } from "./nest.js";
import { ReservedImports } from "./reserved-imports.js";
import type { Owner } from "./run.js";
import type { Guest, Runtime } from "./runtime.js";
import { mayHaveStack, stackPointerOf } from "./stack-pointer.js";
import { type CallOptions, InstanceDropped } from "./stopped.js";
import { guardTable } from "./tables.js";

/** `budget` and the others of a call bound the active segments and the start function. */
export interface InstantiateOptions
  extends CallOptions,
    Pick<TranslateOptions, "deterministic" | "hints" | "limits"> {
  /** Pages of 64 KiB that the module's own memory may have. Default: what it declares. */
  readonly memoryPages?: number;
  /** Elements that its own tables may have, and growth of any table may add, in all. Default: 1,048,576. */
  readonly tablesMax?: number;
  /** Have the independent checker look at the translated module first. */
  readonly verify?: boolean;
  /**
   * true: calls that exist at the same time need not nest, as the module keeps no stack in its memory. Default: they need not
   * if it has no global that could be the top of one.
   */
  readonly interleave?: boolean;
  /**
   * false: imports promise nothing, and a promise is to the guest what it is natively. A call of an import costs some
   * nanoseconds less then. Default: what an import promises suspends the guest.
   */
  readonly asyncImports?: boolean;
  /** false: leave out the active segments and the start function, to set the state of a saved instance. */
  readonly init?: boolean;
}

/** What a module exports of which nothing is known. */
export type Untyped = Record<string, (...args: unknown[]) => unknown>;

type Arguments<F> = F extends (...args: infer A) => unknown ? A : never;
type Result<F> = F extends (...args: never[]) => infer R ? R : never;

export const DEFAULT_TABLES_MAX = 1 << 20;
const MAX_PAGES = 65536;
const FUNCREF = 0x70;

/** The runtime knows its instances weakly; whoever holds an export holds the instance too. */
const owners = new WeakMap<object, Owner & { readonly runtime: Runtime }>();

/**
 * A translated module as an ordinary instance, that can be stopped and resumed. `Exports`: what the module exports, as
 * typeDeclarations() writes it.
 */
export class Instance<Exports extends object = Untyped> implements Guest, Owner {
  readonly runtime: Runtime;
  readonly image: Image;
  /** Named in the headers of its frames. */
  readonly number: InstanceNumber;
  /** What the original module would export: calling them from JS is a pinned section. Frozen, without prototype. */
  readonly exports: Readonly<Record<string, WebAssembly.ExportValue>>;
  /** Everything that the translated module exports, with the reserved names of docs/translator.md, section 3. */
  readonly native: WebAssembly.Exports;
  /** Its own memory or the one that it imports. */
  readonly memory: WebAssembly.Memory | undefined;
  /** Shared by instances that call each other. */
  readonly nest = new Nest();
  #paused = false;
  #dropped = false;

  /** Links and instantiates, without the active segments and the start function (see init). */
  constructor(runtime: Runtime, image: Image, imports: Imports | undefined, options: InstantiateOptions) {
    const { manifest } = image;
    const memoryPages = quota("memoryPages", options.memoryPages ?? MAX_PAGES, MAX_PAGES);
    const tablesMax = quota("tablesMax", options.tablesMax ?? DEFAULT_TABLES_MAX, 2 ** 32);
    checkMinimums(manifest, memoryPages, tablesMax);

    this.runtime = runtime;
    this.image = image;
    this.number = runtime.nextInstanceNumber();
    const reserved = new ReservedImports(runtime, manifest, this.number, { memoryPages, tablesMax });
    const linked = linkImports(runtime, image, imports, options.asyncImports !== false, (user) => {
      reserved.setUserImports(user);
      for (const f of user.functions) {
        const owner = owners.get(f);
        if (owner?.runtime === runtime) this.nest.join(owner.nest);
      }
      return (name) => reserved.get(name);
    });
    this.native = new WebAssembly.Instance(image.module, linked).exports;
    this.memory = reserved.memory;
    reserved.setExports(this.native);

    for (const [name, index] of manifest.functionExports) {
      const wrapper = this.native[name] as AnyFunction;
      const twin = this.native[`wv:t:${name}`] as AnyFunction | undefined;
      if (twin !== undefined) runtime.functions.addTwin(wrapper, twin, manifest.usesExceptions);
      else if (index >= manifest.functionImports.length) runtime.functions.addWrapper(wrapper);
    }
    this.exports = this.#originalExports();
    const functionTables = manifest.tables
      .filter(({ own }) => !own)
      .map(({ elementType }) => elementType === FUNCREF);
    reserved.importedTables.forEach((table, i) => {
      if (functionTables[i]) guardTable(runtime.functions, table, manifest.types, true);
    });
    for (const item of Object.values(this.exports)) {
      if (item instanceof WebAssembly.Table) guardTable(runtime.functions, item, manifest.types, false);
    }
    const interleave = options.interleave ?? !mayHaveStack(manifest);
    this.nest.add(!interleave, stackPointerOf(this.native, manifest, image.original));
    runtime.register(this);
    for (const item of [this.exports, ...Object.values(this.native)]) {
      if (typeof item === "object" || typeof item === "function") owners.set(item, this);
    }
  }

  get manifest(): Manifest {
    return this.image.manifest;
  }

  /** An activation of the active segments and the start function; undefined when there is nothing to do. */
  init(options: ActivationOptions = {}): Activation | undefined {
    const init = this.native["wv:init"];
    if (init === undefined) return undefined;
    const type = { params: [], results: [] };
    return new Activation(this.runtime, init as AnyFunction, [], { ...options, type, owner: this });
  }

  /**
   * A call of an export, to be run in steps by you. Unlike calls it does not nest: you decide which activation runs. Mind
   * that most compiled programs keep a stack in their memory, that two activations taken in turns disturb.
   */
  start(name: string, args: readonly unknown[] = [], options: { readonly budget?: number } = {}): Activation {
    const { f, type } = this.#function(name);
    return new Activation(this.runtime, f, args, { ...options, type });
  }

  /**
   * Calls an export in slices; the event loop runs on meanwhile. Resolves with what it returns. Rejects with what the guest
   * ended with (GuestTrap, StackOverflow, an exception of its own or of a host import), with a CallStopped (BudgetSpent,
   * TimedOut, Aborted), after which it can be resumed, or with InstanceDropped. The instance can be called again after any
   * but the last.
   */
  async call<Name extends keyof Exports & string>(
    name: Name,
    args?: Arguments<Exports[Name]>,
    options: CallOptions = {},
  ): Promise<Result<Exports[Name]>> {
    return this.#begin(name, args, options).run(options) as Promise<Result<Exports[Name]>>;
  }

  /** Calls an export and returns when it is done. Throws as call() rejects. */
  callSync<Name extends keyof Exports & string>(
    name: Name,
    args?: Arguments<Exports[Name]>,
    options: Pick<CallOptions, "budget" | "quantum"> = {},
  ): Result<Exports[Name]> {
    if (this.#paused) throw new WasmvisorError("The instance is paused: resume() it first");
    return this.#begin(name, args, options).runToEnd(options.quantum) as Result<Exports[Name]>;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /**
   * Holds all calls of this instance where they are, from the end of the present slice on; their timeouts stand still.
   * Functions of it that other instances call directly run on.
   */
  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.runtime.queue.pause(this);
  }

  /** Ends a pause. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.runtime.queue.resume(this);
  }

  get dropped(): boolean {
    return this.#dropped;
  }

  /** Ends all its calls, which reject with InstanceDropped, and lets no other begin. */
  drop(): void {
    if (this.#dropped) return;
    this.#dropped = true;
    this.runtime.queue.drop(this);
  }

  /** W(f) of the original function `index`, for functions that a table or reference can hold; traps for others. */
  reference(index: number): AnyFunction | null {
    const reference = this.native["wv:ref"] as ((index: number) => AnyFunction | null) | undefined;
    if (reference === undefined)
      throw new WasmvisorError("No table or reference holds functions of this module");
    return reference(index);
  }

  /** W(f) of every function that a table or reference can hold. */
  *referencedFunctions(): Iterable<AnyFunction> {
    if (this.native["wv:ref"] === undefined) return;
    const count = this.manifest.functionImports.length + this.manifest.functions.length;
    for (let index = 0; index < count; index++) {
      try {
        const wrapper = this.reference(index);
        if (wrapper !== null) yield wrapper;
      } catch {
        // Not one of them.
      }
    }
  }

  #begin(name: string, args: readonly unknown[] = [], { budget }: CallOptions): Activation {
    if (this.#dropped) throw new InstanceDropped();
    const { f, type } = this.#function(name);
    return new Activation(this.runtime, f, args, { budget, type, owner: this });
  }

  #function(name: string): { f: AnyFunction; type: FunctionType | undefined } {
    const index = this.manifest.functionExports.get(name);
    const f = this.native[name];
    if (index === undefined || typeof f !== "function") {
      const known = [...this.manifest.functionExports.keys()].slice(0, 10).join(", ");
      throw new WasmvisorError(
        `The module exports no function ${JSON.stringify(name)}; it exports: ${known}`,
      );
    }
    return { f: f as AnyFunction, type: functionType(this.manifest, index) };
  }

  #originalExports(): Readonly<Record<string, WebAssembly.ExportValue>> {
    const exports: Record<string, WebAssembly.ExportValue> = Object.create(null);
    for (const [name, value] of Object.entries(this.native)) {
      if (name.startsWith("wv:")) continue;
      const shown =
        typeof value === "function" ? this.runtime.functions.originalOf(value as AnyFunction) : value;
      Object.defineProperty(exports, name, { value: shown, enumerable: true, writable: true });
    }
    return Object.freeze(exports);
  }
}

function checkMinimums(manifest: Manifest, memoryPages: number, tablesMax: number): void {
  const { memory } = manifest;
  if (memory?.kind === "own" && memory.minPages > memoryPages) {
    throw new QuotaExceeded("memoryPages", memory.minPages, memoryPages);
  }
  const elements = manifest.tables.reduce((sum, table) => sum + (table.own ? table.min : 0), 0);
  if (elements > tablesMax) throw new QuotaExceeded("tablesMax", elements, tablesMax);
}

function quota(name: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new WasmvisorError(`${name} is ${value}: it must be a whole number from 0 to ${most}`);
}
