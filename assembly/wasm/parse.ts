// Reads the sections of a module. Every count, index and length is checked before it is used.

import { fail, failed, Failure } from "../lib/failure";
import {
  MAX_BODY_BYTES, MAX_DATA_SEGMENTS, MAX_ELEMENT_SEGMENTS, MAX_EXPORTS, MAX_FUNCTIONS, MAX_GLOBALS, MAX_IMPORTS,
  MAX_PARAMS, MAX_RESULTS, MAX_TABLES, MAX_TAGS, MAX_TYPES, maxMemoryPages, maxTableElements,
} from "./limits";
import {
  bodies, Body, Custom, customs, datas, DataSegment, declareDataCount, elementItems, elements, ElementSegment,
  Export, exports, FunctionType, functionTypes, Global, GLOBAL_ITEM, globals, hasDataCount, Import, imports, keep,
  Kind, memories, memoryImported, memoryMin, noteImported, noteInput, noteMemory, noteStart, NULL_ITEM, record,
  SegmentMode, Table, tables, tagTypes, types,
} from "./module";
import { Op, Type } from "./opcodes";
import {
  atEnd, cursor, malformed, offset, openReader, readByte, readCount, readSigned, readU32, remaining, seek, setLimit,
  skip, stop, unsupported,
} from "./reader";
import { readHeapType, readValueType } from "./types";

let tableElements: u64 = 0;
let dataCount: u32 = 0;

/** Order in which sections must come; 0 for ids we do not know. */
function rank(id: u32): u32 {
  if (id >= 1 && id <= 5) return id;
  if (id == 13) return 6;
  if (id >= 6 && id <= 9) return id + 1;
  if (id == 12) return 11;
  if (id == 10) return 12;
  if (id == 11) return 13;
  return 0;
}

/** Parses the module in [start, start + length). */
export function parseModule(start: usize, length: u32): void {
  noteInput(start);
  openReader(start, start, start + length);
  if (length < 8 || load<u32>(start) != 0x6d736100) {
    malformed("magic header not detected");
    return;
  }
  if (load<u32>(start + 4) != 1) {
    seek(start + 4);
    if (load<u16>(start + 6) == 1) unsupported("component model: translate the core modules inside instead");
    else malformed("unknown binary version");
    return;
  }
  seek(start + 8);
  const end = start + length;
  let last: u32 = 0;
  let functionBodies: u32 = 0;
  let after: u32 = 0;
  while (!atEnd() && !failed()) {
    const at = offset();
    const id = readByte();
    const size = readU32();
    if (failed()) return;
    if (size > remaining()) {
      malformed("section reaches beyond the end of the module");
      return;
    }
    const sectionEnd = cursor + size;
    if (id != 0) {
      const order = rank(id);
      if (order == 0) {
        if (id == 14) fail(Failure.Unsupported, at, "stringref");
        else fail(Failure.Malformed, at, "malformed section id");
        return;
      }
      if (order <= last) {
        fail(Failure.Malformed, at, "unexpected content after last section: out of order or twice");
        return;
      }
      last = order;
      after = id;
    }
    setLimit(sectionEnd);
    if (id == 0) parseCustom(sectionEnd, after);
    else if (id == 1) parseTypes();
    else if (id == 2) parseImports();
    else if (id == 3) functionBodies = parseFunctions();
    else if (id == 4) parseTables();
    else if (id == 5) parseMemories();
    else if (id == 13) parseTags();
    else if (id == 6) parseGlobals();
    else if (id == 7) parseExports();
    else if (id == 8) noteStart(functionIndex());
    else if (id == 9) parseElements();
    else if (id == 12) {
      dataCount = readU32();
      declareDataCount();
    } else if (id == 10) parseCode();
    else if (id == 11) parseDatas();
    if (failed()) return;
    if (cursor != sectionEnd) {
      malformed("section size mismatch");
      return;
    }
    setLimit(end);
  }
  if (failed()) return;
  if (bodies.length != functionBodies) {
    malformed("function and code section have inconsistent lengths");
    return;
  }
  if (hasDataCount && dataCount != datas.length) malformed("data count and data section have inconsistent lengths");
}

