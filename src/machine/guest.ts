// One guest: linked, instantiated, its entries found. Nothing of its code runs here.

import { GuestEntry } from "../abi.js";
import { type Hypervisor, stackPointerAccess } from "../core/hypervisor.js";
import type { DomainHandle } from "../core/hypervisor-exports.js";
import type { Referable } from "../core/snapshot/function-names.js";
import { TableLengths } from "../core/table-lengths.js";
import type { Program } from "./program.js";
import { pagesOf } from "./slots.js";

/** Functions by where they belong in a slot. */
export type GuestEntries = readonly (readonly [GuestEntry, unknown])[];

const ENTRY_EXPORTS: readonly (readonly [GuestEntry, string])[] = [
  [GuestEntry.Init, "wv:init"],
  [GuestEntry.Start, "hv_start"],
  [GuestEntry.Upcall, "hv_upcall"],
  [GuestEntry.Context, "hv_context"],
  [GuestEntry.Load8, "wv:load8"],
  [GuestEntry.Load16, "wv:load16"],
  [GuestEntry.Load32, "wv:load32"],
  [GuestEntry.Load64, "wv:load64"],
  [GuestEntry.Store8, "wv:store8"],
  [GuestEntry.Store16, "wv:store16"],
  [GuestEntry.Store32, "wv:store32"],
  [GuestEntry.Store64, "wv:store64"],
];

/** Numbers of the instances of a domain. */
const GUEST = 1;
const PROGRAM = 2;

/** `(module (func (export "f") (param externref) unreachable))` */
const trapModule = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x05, 0x01, 0x60, 0x01, 0x6f, 0x00, 0x03, 0x02, 0x01,
  0x00, 0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00, 0x0a, 0x05, 0x01, 0x03, 0x00, 0x00, 0x0b,
]);

/** What all guests of a machine import alike. */
export class GuestImports {
  readonly hypercalls: ReadonlySet<string>;
  readonly hv: WebAssembly.ModuleImports;
  readonly #raw: WebAssembly.Exports;
  readonly #program = new WebAssembly.Global({ value: "i32", mutable: false }, PROGRAM);
  /** Each guest's own object has this one as its prototype. */
  readonly #shared: Record<string, unknown>;

  constructor({ hypercalls, coreExports, glue }: Hypervisor) {
    const names = Object.keys(hypercalls).filter((name) => !name.includes(":"));
    this.hypercalls = new Set(names);
    this.hv = hypercalls as unknown as WebAssembly.ModuleImports;
    this.#raw = hypercalls;
    const { budget, stack, suspend, peek, resume, handoff, overflow } = coreExports;
    const trap = new WebAssembly.Instance(new WebAssembly.Module(trapModule)).exports.f;
    this.#shared = {
      ...glue,
      ...{ budget, stack, suspend, peek, resume, handoff, overflow },
      // In frame headers.
      instance: new WebAssembly.Global({ value: "i32", mutable: false }, GUEST),
      // Nobody sleeps on a guest's memory but the guest itself.
      notify: () => 0,
      // No exception of JS ever comes into a guest: nothing in it could be one that no tag of its own caught.
      foreign: () => null,
      rethrow: trap,
    };
    Object.setPrototypeOf(this.#shared, null);
  }

