// What an instance imports: the user's imports in the form that translated code needs, and the reserved
// module `wv`. What is wrong with the user's imports is left for the engine to say, so that the errors are its own.
import type { FunctionType } from "../core/manifest.js";
import { type AnyFunction, isWasmFunction, type Linking, type Stand } from "./functions.js";
import type { Image } from "./image.js";
import type { Runtime } from "./runtime.js";

/** Imports as WebAssembly.instantiate takes them; functions may be exports of translated instances. */
export type Imports = Readonly<Record<string, unknown>>;

/** What the user gave, in the order of the import section. */
export interface UserImports {
  readonly functions: readonly AnyFunction[];
  readonly memories: readonly WebAssembly.Memory[];
  readonly tables: readonly WebAssembly.Table[];
}

/** `awaits`: see Linking. `reservedFor` gives what the module imports from `wv` by name, once it is known what the user gave. */
export function linkImports(
  runtime: Runtime,
  image: Image,
  given: Imports | undefined,
  awaits: boolean,
  reservedFor: (user: UserImports) => (name: string) => unknown,
): WebAssembly.Imports {
  const needed = WebAssembly.Module.imports(image.module);
  const isReserved = ({ module }: WebAssembly.ModuleImportDescriptor) =>
    module === "wv" || module === "wv:raw";
  const object = new ImportObject();
  const functions: AnyFunction[] = [];
  const memories: WebAssembly.Memory[] = [];
  const tables: WebAssembly.Table[] = [];
  const stands = new Map<string, Stand | AnyFunction>();
  const remember = needed.some(({ module, name }) => module === "wv" && name === "foreign");
  let functionCount = 0;

  for (const descriptor of needed) {
    if (isReserved(descriptor)) continue;
    const { module, name, kind } = descriptor;
    const type = kind === "function" ? image.manifest.functionImports[functionCount++]?.type : undefined;
    if (given === undefined || (typeof given !== "object" && typeof given !== "function")) {
      throw new TypeError("The module has imports, so an object of imports must be given");
    }
    const namespace = given[module];
    if (typeof namespace !== "function" && (typeof namespace !== "object" || namespace === null)) {
      object.setModule(module, namespace);
      continue;
    }
    const value = (namespace as Record<string, unknown>)[name];
    if (type === undefined) {
      if (value instanceof WebAssembly.Memory) memories.push(value);
      if (value instanceof WebAssembly.Table) tables.push(value);
      object.add(module, name, value);
      continue;
    }
    if (typeof value === "function") functions.push(value as AnyFunction);
    const stand = standFor(runtime, value, type, { remember, awaits });
    const rawName = `${module}\0${name}`;
    if (!stands.has(rawName)) stands.set(rawName, stand);
    object.add(module, name, typeof stand === "object" ? stand.threaded : stand);
  }

  const reserved = reservedFor({ functions, memories, tables });
  for (const descriptor of needed.filter(isReserved)) {
    const { module, name } = descriptor;
    const stand = stands.get(name);
    if (module === "wv") object.add(module, name, reserved(name));
    else object.add(module, name, typeof stand === "object" ? stand.raw : stand);
  }
  return object.imports;
}

/** The value itself when it cannot be linked. */
function standFor(
  runtime: Runtime,
  value: unknown,
  type: FunctionType,
  linking: Linking,
): Stand | AnyFunction {
  if (typeof value !== "function") return value as AnyFunction;
  const f = value as AnyFunction;
  try {
    return runtime.functions.standFor(f, type, linking);
  } catch (error) {
    if (error instanceof WebAssembly.LinkError && isWasmFunction(f)) return f;
    throw error;
  }
}

/**
 * An import object. A module may import one name several times, as functions of different types: each then needs
 * another shim. The engine reads the names in the order of the imports, so a getter gives one after the other.
 */
class ImportObject {
  readonly imports: WebAssembly.Imports = Object.create(null);
  readonly #values = new Map<string, Map<string, unknown[]>>();

  setModule(module: string, value: unknown): void {
    Object.defineProperty(this.imports, module, { value, enumerable: true });
  }

  add(module: string, name: string, value: unknown): void {
    let names = this.#values.get(module);
    if (names === undefined) {
      names = new Map();
      this.#values.set(module, names);
      this.setModule(module, Object.create(null));
    }
    const values = names.get(name);
    if (values !== undefined) {
      values.push(value);
      return;
    }
    const queue: unknown[] = [value];
    names.set(name, queue);
    Object.defineProperty(this.imports[module], name, {
      enumerable: true,
      get: () => (queue.length > 1 ? queue.shift() : queue[0]),
    });
  }
}