function parseCustom(end: usize, after: u32): void {
  const c = record<Custom>();
  c.nameLength = readU32();
  c.name = cursor;
  skip(c.nameLength);
  if (failed()) return;
  c.start = cursor;
  c.end = end;
  c.after = after;
  keep(customs, c);
  seek(end);
}

function readReferenceType(): u32 {
  const at = cursor;
  const type = readValueType();
  if (!failed() && type != Type.FuncRef && type != Type.ExternRef) {
    seek(at);
    malformed("malformed reference type");
  }
  return type;
}

function parseTypes(): void {
  const count = readCount(MAX_TYPES, "types");
  for (let i: u32 = 0; i < count && !failed(); i++) {
    const form = readByte();
    if (failed()) return;
    if (form != 0x60) {
      seek(cursor - 1);
      if (form == 0x5e || form == 0x5f || form == 0x50 || form == 0x4f || form == 0x4e) {
        unsupported("garbage collection (struct, array, sub or rec types)");
      } else if (form == 0x5d) unsupported("stack switching (cont types)");
      else malformed("integer representation too long: malformed type");
      return;
    }
    const type = record<FunctionType>();
    type.paramCount = readCount(MAX_PARAMS, "parameters");
    type.params = cursor;
    for (let k: u32 = 0; k < type.paramCount && !failed(); k++) readValueType();
    type.resultCount = readCount(MAX_RESULTS, "results");
    type.results = cursor;
    for (let k: u32 = 0; k < type.resultCount && !failed(); k++) readValueType();
    keep(types, type);
  }
}

function typeIndex(): u32 {
  const index = readU32();
  if (!failed() && index >= types.length) malformed("unknown type");
  return failed() ? 0 : index;
}

function functionIndex(): u32 {
  const index = readU32();
  if (!failed() && index >= functionTypes.length) malformed("unknown function");
  return failed() ? 0 : index;
}

function startsWith(at: usize, length: u32, exactly: bool): bool {
  // "wv", and "wv:" as a prefix
  if (length < 2 || load<u8>(at) != 0x77 || load<u8>(at + 1) != 0x76) return false;
  if (length == 2) return exactly;
  return load<u8>(at + 2) == 0x3a;
}

function parseImports(): void {
  const count = readCount(MAX_IMPORTS, "imports");
  for (let i: u32 = 0; i < count && !failed(); i++) {
    const at = offset();
    const item = record<Import>();
    item.moduleLength = readU32();
    item.module = cursor;
    skip(item.moduleLength);
    item.nameLength = readU32();
    item.name = cursor;
    skip(item.nameLength);
    item.kind = readByte();
    if (failed()) return;
    if (startsWith(item.module, item.moduleLength, true)) {
      fail(Failure.Reserved, at, "imports from a module named wv or wv:.., which is reserved: is this a translated module already?");
      return;
    }
    if (item.kind == Kind.Function) {
      item.index = functionTypes.length;
      functionTypes.push(typeIndex());
      noteImported(item.kind);
    } else if (item.kind == Kind.Table) {
      item.index = tables.length;
      readTable(true);
      noteImported(item.kind);
    } else if (item.kind == Kind.Memory) {
      noteImported(item.kind);
      readMemory();
    } else if (item.kind == Kind.Global) {
      item.index = globals.length;
      const global = record<Global>();
      global.imported = true;
      global.type = readValueType();
      global.mutable = readMutability();
      keep(globals, global);
      noteImported(item.kind);
    } else if (item.kind == Kind.Tag) {
      item.index = tagTypes.length;
      readTag();
      noteImported(item.kind);
    } else {
      seek(cursor - 1);
      if (item.kind == 0x20) unsupported("exact function imports (custom descriptors)");
      else malformed("malformed import kind");
    }
    keep(imports, item);
  }
}

function readMutability(): bool {
  const flag = readByte();
  if (flag > 1) {
    seek(cursor - 1);
    if ((flag & 0xfd) <= 1) unsupported("shared globals (shared-everything threads)");
    else malformed("malformed mutability");
  }
  return flag == 1;
}

// limits of a memory or table: flags, minimum, maximum
let limitMin: u32 = 0;
let limitMax: u32 = 0;
let limitHasMax: bool = false;
let limitShared: bool = false;

