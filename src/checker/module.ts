// Decodes the sections of a module, and where each function body lies. Bodies are decoded by instructions.ts.
import { maxParams } from "./limits.js";
import { Op } from "./opcodes.js";
import { Reader } from "./reader.js";
import { Refusal } from "./verdict.js";

/** Value types as bytes of the binary format. */
export const ValueType = {
  I32: 0x7f,
  I64: 0x7e,
  F32: 0x7d,
  F64: 0x7c,
  V128: 0x7b,
  FuncRef: 0x70,
  ExternRef: 0x6f,
};
export const ExternalKind = { Function: 0, Table: 1, Memory: 2, Global: 3, Tag: 4 };

export interface FunctionType {
  params: Uint8Array;
  results: Uint8Array;
}
export interface Import {
  offset: number;
  module: string;
  name: string;
  kind: number;
  /** Index in the index space of its kind. */
  index: number;
}
export interface FunctionInfo {
  type: FunctionType;
  import?: Import;
  /** Of the body, locals included; 0 for imports. */
  start: number;
  end: number;
}
export interface Table {
  offset: number;
  elementType: number;
  min: number;
  import?: Import;
}
export interface Global {
  type: number;
  mutable: boolean;
  import?: Import;
}
export interface Export {
  offset: number;
  name: string;
  kind: number;
  index: number;
}
export interface ElementSegment {
  offset: number;
  /** 0 active, 1 passive, 2 declarative. */
  mode: number;
  table: number;
  /** Functions it holds; null references are left out. */
  functions: number[];
  /** It also holds references of imported globals, of unknown kind. */
  holdsGlobals: boolean;
}
export interface Module {
  bytes: Uint8Array;
  types: (FunctionType | undefined)[];
  imports: Import[];
  functions: FunctionInfo[];
  importedFunctions: number;
  tables: Table[];
  importedMemories: number;
  definedMemories: number;
  globals: Global[];
  tags: FunctionType[];
  exports: Export[];
  /** Offset of the start section, or -1. */
  startSection: number;
  elements: ElementSegment[];
  activeDataOffset: number;
  /** Functions that a global's first value refers to. */
  globalReferences: { functionIndex: number; offset: number }[];
}

/** Order in which sections must come (the id of the tag section is 13, of the data count section 12). */
const sectionOrder = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6];

export function decodeModule(bytes: Uint8Array): Module {
  const reader = new Reader(bytes, 0, bytes.length);
  const magic = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  if (magic.some((byte, i) => bytes[i] !== byte)) reader.fail("is no WebAssembly module of version 1");
  reader.position = 8;
  const decoder = new ModuleDecoder(bytes);
  let last = 0;
  while (!reader.atEnd) {
    const at = reader.position;
    const id = reader.byte();
    const size = reader.u32();
    const start = reader.position;
    reader.skip(size);
    if (id === 0) continue;
    const order = sectionOrder[id];
    if (order === undefined) throw new Refusal("malformed", at, `section ${id} is not known`);
    if (order <= last) throw new Refusal("malformed", at, `section ${id} is out of order or doubled`);
    last = order;
    const section = new Reader(bytes, start, start + size);
    decoder.section(id, section);
    if (id !== 11 && !section.atEnd) section.fail(`section ${id} is longer than what it holds`);
  }
  return decoder.finish();
}

class ModuleDecoder {
  private readonly module: Module;
  private bodies = 0;

  constructor(bytes: Uint8Array) {
    this.module = {
      bytes,
      types: [],
      imports: [],
      functions: [],
      importedFunctions: 0,
      tables: [],
      importedMemories: 0,
      definedMemories: 0,
      globals: [],
      tags: [],
      exports: [],
      startSection: -1,
      elements: [],
      activeDataOffset: -1,
      globalReferences: [],
    };
  }

  finish(): Module {
    const defined = this.module.functions.length - this.module.importedFunctions;
    if (defined !== this.bodies) {
      throw new Refusal(
        "malformed",
        this.module.bytes.length,
        `${defined} functions have ${this.bodies} bodies`,
      );
    }
    return this.module;
  }

  section(id: number, r: Reader): void {
    const { module } = this;
    switch (id) {
      case 1:
        each(r, () => module.types.push(functionType(r)));
        break;
      case 2:
        each(r, () => this.import(r));
        break;
      case 3:
        each(r, () => module.functions.push({ type: this.typeAt(r), start: 0, end: 0 }));
        break;
      case 4:
        each(r, () => module.tables.push(table(r)));
        break;
      case 5:
        module.definedMemories = r.count();
        for (let left = module.definedMemories; left > 0; left--) limits(r);
        break;
      case 6:
        each(r, () => this.global(r));
        break;
      case 7:
        each(r, () => {
          module.exports.push({ offset: r.position, name: r.name(), kind: r.byte(), index: r.u32() });
        });
        break;
      case 8:
        module.startSection = r.position;
        r.u32();
        break;
      case 9:
        each(r, () => this.element(r));
        break;
      case 10:
        each(r, () => this.body(r));
        break;
      case 11:
        each(r, () => this.data(r));
        break;
      case 12:
        r.u32();
        break;
      default:
        each(r, () => {
          r.byte();
          module.tags.push(this.typeAt(r));
        });
    }
  }