  /** The import object of a guest, whose own part of `wv` is `own`. */
  of(program: Program, own: Record<string, unknown>): WebAssembly.Imports {
    const wv = Object.setPrototypeOf(own, this.#shared);
    if (!program.manifest.usesRawImports) return { hv: this.hv, wv };
    const raw: Record<string, unknown> = {};
    for (const { module, name } of program.imports) {
      if (module === "wv:raw") raw[name] = this.#raw[`raw:${name.slice(name.indexOf("\0") + 1)}`];
    }
    return { hv: this.hv, wv, "wv:raw": raw as WebAssembly.ModuleImports };
  }

  /** The import object of a program above a kernel, of which `exported` are the exports; see program-checks.ts. */
  above(program: Program, exported: WebAssembly.Exports, own: Record<string, unknown>): WebAssembly.Imports {
    own.instance = this.#program;
    const modules: Record<string, Record<string, unknown>> = {};
    const raw: Record<string, unknown> = {};
    for (const { module, name } of program.imports) {
      if (module === "wv") continue;
      if (module === "wv:raw") {
        raw[name] = exported[name.slice(name.indexOf("\0") + 1)];
      } else {
        modules[module] ??= {};
        modules[module][name] = exported[`wv:t:${name}`];
      }
    }
    const wv = Object.setPrototypeOf(own, this.#shared);
    return { ...(modules as WebAssembly.Imports), wv, "wv:raw": raw as WebAssembly.ModuleImports };
  }
}

export class Guest {
  /** As frame headers name it. */
  readonly number: number;
  readonly program: Program;
  readonly memory: WebAssembly.Memory | undefined;
  /** `wv.memory_grow` and `wv.table_grow` of the instance. */
  readonly growMemory: (deltaPages: number) => number;
  readonly growTable: (table: number, delta: number) => boolean;
  readonly #exports: WebAssembly.Exports;

  private constructor(
    number: number,
    program: Program,
    memory: WebAssembly.Memory | undefined,
    growth: Pick<Guest, "growMemory" | "growTable">,
    exports: WebAssembly.Exports,
  ) {
    this.number = number;
    this.program = program;
    this.memory = memory;
    this.growMemory = growth.growMemory;
    this.growTable = growth.growTable;
    this.#exports = exports;
  }

  /** What a snapshot reads and writes. */
  get referable(): Referable {
    return { number: this.number, manifest: this.program.manifest, exports: this.#exports };
  }

  /**
   * Instantiates a program that passed all checks; above `kernel`, when there is one. `handle`: of the domain, once it has one;
   * growth is asked for in its name. Rejects with what the engine says: a LinkError for a hypercall imported with another type, a RangeError when
   * the host has no memory left.
   */
  static async create(
    hypervisor: Hypervisor,
    imports: GuestImports,
    program: Program,
    maximumPages: number,
    owner: { readonly handle: DomainHandle },
    kernel?: Guest,
  ): Promise<Guest> {
    const { core } = hypervisor;
    const { memory: declared, tables } = program.manifest;
    const memory =
      declared &&
      new WebAssembly.Memory({ initial: declared.minPages, maximum: maximumPages, shared: declared.shared });
    const own: Record<string, unknown> = { memory };
    if (program.needs("memory_size")) own.memory_size = () => pagesOf(memory);
    const growMemory = (delta: number) => {
      // What the memory's own maximum refuses is not the host's want of memory.
      if (pagesOf(memory) + (delta >>> 0) > maximumPages) return -1;
      return kernel === undefined
        ? core.memoryGrow(owner.handle, delta)
        : core.programMemoryGrow(owner.handle, delta);
    };
    if (program.needs("memory_grow")) own.memory_grow = growMemory;
    let growTable: Guest["growTable"] = () => false;
    if (program.needs("table_grow")) {
      const lengths = new TableLengths(tables);
      const grant = (delta: number) => core.tableGrow(owner.handle, delta) !== 0;
      growTable = (table, delta) => lengths.mayGrow(table, delta >>> 0, grant);
      own.table_grow = (table: number, delta: number) => (growTable(table, delta) ? 1 : 0);
    }
    const imported =
      kernel === undefined ? imports.of(program, own) : imports.above(program, kernel.#exports, own);
    const { exports } = await WebAssembly.instantiate(program.module, imported);
    return new Guest(kernel ? PROGRAM : GUEST, program, memory, { growMemory, growTable }, exports);
  }

  /** What the core is to find in the guest's slot. */
  entries(stackPointerModule: WebAssembly.Module): GuestEntries {
    const exports = this.#exports;
    if (this.number === PROGRAM) {
      const start = [GuestEntry.Start, exports["wv:t:_start"]] as const;
      const init = exports["wv:init"];
      return init === undefined ? [start] : [[GuestEntry.Init, init], start];
    }
    return [
      ...ENTRY_EXPORTS.flatMap(([entry, name]) => {
        const f = exports[name];
        return typeof f === "function" ? [[entry, f] as const] : [];
      }),
      ...stackPointerEntries(this.program, exports, stackPointerModule),
    ];
  }

  /** Makes the engine trap in the guest's module, in code that changes nothing; it may return when it cannot. */
  provokeTrap(): void {
    const reference = this.#exports["wv:ref"] as ((index: number) => unknown) | undefined;
    if (reference !== undefined) reference(-1);
    (this.#exports["wv:load64"] as ((address: number) => unknown) | undefined)?.(-1);
  }
}

function stackPointerEntries(
  program: Program,
  exports: WebAssembly.Exports,
  module: WebAssembly.Module,
): GuestEntries {
  for (const name of program.stackPointerExports) {
    const access = stackPointerAccess(module, exports[name] as WebAssembly.Global);
    if (access === undefined) continue;
    return [
      [GuestEntry.StackPointerGet, access.get],
      [GuestEntry.StackPointerSet, access.set],
    ];
  }
  return [];
}