function readLimits(sharable: bool): void {
  const flags = readByte();
  if (failed()) return;
  if (flags & 4) {
    seek(cursor - 1);
    if (flags < 16) unsupported("memory64 (64-bit memories and tables)");
    else malformed("malformed limits flags");
    return;
  }
  if (flags & 8) {
    seek(cursor - 1);
    if (flags < 16) unsupported("custom page sizes");
    else malformed("malformed limits flags");
    return;
  }
  if (flags > 3 || (!sharable && flags > 1)) {
    seek(cursor - 1);
    if (flags <= 3) unsupported("shared tables");
    else malformed("malformed limits flags");
    return;
  }
  limitShared = (flags & 2) != 0;
  limitMin = readU32();
  limitHasMax = (flags & 1) != 0;
  limitMax = limitHasMax ? readU32() : 0;
}

function readTable(imported: bool): void {
  const table = record<Table>();
  table.imported = imported;
  table.type = readReferenceType();
  const at = offset();
  readLimits(false);
  if (failed()) return;
  table.min = limitMin;
  table.hasMax = limitHasMax;
  table.max = limitMax;
  if (!imported) {
    tableElements += <u64>limitMin;
    if (tableElements > <u64>maxTableElements) {
      fail(Failure.Limit, at, "tables: the declared minima are together above the limit of table elements");
      stop();
    }
  }
  keep(tables, table);
  if (tables.length > MAX_TABLES) {
    fail(Failure.Limit, at, "too many tables");
    stop();
  }
}

function parseTables(): void {
  const count = readCount(MAX_TABLES, "tables");
  for (let i: u32 = 0; i < count && !failed(); i++) {
    if (remaining() > 0 && load<u8>(cursor) == 0x40) {
      unsupported("tables with an initial expression (typed function references)");
      return;
    }
    readTable(false);
  }
}

function readMemory(): void {
  const at = offset();
  if (memories > 0) {
    unsupported("multiple memories");
    return;
  }
  readLimits(true);
  if (failed()) return;
  noteMemory(limitMin, limitHasMax, limitMax, limitShared);
  if (!memoryImported && memoryMin > maxMemoryPages) {
    fail(Failure.Limit, at, "memory: the declared minimum is above the limit of pages");
    stop();
  }
}

function parseMemories(): void {
  const count = readCount(1000, "memories");
  for (let i: u32 = 0; i < count && !failed(); i++) readMemory();
}

function readTag(): void {
  const attribute = readByte();
  if (attribute != 0) {
    malformed("malformed tag attribute");
    return;
  }
  tagTypes.push(typeIndex());
}

function parseTags(): void {
  const count = readCount(MAX_TAGS, "tags");
  for (let i: u32 = 0; i < count && !failed(); i++) readTag();
}

function parseFunctions(): u32 {
  const count = readCount(MAX_FUNCTIONS, "functions");
  for (let i: u32 = 0; i < count && !failed(); i++) functionTypes.push(typeIndex());
  return count;
}

/** Skips a constant expression; returns its length with the `end`. */
function skipConstant(): u32 {
  const start = cursor;
  while (!failed()) {
    const op = readByte();
    if (failed()) return 0;
    if (op == Op.End) return <u32>(cursor - start);
    if (op == Op.I32Const) readSigned(32);
    else if (op == Op.I64Const) readSigned(64);
    else if (op == Op.F32Const) skip(4);
    else if (op == Op.F64Const) skip(8);
    else if (op == Op.GlobalGet) {
      if (readU32() >= globals.length && !failed()) malformed("unknown global");
    } else if (op == Op.RefNull) readHeapType();
    else if (op == Op.RefFunc) functionIndex();
    else if ((op >= 0x6a && op <= 0x6c) || (op >= 0x7c && op <= 0x7e)) continue;
    else if (op == 0xfd) {
      if (readU32() != 12) malformed("constant expression required");
      skip(16);
    } else if (op == 0xfb) {
      seek(cursor - 1);
      unsupported("garbage collection (gc instruction in a constant expression)");
    } else {
      seek(cursor - 1);
      malformed("constant expression required");
    }
  }
  return 0;
}

function parseGlobals(): void {
  const count = readCount(MAX_GLOBALS, "globals");
  for (let i: u32 = 0; i < count && !failed(); i++) {
    const global = record<Global>();
    global.type = readValueType();
    global.mutable = readMutability();
    global.init = cursor;
    global.initLength = skipConstant();
    keep(globals, global);
  }
}

