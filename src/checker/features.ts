// What a module uses beyond the first version of WebAssembly, found in its bodies by the checker's own decoder.
import { Instructions, readLocals } from "./instructions.js";
import { decodeModule, type Module, ValueType } from "./module.js";
import { Op } from "./opcodes.js";
import { Reader } from "./reader.js";

export type Feature =
  | "atomic operations"
  | "bulk memory"
  | "exceptions"
  | "multiple results"
  | "reference types"
  | "saturating conversions"
  | "sign extension"
  | "tail calls"
  | "vectors";

/** Opcodes as instructions.ts numbers them, both ends included. */
const ranges: readonly (readonly [first: number, last: number, feature: Feature])[] = [
  [Op.Try, Op.Rethrow, "exceptions"],
  [Op.ReturnCall, Op.ReturnCallIndirect, "tail calls"],
  [Op.Delegate, Op.CatchAll, "exceptions"],
  [Op.SelectTyped, Op.SelectTyped, "reference types"],
  [Op.TableGet, Op.TableSet, "reference types"],
  [0xc0, 0xc4, "sign extension"],
  [Op.RefNull, Op.RefFunc, "reference types"],
  [0xfc000, 0xfc007, "saturating conversions"],
  [Op.MemoryInit, Op.TableCopy, "bulk memory"],
  [Op.TableGrow, Op.TableFill, "reference types"],
  [0xfd000, 0xfdfff, "vectors"],
  [0xfe000, 0xfefff, "atomic operations"],
];

/** Undefined when the module has something that the decoder does not know. Takes time linear in the bytes. */
export function featuresOf(bytes: Uint8Array): ReadonlySet<Feature> | undefined {
  try {
    const module = decodeModule(bytes);
    const found = new Set<Feature>();
    for (const { start, end } of module.functions) {
      if (end > 0) inBody(new Reader(module.bytes, start, end), found);
    }
    if (usesReferences(module)) found.add("reference types");
    return found;
  } catch {
    return undefined;
  }
}

function inBody(reader: Reader, found: Set<Feature>): void {
  for (const { type } of readLocals(reader).groups) inType(type, found);
  const instruction = new Instructions(reader);
  while (!reader.atEnd) {
    instruction.blockType = -1;
    instruction.next();
    const { op, blockType } = instruction;
    if (blockType >= 0) found.add("multiple results");
    for (const [first, last, feature] of ranges) {
      if (op >= first && op <= last) found.add(feature);
    }
  }
}

function inType(type: number, found: Set<Feature>): void {
  if (type === ValueType.V128) found.add("vectors");
  if (isReference(type)) found.add("reference types");
}

function usesReferences({ elements, tables }: Module): boolean {
  return (
    tables.some(({ elementType }) => elementType === ValueType.ExternRef) ||
    elements.some(({ holdsGlobals }) => holdsGlobals)
  );
}

function isReference(type: number): boolean {
  return type === ValueType.FuncRef || type === ValueType.ExternRef;
}
