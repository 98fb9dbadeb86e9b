// References to functions by what they are, so that another process finds them again.
import { SnapshotError } from "../../base/errors.js";
import type { Manifest } from "../manifest.js";
import type { ByteWriter } from "./byte-writer.js";
import type { SectionReader } from "./section-reader.js";

// biome-ignore lint/complexity/noBannedTypes: exported functions of Wasm have no more precise type in common.
type AnyFunction = Function;

/** An instance as references see it. */
export interface Referable {
  readonly number: number;
  readonly manifest: Manifest;
  readonly exports: WebAssembly.Exports;
}

enum Kind {
  Null = 0,
  /** W(f) of an original function: instance, index. */
  Function = 1,
  /** `wv:init` of an instance. */
  Init = 2,
  /** `raw:NAME` of a hypercall. */
  Hypercall = 3,
}

/** Names of all functions that a stack, a table or a global of these instances can hold. */
export class FunctionNames {
  readonly #instances: readonly Referable[];
  readonly #hypercalls: WebAssembly.Exports;
  #names: Map<AnyFunction, () => readonly (number | string)[]> | undefined;

  /** `hypercalls`: what guests link to; empty outside a hypervisor. */
  constructor(instances: readonly Referable[], hypercalls: WebAssembly.Exports) {
    this.#instances = instances;
    this.#hypercalls = hypercalls;
  }

  /** `where` is for the error about a function of the host, which no other process has. */
  write(writer: ByteWriter, reference: unknown, where: string): void {
    if (reference === null) {
      writer.byte(Kind.Null);
      return;
    }
    this.#names ??= this.#collect();
    const name = this.#names.get(reference as AnyFunction)?.();
    if (name === undefined) {
      throw new SnapshotError(`${where} holds a reference of the host, which cannot be saved`);
    }
    for (const part of name) {
      if (typeof part === "string") writer.name(part);
      else writer.unsigned(part);
    }
  }

  read(reader: SectionReader): AnyFunction | null {
    const kind = reader.byte();
    if (kind === Kind.Null) return null;
    const found = kind === Kind.Hypercall ? this.#hypercall(reader) : this.#ofInstance(reader, kind);
    if (typeof found !== "function") return reader.refuse("a reference is to a function that there is not");
    return found;
  }

  #hypercall(reader: SectionReader): unknown {
    const name = `raw:${reader.name()}`;
    return Object.hasOwn(this.#hypercalls, name) ? this.#hypercalls[name] : undefined;
  }

  #ofInstance(reader: SectionReader, kind: number): unknown {
    const number = reader.unsigned();
    const instance = this.#instances.find((candidate) => candidate.number === number);
    if (instance === undefined) return undefined;
    if (kind === Kind.Init) return instance.exports["wv:init"];
    if (kind !== Kind.Function) return undefined;
    const index = reader.unsigned();
    const referenced = referenceTo(instance, index);
    if (referenced !== null) return referenced;
    for (const [name, exported] of instance.manifest.functionExports) {
      if (exported === index) return instance.exports[name];
    }
    return undefined;
  }

  #collect(): Map<AnyFunction, () => readonly (number | string)[]> {
    const names = new Map<AnyFunction, () => readonly (number | string)[]>();
    const add = (f: unknown, ...name: (number | string)[]) => {
      if (typeof f === "function") names.set(f, () => name);
    };
    for (const [name, f] of Object.entries(this.#hypercalls)) {
      if (name.startsWith("raw:")) add(f, Kind.Hypercall, name.slice("raw:".length));
    }
    for (const instance of this.#instances) {
      const { number, manifest, exports } = instance;
      add(exports["wv:init"], Kind.Init, number);
      for (const [name, index] of manifest.functionExports) add(exports[name], Kind.Function, number, index);
      const count = manifest.functionImports.length + manifest.functions.length;
      for (let index = manifest.functionImports.length; index < count; index++) {
        add(referenceTo(instance, index), Kind.Function, number, index);
      }
    }
    return names;
  }
}

/** W(f) of a function that can be referenced, else null. */
function referenceTo({ exports }: Referable, index: number): AnyFunction | null {
  const get = exports["wv:ref"] as ((index: number) => AnyFunction | null) | undefined;
  try {
    return get?.(index) ?? null;
  } catch {
    return null; // Beyond the last function that can be referenced.
  }
}