function parseExports(): void {
  const count = readCount(MAX_EXPORTS, "exports");
  for (let i: u32 = 0; i < count && !failed(); i++) {
    const at = offset();
    const item = record<Export>();
    item.nameLength = readU32();
    item.name = cursor;
    skip(item.nameLength);
    item.kind = readByte();
    item.index = readU32();
    if (failed()) return;
    if (item.nameLength > 2 && startsWith(item.name, item.nameLength, false)) {
      fail(Failure.Reserved, at, "exports a name that begins with wv:, which is reserved");
      stop();
      return;
    }
    let space: u32 = 0;
    if (item.kind == Kind.Function) space = functionTypes.length;
    else if (item.kind == Kind.Table) space = tables.length;
    else if (item.kind == Kind.Memory) space = memories;
    else if (item.kind == Kind.Global) space = globals.length;
    else if (item.kind == Kind.Tag) space = tagTypes.length;
    if (item.index >= space) {
      malformed("export of something unknown");
      return;
    }
    keep(exports, item);
  }
}

function parseElements(): void {
  const count = readCount(MAX_ELEMENT_SEGMENTS, "element segments");
  for (let i: u32 = 0; i < count && !failed(); i++) {
    const flags = readU32();
    if (failed()) return;
    if (flags > 7) {
      malformed("malformed elements segment kind");
      return;
    }
    const segment = record<ElementSegment>();
    segment.mode = !(flags & 1) ? SegmentMode.Active : flags & 2 ? SegmentMode.Declared : SegmentMode.Passive;
    segment.type = Type.FuncRef;
    if (segment.mode == SegmentMode.Active) {
      segment.table = flags & 2 ? readU32() : 0;
      if (!failed() && segment.table >= tables.length) malformed("unknown table");
      segment.offset = cursor;
      segment.offsetLength = skipConstant();
    }
    if (flags & 3) {
      if (flags & 4) segment.type = readReferenceType();
      else if (readByte() != 0 && !failed()) malformed("malformed element kind");
    }
    segment.first = elementItems.length;
    segment.count = readCount(10000000, "elements");
    for (let k: u32 = 0; k < segment.count && !failed(); k++) {
      if (!(flags & 4)) elementItems.push(functionIndex());
      else readElementExpression();
    }
    keep(elements, segment);
  }
}

function readElementExpression(): void {
  const op = readByte();
  if (op == Op.RefFunc) elementItems.push(functionIndex());
  else if (op == Op.RefNull) {
    readHeapType();
    elementItems.push(NULL_ITEM);
  } else if (op == Op.GlobalGet) {
    const index = readU32();
    if (!failed() && index >= globals.length) malformed("unknown global");
    elementItems.push(GLOBAL_ITEM | index);
  } else {
    seek(cursor - 1);
    if (op == 0xfb) unsupported("garbage collection (gc instruction in an element)");
    else malformed("constant expression required");
  }
  if (readByte() != Op.End && !failed()) malformed("constant expression required");
}

function parseCode(): void {
  const count = readCount(MAX_FUNCTIONS, "functions");
  for (let i: u32 = 0; i < count && !failed(); i++) {
    const at = offset();
    const size = readU32();
    if (failed()) return;
    if (size > MAX_BODY_BYTES) {
      fail(Failure.Limit, at, "function body too large for engines");
      stop();
      return;
    }
    const body = record<Body>();
    body.start = cursor;
    skip(size);
    body.end = cursor;
    keep(bodies, body);
  }
}

function parseDatas(): void {
  const count = readCount(MAX_DATA_SEGMENTS, "data segments");
  for (let i: u32 = 0; i < count && !failed(); i++) {
    const flags = readU32();
    if (failed()) return;
    if (flags > 2) {
      malformed("malformed data segment flags");
      return;
    }
    const segment = record<DataSegment>();
    segment.mode = flags == 1 ? SegmentMode.Passive : SegmentMode.Active;
    if (flags == 2 && readU32() != 0 && !failed()) {
      unsupported("multiple memories");
      return;
    }
    if (flags != 1) {
      if (memories == 0) malformed("unknown memory 0");
      segment.offset = cursor;
      segment.offsetLength = skipConstant();
    }
    segment.length = readU32();
    segment.bytes = cursor;
    skip(segment.length);
    keep(datas, segment);
  }
}
