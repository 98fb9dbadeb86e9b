// What a translated module may import and export: the roles of imported functions, and the roots of all calls.
import { ExternalKind, type FunctionType, type Import, type Module, ValueType } from "./module.js";
import { Refusal } from "./verdict.js";

/** i i32, I i64, f f32, F f64, v v128, r funcref, e externref; parameters and results apart by a colon. */
type Signature = string;

const i64s = (count: number): string => "I".repeat(count);
const runtimeFunctions: Record<string, Signature> = {
  __proto__: null as never,
  suspend: "i:i",
  peek: ":I",
  resume: ":i",
  handoff: "i:",
  overflow: ":",
  push_func: "r:",
  pop_func: ":r",
  push_extern: "e:",
  pop_extern: ":e",
  memory_size: ":i",
  memory_grow: "i:i",
  table_grow: "ii:i",
  wait32: "iiIii:ii",
  wait64: "iIIii:ii",
  notify: "ii:i",
  foreign: ":e",
  rethrow: "e:",
};
for (let n = 1; n <= 8; n++) {
  runtimeFunctions[`push${n}`] = `${i64s(n)}:`;
  runtimeFunctions[`pop${n}`] = `:${i64s(n)}`;
}

/** Exports of the translator's own, by the part of the name between the two colons. */
const functionExports: Record<string, Signature> = {
  __proto__: null as never,
  init: ":",
  gget: ":II",
  gset: "II:",
  ref: "i:r",
  redrop: ":",
  load64: "i:I",
  store64: "iI:",
};
for (const bits of [8, 16, 32]) {
  functionExports[`load${bits}`] = "i:i";
  functionExports[`store${bits}`] = "ii:";
}

/** What an imported function is: "user" (threaded), "raw" (for references alone), or the name of one of `wv`. */
export type ImportRole = string;

export interface Surface {
  /** By function index; imported functions only. */
  roles: ImportRole[];
  /** Indices of the imported globals, -1 when absent. */
  budgetGlobal: number;
  stackGlobal: number;
  /** Functions that outsiders call: with the threaded type, or with the original one. */
  threadedRoots: { functionIndex: number; offset: number }[];
  plainRoots: { functionIndex: number; offset: number }[];
  /** Tables that outsiders see. */
  openTables: Set<number>;
}

export function isThreadedType(type: FunctionType): boolean {
  const { params, results } = type;
  const n = params.length;
  return (
    n >= 2 &&
    params[n - 1] === ValueType.I32 &&
    params[n - 2] === ValueType.I32 &&
    results[results.length - 1] === ValueType.I32
  );
}

function signatureOf(type: FunctionType): Signature {
  const letters: Record<number, string> = {
    [ValueType.I32]: "i",
    [ValueType.I64]: "I",
    [ValueType.F32]: "f",
    [ValueType.F64]: "F",
    [ValueType.V128]: "v",
    [ValueType.FuncRef]: "r",
    [ValueType.ExternRef]: "e",
  };
  const spell = (types: Uint8Array): string => Array.from(types, (type) => letters[type] ?? "?").join("");
  return `${spell(type.params)}:${spell(type.results)}`;
}

export function readSurface(module: Module): Surface {
  const surface: Surface = {
    roles: [],
    budgetGlobal: -1,
    stackGlobal: -1,
    threadedRoots: [],
    plainRoots: [],
    openTables: new Set(),
  };
  for (const found of module.imports) readImport(module, surface, found);
  readExports(module, surface);
  for (let i = 0; i < module.tables.length; i++) if (module.tables[i]!.import) surface.openTables.add(i);
  if (module.startSection >= 0) {
    throw new Refusal("sections", module.startSection, "a start function runs before any budget is set");
  }
  if (module.definedMemories > 0) {
    throw new Refusal(
      "sections",
      0,
      "a memory of the module's own is not in the host's hands: it must be imported",
    );
  }
  if (module.importedMemories > 1) throw new Refusal("unsupported", 0, "only one memory is supported");
  if (module.activeDataOffset >= 0) {
    throw new Refusal(
      "sections",
      module.activeDataOffset,
      "an active data segment is written at every instantiation",
    );
  }
  return surface;
}

function readImport(module: Module, surface: Surface, found: Import): void {
  const refuse = (message: string): never => {
    throw new Refusal("imports", found.offset, `import ${found.module}.${found.name}: ${message}`);
  };
  if (found.module === "wv") {
    readRuntimeImport(module, surface, found, refuse);
    return;
  }
  if (found.module.startsWith("wv:") && found.module !== "wv:raw") refuse("the module name is reserved");
  if (found.module === "wv:raw" && found.kind !== ExternalKind.Function) refuse("must be a function");
  if (found.kind !== ExternalKind.Function) return;
  const raw = found.module === "wv:raw";
  if (!raw && !isThreadedType(module.functions[found.index]!.type)) refuse("must have a threaded type");
  surface.roles[found.index] = raw ? "raw" : "user";
}

function readRuntimeImport(
  module: Module,
  surface: Surface,
  found: Import,
  refuse: (message: string) => never,
): void {
  switch (found.kind) {
    case ExternalKind.Function: {
      const wanted = runtimeFunctions[found.name];
      if (wanted === undefined) refuse("is not known");
      const has = signatureOf(module.functions[found.index]!.type);
      if (has !== wanted) refuse(`must have the type ${wanted}, not ${has}`);
      surface.roles[found.index] = found.name;
      return;
    }
    case ExternalKind.Memory:
      if (found.name !== "memory") refuse("is not known");
      return;
    case ExternalKind.Global: {
      const { type, mutable } = module.globals[found.index]!;
      if (type !== ValueType.I32) refuse("must be an i32");
      if (mutable !== (found.name !== "instance")) refuse("has the wrong mutability");
      if (found.name === "budget") surface.budgetGlobal = found.index;
      else if (found.name === "stack") surface.stackGlobal = found.index;
      else if (found.name !== "instance") refuse("is not known");
      return;
    }
    default:
      refuse("is not known");
  }
}

function readExports(module: Module, surface: Surface): void {
  for (const { name, kind, index, offset } of module.exports) {
    const refuse = (message: string): never => {
      throw new Refusal("exports", offset, `export ${name}: ${message}`);
    };
    const own = name.startsWith("wv:");
    if (kind === ExternalKind.Function) {
      const info = module.functions[index] ?? refuse(`there is no function ${index}`);
      const role = surface.roles[index];
      const root = { functionIndex: index, offset };
      if (name.startsWith("wv:t:")) {
        if (!isThreadedType(info.type)) refuse("must have a threaded type");
        if (role !== undefined && role !== "user") refuse(`must not be the runtime's ${role}`);
        surface.threadedRoots.push(root);
        continue;
      }
      if (role !== undefined && role !== "raw") refuse("an import may be exported as wv:raw only");
      if (own) {
        const wanted = functionExports[name.split(":")[1]!];
        if (wanted === undefined || signatureOf(info.type) !== wanted)
          refuse("is not known, or has a wrong type");
      }
      surface.plainRoots.push(root);
    } else if (kind === ExternalKind.Global) {
      const info = module.globals[index] ?? refuse(`there is no global ${index}`);
      if (info.import?.module === "wv") refuse("a global of the runtime must not be exported");
      if (own && !/^wv:(g|drops):\d+$/.test(name)) refuse("is not known");
    } else if (kind === ExternalKind.Table) {
      if (!module.tables[index]) refuse(`there is no table ${index}`);
      if (own && !/^wv:tab:\d+$/.test(name)) refuse("is not known");
      surface.openTables.add(index);
    } else if (own) refuse("is not known");
  }
}
