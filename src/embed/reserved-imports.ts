// What a translated module imports from the reserved module `wv`: section 2 of docs/translator.md.
import { WasmvisorError } from "../base/errors.js";
import type { InstanceNumber } from "../base/ids.js";
import type { Manifest } from "../core/manifest.js";
import { TableLengths } from "../core/table-lengths.js";
import type { UserImports } from "./link.js";
import type { Runtime } from "./runtime.js";
import { memoryShim, waitShim } from "./shim-code.js";
import { notify, wait } from "./wait-list.js";

export interface Quotas {
  readonly memoryPages: number;
  readonly tablesMax: number;
}

interface MemoryShim {
  size(): number;
  grow(delta: number): number;
}

const MAX_PAGES = 65536;
const memoryModules = new Map<string, WebAssembly.Module>();
let waitModule: WebAssembly.Module | undefined;

/** The reserved imports of one instance; each is made when it is asked for. */
export class ReservedImports {
  /** The memory of the instance: made here when it is its own. */
  memory: WebAssembly.Memory | undefined;
  importedTables: readonly WebAssembly.Table[] = [];

  readonly #runtime: Runtime;
  readonly #manifest: Manifest;
  readonly #number: InstanceNumber;
  readonly #quotas: Quotas;
  #memoryShim: MemoryShim | undefined;
  #waitShim: WebAssembly.Exports | undefined;
  #exports: WebAssembly.Exports = {};
  /** Elements of own tables, and what any table was granted. */
  #elements: number;
  readonly #lengths: TableLengths;

  constructor(runtime: Runtime, manifest: Manifest, number: InstanceNumber, quotas: Quotas) {
    this.#runtime = runtime;
    this.#manifest = manifest;
    this.#number = number;
    this.#quotas = quotas;
    this.#lengths = new TableLengths(manifest.tables);
    this.#elements = manifest.tables.reduce((sum, table) => sum + (table.own ? table.min : 0), 0);
    if (manifest.memory?.kind === "own") this.memory = this.#createMemory();
  }

  /** What the user's import object gave; before anything is asked for. */
  setUserImports({ memories, tables }: UserImports): void {
    this.memory ??= memories[0];
    this.importedTables = tables;
  }

  /** What the new instance exports, before any of its code runs. */
  setExports(exports: WebAssembly.Exports): void {
    this.#exports = exports;
  }

  get(name: string): unknown {
    const { exports, glue } = this.#runtime;
    switch (name) {
      case "memory":
        return this.memory;
      case "instance":
        return new WebAssembly.Global({ value: "i32", mutable: false }, this.#number);
      case "budget":
      case "stack":
        return exports[name];
      case "suspend":
      case "peek":
      case "resume":
      case "handoff":
      case "overflow":
        return exports[name];
      case "memory_size":
        return this.#memoryFunctions()?.size;
      case "memory_grow":
        return this.#memoryFunctions()?.grow;
      case "table_grow":
        return (table: number, delta: number) => (this.#mayGrow(table, delta >>> 0) ? 1 : 0);
      case "wait32":
      case "wait64":
        return this.#waits()[name];
      case "notify":
        return (address: number, count: number) =>
          this.memory === undefined ? 0 : notify(this.memory, address >>> 0, count >>> 0);
      case "foreign":
        return () => this.#runtime.functions.takePassing();
      case "rethrow":
        return (thrown: unknown) => this.#runtime.functions.rethrow(thrown);
      default:
        if (name in glue) return glue[name as keyof typeof glue];
        throw new WasmvisorError(
          `The module imports wv.${name}, that this version does not know: translate it again`,
        );
    }
  }

  #createMemory(): WebAssembly.Memory {
    const { minPages, maxPages, shared } = this.#manifest.memory!;
    const bound = Math.min(maxPages ?? MAX_PAGES, this.#quotas.memoryPages);
    // Without a maximum of its own or a quota below the engine's the memory has none, as natively.
    const descriptor: WebAssembly.MemoryDescriptor = { initial: minPages };
    if (maxPages !== undefined || bound < MAX_PAGES || shared) descriptor.maximum = bound;
    if (shared) descriptor.shared = true;
    return new WebAssembly.Memory(descriptor);
  }

  /** Undefined when the user gave no memory, which the engine will say. */
  #memoryFunctions(): MemoryShim | undefined {
    const { memory } = this;
    if (memory === undefined) return undefined;
    this.#memoryShim ??= this.#makeMemoryShim(memory);
    return this.#memoryShim;
  }

  #makeMemoryShim(memory: WebAssembly.Memory): MemoryShim {
    const { deterministic, memory: declared } = this.#manifest;
    const shared = isShared(memory);
    const own = declared?.kind === "own";
    const bound = Math.min(declared?.maxPages ?? MAX_PAGES, this.#quotas.memoryPages);
    const limit = deterministic && own ? bound : undefined;
    const key = `${shared}:${limit}`;
    let module = memoryModules.get(key);
    if (module === undefined) {
      module = new WebAssembly.Module(memoryShim(shared, limit));
      memoryModules.set(key, module);
    }
    const { hostMemory } = this.#runtime.exports;
    const instance = new WebAssembly.Instance(module, { runtime: { hostMemory }, host: { memory } });
    return instance.exports as unknown as MemoryShim;
  }

  #mayGrow(index: number, delta: number): boolean {
    const grant = () => {
      if (this.#elements + delta > this.#quotas.tablesMax) return false;
      this.#elements += delta;
      return true;
    };
    return this.#lengths.mayGrow(index, delta, grant, this.#reachableTable(index)?.length);
  }

  /** The table as JS sees it, for tables that others can grow too. */
  #reachableTable(index: number): WebAssembly.Table | undefined {
    if (this.#manifest.tables[index]?.own) {
      return this.#exports[`wv:tab:${index}`] as WebAssembly.Table | undefined;
    }
    return this.importedTables[index];
  }

  #waits(): WebAssembly.Exports {
    if (this.#waitShim !== undefined) return this.#waitShim;
    waitModule ??= new WebAssembly.Module(waitShim());
    const runtime = this.#runtime;
    const sleepOn = (address: number, timeoutNs: bigint) => {
      if (runtime.current === undefined || this.memory === undefined) return;
      wait(runtime.current, this.memory, address >>> 0, timeoutNs);
    };
    const woken = () => runtime.current?.takeWaitResult() ?? 2;
    this.#waitShim = new WebAssembly.Instance(waitModule, {
      runtime: runtime.exports as unknown as WebAssembly.ModuleImports,
      glue: runtime.glue as unknown as WebAssembly.ModuleImports,
      host: { wait: sleepOn, woken },
    }).exports;
    return this.#waitShim;
  }
}

function isShared(memory: WebAssembly.Memory): boolean {
  return typeof SharedArrayBuffer !== "undefined" && memory.buffer instanceof SharedArrayBuffer;
}