  private typeAt(r: Reader): FunctionType {
    const index = r.u32();
    return this.module.types[index] ?? r.fail(`there is no function type ${index}`);
  }

  private import(r: Reader): void {
    const { module } = this;
    const found: Import = { offset: r.position, module: r.name(), name: r.name(), kind: r.byte(), index: 0 };
    module.imports.push(found);
    switch (found.kind) {
      case ExternalKind.Function:
        found.index = module.functions.length;
        module.functions.push({ type: this.typeAt(r), import: found, start: 0, end: 0 });
        module.importedFunctions++;
        return;
      case ExternalKind.Table:
        found.index = module.tables.length;
        module.tables.push({ ...table(r), import: found });
        return;
      case ExternalKind.Memory:
        found.index = module.importedMemories++;
        limits(r);
        return;
      case ExternalKind.Global:
        found.index = module.globals.length;
        module.globals.push({ type: r.byte(), mutable: r.byte() === 1, import: found });
        return;
      case ExternalKind.Tag:
        r.byte();
        found.index = module.tags.length;
        module.tags.push(this.typeAt(r));
        return;
      default:
        r.fail(`import kind ${found.kind} is not known`);
    }
  }

  private global(r: Reader): void {
    const type = r.byte();
    const mutable = r.byte() === 1;
    constantExpression(r, (functionIndex, offset) =>
      this.module.globalReferences.push({ functionIndex, offset }),
    );
    this.module.globals.push({ type, mutable });
  }

  private element(r: Reader): void {
    const offset = r.position;
    const flags = r.u32();
    if (flags > 7) r.fail(`element segment has flags ${flags}`);
    const segment: ElementSegment = {
      offset,
      mode: flags & 1 ? (flags & 2 ? 2 : 1) : 0,
      table: 0,
      functions: [],
      holdsGlobals: false,
    };
    if (!(flags & 1)) {
      if (flags & 2) segment.table = r.u32();
      constantExpression(r, () => r.fail("an offset is no function"));
    }
    if (flags & 3) r.byte();
    each(r, () => {
      if (!(flags & 4)) {
        segment.functions.push(r.u32());
        return;
      }
      const kind = constantExpression(r, (functionIndex) => segment.functions.push(functionIndex));
      if (kind === Op.GlobalGet) segment.holdsGlobals = true;
    });
    this.module.elements.push(segment);
  }

  private body(r: Reader): void {
    const size = r.u32();
    const start = r.position;
    r.skip(size);
    const info = this.module.functions[this.module.importedFunctions + this.bodies++];
    if (!info) r.fail("there are more bodies than functions");
    else Object.assign(info, { start, end: start + size });
  }

  private data(r: Reader): void {
    const at = r.position;
    const flags = r.u32();
    if (flags > 2) r.fail(`data segment has flags ${flags}`);
    if (flags === 2) r.u32();
    if (flags !== 1) {
      constantExpression(r, () => r.fail("an offset is no function"));
      this.module.activeDataOffset = at;
    }
    r.skip(r.u32());
  }
}

function each(r: Reader, read: () => void): void {
  for (let left = r.count(); left > 0; left--) read();
}

function functionType(r: Reader): FunctionType | undefined {
  if (r.byte() !== 0x60) r.fail("only function types are supported");
  return { params: valueTypes(r), results: valueTypes(r) };
}

function valueTypes(r: Reader): Uint8Array {
  const count = r.count();
  if (count > maxParams) r.fail(`a type has ${count} values: engines take ${maxParams}`);
  r.skip(count);
  return r.bytes.subarray(r.position - count, r.position);
}

function limits(r: Reader): number {
  const flags = r.byte();
  if (flags > 3) r.fail(`limits have flags ${flags}: only 32-bit tables and memories are supported`);
  const min = r.u32();
  if (flags & 1) r.u32();
  return min;
}

function table(r: Reader): Table {
  const offset = r.position;
  const elementType = r.byte();
  if (elementType !== ValueType.FuncRef && elementType !== ValueType.ExternRef) {
    r.fail("only tables of funcref and externref are supported");
  }
  return { offset, elementType, min: limits(r) };
}

/** Reads a constant expression; returns its last opcode, and tells of each function it names. */
function constantExpression(r: Reader, onFunction: (functionIndex: number, offset: number) => void): number {
  for (let last: number = Op.End; ; ) {
    const at = r.position;
    const op = r.byte();
    switch (op) {
      case Op.End:
        return last;
      case Op.I32Const:
        r.s32();
        break;
      case Op.I64Const:
        r.s64();
        break;
      case 0x43:
        r.skip(4);
        break;
      case 0x44:
        r.skip(8);
        break;
      case 0xfd:
        if (r.u32() !== 12) r.fail("only v128.const may stand in a constant expression");
        r.skip(16);
        break;
      case Op.GlobalGet:
        r.u32();
        break;
      case Op.RefNull:
        r.byte();
        break;
      case Op.RefFunc:
        onFunction(r.u32(), at);
        break;
      default:
        // Extended constants: i32 and i64 add, sub, mul.
        if (![0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e].includes(op)) {
          r.fail(`instruction ${op.toString(16)} may not stand in a constant expression`);
        }
    }
    last = op;
  }
}
