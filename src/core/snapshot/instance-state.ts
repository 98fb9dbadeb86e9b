// What an instance has beside its memory: globals, open tables, dropped segments. Closed tables are as the module's
// segments make them.
import type { ByteWriter } from "./byte-writer.js";
import type { FunctionNames, Referable } from "./function-names.js";
import type { SectionReader } from "./section-reader.js";

enum Type {
  I32 = 0x7f,
  I64 = 0x7e,
  F32 = 0x7d,
  F64 = 0x7c,
  V128 = 0x7b,
  FuncRef = 0x70,
  ExternRef = 0x6f,
}

const scratch = new DataView(new ArrayBuffer(8));
type VectorGetter = () => [bigint, bigint];
type VectorSetter = (low: bigint, high: bigint) => void;

/** Writes the own globals, the open tables and the dropped segments of an instance that nobody is running in. */
export function writeInstanceState(writer: ByteWriter, instance: Referable, names: FunctionNames): void {
  const { manifest, exports, number } = instance;
  for (const [index, { own, mutable, type }] of manifest.globals.entries()) {
    if (!own || !mutable) continue;
    writer.unsigned(index);
    writer.byte(type);
    if (type === Type.V128) {
      for (const lane of (exports[`wv:gget:${index}`] as VectorGetter)()) writer.cell(lane);
      continue;
    }
    const { value } = exports[`wv:g:${index}`] as WebAssembly.Global;
    if (type >= Type.F64) writer.cell(toBits(type, value));
    else names.write(writer, value, `global ${index} of instance ${number}`);
  }
  for (const [index, { own, open }] of manifest.tables.entries()) {
    if (!own || !open) continue;
    const table = exports[`wv:tab:${index}`] as WebAssembly.Table;
    writer.unsigned(table.length);
    for (let i = 0; i < table.length; i++) {
      names.write(writer, table.get(i), `table ${index} of instance ${number}, element ${i},`);
    }
  }
  for (let word = 0; ; word++) {
    const drops = exports[`wv:drops:${word}`] as WebAssembly.Global | undefined;
    if (drops === undefined) break;
    writer.cell(BigInt(drops.value >>> 0));
  }
}

/**
 * Puts it into a new instance whose init function has not run. Throws a SnapshotError. `growTable`: whether
 * a table may have so many elements more than it was declared with.
 */
export function readInstanceState(
  reader: SectionReader,
  instance: Referable,
  names: FunctionNames,
  growTable: (table: number, more: number) => boolean,
): void {
  const { manifest, exports, number } = instance;
  for (const [index, { own, mutable, type }] of manifest.globals.entries()) {
    if (!own || !mutable) continue;
    if (reader.unsigned() !== index || reader.byte() !== type) {
      reader.refuse(`the globals of instance ${number} are not those of its module`);
    }
    if (type === Type.V128) {
      (exports[`wv:gset:${index}`] as VectorSetter)(
        BigInt.asIntN(64, reader.cell()),
        BigInt.asIntN(64, reader.cell()),
      );
      continue;
    }
    const global = exports[`wv:g:${index}`] as WebAssembly.Global;
    global.value = type >= Type.F64 ? fromBits(type, reader.cell()) : names.read(reader);
  }
  for (const [index, { own, open, max }] of manifest.tables.entries()) {
    if (!own || !open) continue;
    const table = exports[`wv:tab:${index}`] as WebAssembly.Table;
    const length = reader.count(max);
    const more = length - table.length;
    if (more < 0 || (more > 0 && !growTable(index, more))) {
      reader.refuse(`table ${index} of instance ${number} cannot have ${length} elements`);
    }
    table.grow(more);
    for (let i = 0; i < length; i++) table.set(i, names.read(reader));
  }
  for (let word = 0; ; word++) {
    const drops = exports[`wv:drops:${word}`] as WebAssembly.Global | undefined;
    if (drops === undefined) break;
    drops.value = Number(BigInt.asIntN(32, reader.cell()));
  }
  try {
    (exports["wv:redrop"] as (() => void) | undefined)?.();
  } catch {
    reader.refuse(`the segments of instance ${number} do not fit its tables`);
  }
}

function toBits(type: Type, value: number | bigint): bigint {
  switch (type) {
    case Type.I32:
      return BigInt(Number(value) >>> 0);
    case Type.I64:
      return BigInt.asUintN(64, value as bigint);
    case Type.F32:
      scratch.setFloat32(0, value as number);
      return BigInt(scratch.getUint32(0));
    default:
      scratch.setFloat64(0, value as number);
      return scratch.getBigUint64(0);
  }
}

function fromBits(type: Type, bits: bigint): number | bigint {
  switch (type) {
    case Type.I32:
      return Number(BigInt.asIntN(32, bits));
    case Type.I64:
      return BigInt.asIntN(64, bits);
    case Type.F32:
      scratch.setUint32(0, Number(BigInt.asUintN(32, bits)));
      return scratch.getFloat32(0);
    default:
      scratch.setBigUint64(0, bits);
      return scratch.getFloat64(0);
  }
}
