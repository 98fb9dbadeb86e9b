import { WasmvisorError } from "../base/errors.js";
import { ByteReader, customSection } from "./byte-reader.js";

/** The format that this version reads and writes. */
export const MANIFEST_VERSION = 1;

/** Value types are their bytes in the binary format: 0x7f i32, 0x7e i64, 0x7d f32, 0x7c f64, 0x7b v128, references. */
export interface FunctionType {
  readonly params: readonly number[];
  readonly results: readonly number[];
}

export interface MemoryDeclaration {
  readonly kind: "own" | "imported";
  readonly minPages: number;
  /** undefined: none declared. */
  readonly maxPages: number | undefined;
  readonly shared: boolean;
}

export interface TableDeclaration {
  readonly own: boolean;
  /** Imported, exported, or reached by references: it holds functions of their original types. */
  readonly open: boolean;
  readonly elementType: number;
  readonly min: number;
  readonly max: number | undefined;
}

export interface GlobalDeclaration {
  readonly own: boolean;
  readonly type: number;
  readonly mutable: boolean;
}

export interface FunctionImport {
  readonly module: string;
  readonly name: string;
  readonly type: FunctionType;
}

export interface FunctionSummary {
  readonly threaded: boolean;
  /** It can be suspended while it runs: it has a SLOW copy. */
  readonly suspendable: boolean;
  readonly entryCharged: boolean;
  readonly stackChecked: boolean;
  readonly type: FunctionType;
  /** Number (module-wide) of its first resume point, and how many it has. */
  readonly firstGid: number;
  readonly gidCount: number;
}

/** What the translator found and did; section 8 of docs/translator.md. */
export interface Manifest {
  readonly translatorVersion: number;
  readonly deterministic: boolean;
  readonly hasInit: boolean;
  readonly usesExceptions: boolean;
  readonly usesRawImports: boolean;
  readonly wvFunctionImports: number;
  readonly gidCount: number;
  readonly memory: MemoryDeclaration | undefined;
  readonly tables: readonly TableDeclaration[];
  readonly globals: readonly GlobalDeclaration[];
  readonly dataSegments: number;
  readonly elementSegments: number;
  readonly functionImports: readonly FunctionImport[];
  /** Exported functions: name to original function index. */
  readonly functionExports: ReadonlyMap<string, number>;
  /** Functions that the original module defines; the first has original index `functionImports.length`. */
  readonly functions: readonly FunctionSummary[];
  readonly types: readonly FunctionType[];
}

/** Reads the manifest of a translated module. Throws a WasmvisorError when there is none of this version. */
export function readManifest(translated: Uint8Array): Manifest {
  const section = customSection(translated, "wv:manifest");
  if (section === undefined) {
    throw new WasmvisorError(
      "The module has no manifest: it was not translated; give the original bytes alone",
    );
  }
  return parseManifest(section);
}

function parseManifest(section: Uint8Array): Manifest {
  const reader = new ByteReader(section);
  const version = reader.unsigned();
  if (version !== MANIFEST_VERSION) {
    throw new WasmvisorError(
      `The manifest has format ${version}, this version reads ${MANIFEST_VERSION}: translate the module again`,
    );
  }
  const translatorVersion = reader.unsigned();
  const flags = reader.unsigned();
  const importCount = reader.unsigned();
  const wvFunctionImports = reader.unsigned();
  const functionCount = reader.unsigned();
  const gidCount = reader.unsigned();
  const memory = readMemory(reader);
  const tables = list(reader.unsigned(), () => readTable(reader));
  const globals = list(reader.unsigned(), () => readGlobal(reader));
  const dataSegments = reader.unsigned();
  const elementSegments = reader.unsigned();
  const functionImports = list(importCount, () => {
    const type = readType(reader);
    return { type, module: reader.name(), name: reader.name() };
  });
  const functionExports = new Map<string, number>();
  for (let left = reader.unsigned(); left > 0; left--) {
    const name = reader.name();
    functionExports.set(name, reader.unsigned());
  }
  const summaries = list(functionCount, () => ({
    flags: reader.unsigned(),
    type: reader.unsigned(),
    gidCount: reader.unsigned(),
  }));
  const types = list(reader.unsigned(), () => readType(reader));

  let firstGid = 0;
  const functions = summaries.map((summary) => {
    const type = types[summary.type];
    if (type === undefined)
      throw new WasmvisorError(`The manifest names type ${summary.type}, but lists ${types.length}`);
    const described = {
      threaded: (summary.flags & 1) !== 0,
      suspendable: (summary.flags & 2) !== 0,
      entryCharged: (summary.flags & 4) !== 0,
      stackChecked: (summary.flags & 8) !== 0,
      type,
      firstGid,
      gidCount: summary.gidCount,
    };
    firstGid += summary.gidCount;
    return described;
  });

  return {
    translatorVersion,
    deterministic: (flags & 1) !== 0,
    hasInit: (flags & 2) !== 0,
    usesExceptions: (flags & 4) !== 0,
    usesRawImports: (flags & 8) !== 0,
    wvFunctionImports,
    gidCount,
    memory,
    tables,
    globals,
    dataSegments,
    elementSegments,
    functionImports,
    functionExports,
    functions,
    types,
  };
}

/** The type of the function with original index `index`. */
export function functionType(manifest: Manifest, index: number): FunctionType {
  const imported = manifest.functionImports.length;
  const found =
    index < imported ? manifest.functionImports[index]?.type : manifest.functions[index - imported]?.type;
  if (found === undefined) throw new WasmvisorError(`The module has no function ${index}`);
  return found;
}

function readMemory(reader: ByteReader): MemoryDeclaration | undefined {
  const kind = reader.unsigned();
  const minPages = reader.unsigned();
  const maxPages = optional(reader.unsigned());
  const shared = reader.unsigned() !== 0;
  if (kind === 0) return undefined;
  return { kind: kind === 1 ? "own" : "imported", minPages, maxPages, shared };
}

function readTable(reader: ByteReader): TableDeclaration {
  const own = reader.unsigned() !== 0;
  const open = reader.unsigned() !== 0;
  const elementType = reader.byte();
  return { own, open, elementType, min: reader.unsigned(), max: optional(reader.unsigned()) };
}

function readGlobal(reader: ByteReader): GlobalDeclaration {
  return { own: reader.unsigned() !== 0, type: reader.byte(), mutable: reader.unsigned() !== 0 };
}

function readType(reader: ByteReader): FunctionType {
  const params = [...reader.vector()];
  return { params, results: [...reader.vector()] };
}

function optional(plusOne: number): number | undefined {
  return plusOne === 0 ? undefined : plusOne - 1;
}

function list<T>(count: number, read: () => T): T[] {
  const items: T[] = [];
  for (let i = 0; i < count; i++) items.push(read());
  return items;
}
