import { Hypercall } from "../abi.js";
import type { Refusal } from "../base/errors.js";
import { type Feature, featuresOf } from "../checker/index.js";
import { type FunctionType, functionType, type Manifest } from "../core/manifest.js";
import { snakeCase } from "./crash.js";
import type { Program } from "./program.js";

/** What a module is, and what of it would be refused. */
export interface Inspection {
  readonly bytes: number;
  /** What is in the way of a domain with default options; empty: nothing. */
  readonly refusals: readonly Refusal[];
  /** What the engine finds in the original; empty when it does not accept it. */
  readonly imports: readonly WebAssembly.ModuleImportDescriptor[];
  readonly exports: readonly WebAssembly.ModuleExportDescriptor[];
  /** Undefined when the translator refused the module. */
  readonly guest?: GuestInspection;
}

export interface GuestInspection {
  /** SHA-256, hexadecimal. */
  readonly hash: string;
  readonly translatedBytes: number;
  /** By number, as they are imported; the generic `hypercall` is -1. */
  readonly hypercalls: readonly { readonly name: string; readonly number: number }[];
  /** Which of hv_start, hv_upcall, hv_context it exports. */
  readonly entryPoints: readonly string[];
  /** What it uses beyond the first version of WebAssembly. */
  readonly features: readonly string[];
  readonly memory?: { readonly minPages: number; readonly maxPages?: number; readonly shared: boolean };
  readonly tables: readonly { readonly min: number; readonly max?: number }[];
  /** Defined in the module. */
  readonly functions: number;
  readonly stackPointer: boolean;
}

const FUNCREF = 0x70;
const V128 = 0x7b;

export function inspectGuest(program: Program): GuestInspection {
  const { manifest, hash, translatedBytes } = program;
  const { memory, tables } = manifest;
  return {
    hash,
    translatedBytes,
    hypercalls: hypercallsOf(manifest),
    entryPoints: ["hv_start", "hv_upcall", "hv_context"].filter((name) => manifest.functionExports.has(name)),
    features: featuresIn(program),
    ...(memory && {
      memory: {
        minPages: memory.minPages,
        ...(memory.maxPages !== undefined && { maxPages: memory.maxPages }),
        shared: memory.shared,
      },
    }),
    tables: tables.map(({ min, max }) => ({ min, ...(max !== undefined && { max }) })),
    functions: manifest.functions.length,
    stackPointer: program.stackPointerExports.length > 0,
  };
}

function hypercallsOf(manifest: Manifest): { name: string; number: number }[] {
  const numbers = new Map<string, number>();
  for (const [name, number] of Object.entries(Hypercall)) {
    if (typeof number === "number") numbers.set(snakeCase(name), number);
  }
  const used = new Set(
    manifest.functionImports.filter(({ module }) => module === "hv").map(({ name }) => name),
  );
  return [...used]
    .map((name) => ({ name, number: numbers.get(name) ?? -1 }))
    .sort((a, b) => a.number - b.number);
}

function featuresIn(program: Program): string[] {
  const { manifest } = program;
  const types: FunctionType[] = [...manifest.types];
  for (let i = 0; i < manifest.functionImports.length; i++) types.push(functionType(manifest, i));
  const usesType = (wanted: (type: number) => boolean) =>
    types.some(({ params, results }) => params.some(wanted) || results.some(wanted)) ||
    manifest.globals.some(({ type }) => wanted(type));
  const isReference = (type: number) => type === FUNCREF || type === 0x6f;
  const inBodies = featuresOf(program.original) ?? new Set<Feature>();
  const inDeclarations: [string, boolean][] = [
    ["atomic wait", program.needs("wait32") || program.needs("wait64")],
    ["exceptions", manifest.usesExceptions],
    ["growing memory", program.needs("memory_grow")],
    ["growing tables", program.needs("table_grow")],
    ["multiple results", types.some(({ results }) => results.length > 1)],
    ["multiple tables", manifest.tables.length > 1],
    ["reference types", usesType(isReference)],
    ["shared memory", manifest.memory?.shared === true],
    ["vectors", usesType((type) => type === V128)],
  ];
  const declared = inDeclarations.flatMap(([name, used]) => (used ? [name] : []));
  return [...new Set([...inBodies, ...declared])].sort();
}
