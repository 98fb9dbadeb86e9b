// What TypeScript may know of a module: the types of its exported functions, and of those that it imports.
import { type FunctionType, functionType, type Manifest } from "../core/manifest.js";

const I64 = 0x7e;
const FUNCREF = 0x70;
const EXTERNREF = 0x6f;
const V128 = 0x7b;

/**
 * A TypeScript file for a module: `Exports`, for `instantiate<Exports>(bytes, imports)`, and `Imports`, which the imports
 * can be checked against. `manifest`: that of translate(bytes), or of an instance.
 */
export function typeDeclarations(manifest: Manifest): string {
  const lines = ["// Made from the module by wasmvisor.", ""];
  lines.push("export interface Exports {");
  for (const [name, index] of manifest.functionExports) {
    lines.push(`  ${signature(name, functionType(manifest, index), false)}`);
  }
  lines.push("}", "", "export interface Imports {");
  const modules = new Map<string, Map<string, FunctionType>>();
  for (const { module, name, type } of manifest.functionImports) {
    const functions = modules.get(module) ?? new Map();
    modules.set(module, functions.set(name, type));
  }
  for (const [module, functions] of modules) {
    lines.push(`  ${JSON.stringify(module)}: {`);
    for (const [name, type] of functions) lines.push(`    ${signature(name, type, true)}`);
    lines.push("  };");
  }
  lines.push("}", "");
  return lines.join("\n");
}

/** `imported`: it may promise its result, and return anything when none is asked for. */
function signature(name: string, { params, results }: FunctionType, imported: boolean): string {
  const list = params.map((type, i) => `p${i}: ${nameOf(type)}`).join(", ");
  const names = results.map(nameOf);
  let result = names.length > 1 ? `[${names.join(", ")}]` : names[0];
  if (imported && result !== undefined) result = `${result} | Promise<${result}>`;
  return `${JSON.stringify(name)}(${list}): ${result ?? (imported ? "unknown" : "void")};`;
}

function nameOf(type: number): string {
  switch (type) {
    case I64:
      return "bigint";
    case FUNCREF:
      return "((...args: never[]) => unknown) | null";
    case EXTERNREF:
      return "unknown";
    case V128:
      // JavaScript can neither give nor take one.
      return "never";
    default:
      return "number";
  }
}
