// Puts the output module together, section by section.

import { Buffer } from "../lib/buffer";
import { Vector } from "../lib/vector";
import { Failure, fail } from "../lib/failure";
import { MAX_EXPORTS } from "../wasm/limits";
import { Op, Type } from "../wasm/opcodes";
import {
  customAt, customs, dataAt, datas, definedFunctions, elementAt, elementItems, elements, exportAt, exports,
  functionCount, GLOBAL_ITEM, globalAt, globals, hasDataCount, importAt, importedFunctions, imports, importedTags,
  importedTables, Kind, memories, memoryHasMax, memoryImported, memoryMax, memoryMin, memoryShared, NONE, NULL_ITEM,
  SegmentMode, tableAt, tables, tagTypes, typeAt, typeIndexOfFunction,
} from "../wasm/module";
import { has, Is, isOpenTable, readIndex } from "./survey";
import {
  addExtra, extraBody, extraCount, extraIndex, extraType, fastIndex, globalIndex, outTypeAt, rawImportCount, runtime, Runtime,
  runtimeOrder, slowCount, threadedType, typeCount, typeOf,
} from "./output";
import { dropGlobal, scratchTable, twinOf, usesScratch, wrapperOf } from "./extras";
import { initFunction } from "./init";
import { codeMap, hintedFunctions, hintSection, mappedEntryEnds, mappedFunctionIndexes, wantsHints } from "./hints";

export const moduleBytes = new Buffer(1 << 16);
const section = new Buffer(1 << 16);
/** Bodies of all FAST and plain functions, then of all SLOW copies; each with its length in the vectors. */
export const fastCode = new Buffer(1 << 16);
export const fastLengths = new Vector(256);
export const slowCode = new Buffer(1 << 16);
export const slowLengths = new Vector(256);
/** Where in `moduleBytes` the bodies of the FAST and SLOW copies begin, in order. */
export const bodyStarts = new Vector(256);

function finish(id: u32): void {
  moduleBytes.byte(id);
  moduleBytes.vector(section.ptr, section.length);
  section.clear();
}

// ---- names

/** A length-prefixed name of an ASCII prefix and a number. */
function numbered(prefix: string, n: u32): void {
  const text = new Buffer(32);
  text.ascii(prefix);
  text.decimal(n);
  section.vector(text.ptr, text.length);
}

// ---- sections in order

function writeTypes(): void {
  section.u32(typeCount());
  for (let t: u32 = 0; t < typeCount(); t++) {
    const type = outTypeAt(t);
    section.byte(0x60);
    section.vector(type.params, type.paramCount);
    section.vector(type.results, type.resultCount);
  }
  finish(1);
}

function writeLimits(to: Buffer, min: u32, hasMax: bool, max: u32, shared: bool): void {
  to.byte((hasMax ? 1 : 0) | (shared ? 2 : 0));
  to.u32(min);
  if (hasMax) to.u32(max);
}

function runtimeName(which: u32): string {
  switch (which) {
    case Runtime.Suspend: return "suspend";
    case Runtime.Peek: return "peek";
    case Runtime.Resume: return "resume";
    case Runtime.Handoff: return "handoff";
    case Runtime.Overflow: return "overflow";
    case Runtime.PushFunc: return "push_func";
    case Runtime.PopFunc: return "pop_func";
    case Runtime.PushExtern: return "push_extern";
    case Runtime.PopExtern: return "pop_extern";
    case Runtime.MemorySize: return "memory_size";
    case Runtime.MemoryGrow: return "memory_grow";
    case Runtime.TableGrow: return "table_grow";
    case Runtime.Wait32: return "wait32";
    case Runtime.Wait64: return "wait64";
    case Runtime.Notify: return "notify";
    case Runtime.Foreign: return "foreign";
    default: return "rethrow";
  }
}

/** The type of a runtime function; also called before numbering, so that the types exist. */
export function runtimeType(which: u32): u32 {
  if (which >= Runtime.Push1 && which < Runtime.PushFunc) {
    const isPush = which < Runtime.Pop1;
    const cells = isPush ? which - Runtime.Push1 + 1 : which - Runtime.Pop1 + 1;
    const text = "llllllll".substring(0, cells);
    return isPush ? typeOf(text, "") : typeOf("", text);
  }
  switch (which) {
    case Runtime.Suspend: case Runtime.MemoryGrow: return typeOf("i", "i");
    case Runtime.Peek: return typeOf("", "l");
    case Runtime.Resume: case Runtime.MemorySize: return typeOf("", "i");
    case Runtime.Handoff: return typeOf("i", "");
    case Runtime.Overflow: return typeOf("", "");
    case Runtime.PushFunc: return typeOf("F", "");
    case Runtime.PopFunc: return typeOf("", "F");
    case Runtime.PushExtern: case Runtime.Rethrow: return typeOf("E", "");
    case Runtime.PopExtern: case Runtime.Foreign: return typeOf("", "E");
    case Runtime.TableGrow: case Runtime.Notify: return typeOf("ii", "i");
    case Runtime.Wait32: return typeOf("iilii", "ii");
    default: return typeOf("illii", "ii");
  }
}

function writeImports(): void {
  const own = memories > 0 && !memoryImported;
  section.u32(imports.length + runtimeOrder.length + rawImportCount + (own ? 1 : 0) + 3);
  for (let i: u32 = 0; i < imports.length; i++) {
    const item = importAt(i);
    section.vector(item.module, item.moduleLength);
    section.vector(item.name, item.nameLength);
    section.byte(item.kind);
    if (item.kind == Kind.Function) section.u32(threadedType(typeIndexOfFunction(item.index)));
    else if (item.kind == Kind.Table) {
      const table = tableAt(item.index);
      section.byte(table.type);
      writeLimits(section, table.min, table.hasMax, table.max, false);
    } else if (item.kind == Kind.Memory) writeLimits(section, memoryMin, memoryHasMax, memoryMax, memoryShared);
    else if (item.kind == Kind.Global) {
      section.byte2(globalAt(item.index).type, globalAt(item.index).mutable ? 1 : 0);
    } else {
      section.byte(0);
      section.u32(tagTypes.get(item.index));
    }
  }
  for (let k: u32 = 0; k < runtimeOrder.length; k++) {
    const which = runtimeOrder.get(k);
    section.name("wv");
    if (which >= Runtime.Push1 && which < Runtime.Pop1) numbered("push", which - Runtime.Push1 + 1);
    else if (which >= Runtime.Pop1 && which < Runtime.PushFunc) numbered("pop", which - Runtime.Pop1 + 1);
    else section.name(runtimeName(which));
    section.byte(Kind.Function);
    section.u32(runtimeType(which));
  }
  for (let i: u32 = 0; i < imports.length; i++) {
    const item = importAt(i);
    if (item.kind != Kind.Function || !has(item.index, Is.Referable)) continue;
    section.name("wv:raw");
    section.u32(item.moduleLength + 1 + item.nameLength);
    section.raw(item.module, item.moduleLength);
    section.byte(0);
    section.raw(item.name, item.nameLength);
    section.byte(Kind.Function);
    section.u32(typeIndexOfFunction(item.index));
  }
  if (own) {
    section.name("wv");
    section.name("memory");
    section.byte(Kind.Memory);
    writeLimits(section, memoryMin, memoryHasMax, memoryMax, memoryShared);
  }
  for (let k = 0; k < 3; k++) {
    section.name("wv");
    section.name(k == 0 ? "budget" : k == 1 ? "stack" : "instance");
    section.byte(Kind.Global);
    section.byte2(Type.I32, k == 2 ? 0 : 1);
  }
  finish(2);
}

function writeFunctions(): void {
  section.u32(definedFunctions() + slowCount + extraCount());
  for (let pass = 0; pass < 2; pass++) {
    for (let f = importedFunctions; f < functionCount(); f++) {
      if (pass && !has(f, Is.Suspendable)) continue;
      const t = typeIndexOfFunction(f);
      section.u32(has(f, Is.Threaded) ? threadedType(t) : t);
    }
  }
  for (let k: u32 = 0; k < extraCount(); k++) section.u32(extraType(k));
  finish(3);
}

function writeTables(): void {
  const own = tables.length - importedTables + (usesScratch ? 1 : 0);
  if (own == 0) return;
  section.u32(own);
  for (let t = importedTables; t < tables.length; t++) {
    const table = tableAt(t);
    section.byte(table.type);
    // a closed table never grows: engines like to know
    if (isOpenTable(t)) writeLimits(section, table.min, table.hasMax, table.max, false);
    else writeLimits(section, table.min, true, table.min, false);
  }
  if (usesScratch) {
    section.byte(Type.FuncRef);
    writeLimits(section, 1, true, 1, false);
  }
  finish(4);
}

function writeTags(): void {
  if (tagTypes.length == importedTags) return;
  section.u32(tagTypes.length - importedTags);
  for (let t = importedTags; t < tagTypes.length; t++) {
    section.byte(0);
    section.u32(tagTypes.get(t));
  }
  finish(13);
}

/** A constant expression with its indexes renumbered. */
function writeConstant(at: usize, length: u32): void {
  const end = at + length;
  while (at < end) {
    const op = <u32>load<u8>(at);
    if (op == Op.GlobalGet || op == Op.RefFunc) {
      const index = readIndex(at + 1);
      section.byte(op);
      section.u32(op == Op.GlobalGet ? globalIndex(index) : wrapperOf(index));
      at = skipLeb(at + 1);
      continue;
    }
    let next = at + 1;
    if (op == Op.I32Const || op == Op.I64Const) next = skipLeb(next);
    else if (op == Op.F32Const) next += 4;
    else if (op == Op.F64Const) next += 8;
    else if (op == Op.RefNull) next += 1;
    else if (op == 0xfd) next = skipLeb(next) + 16;
    section.raw(at, <u32>(next - at));
    at = next;
  }
}

function skipLeb(at: usize): usize {
  while (load<u8>(at) & 0x80) at++;
  return at + 1;
}

/** Words of the bitmap of dropped segments; 0 when nothing can be dropped. */
export let dropWords: u32 = 0;

function writeGlobals(): void {
  let count: u32 = 0;
  for (let g: u32 = 0; g < globals.length; g++) if (!globalAt(g).imported) count++;
  if (count + dropWords == 0) return;
  section.u32(count + dropWords);
  for (let g: u32 = 0; g < globals.length; g++) {
    const global = globalAt(g);
    if (global.imported) continue;
    section.byte2(global.type, global.mutable ? 1 : 0);
    writeConstant(global.init, global.initLength);
  }
  for (let w: u32 = 0; w < dropWords; w++) {
    section.byte2(Type.I32, 1);
    section.byte2(Op.I32Const, 0);
    section.byte(Op.End);
  }
  finish(6);
}

let exportCount: u32 = 0;
const exportBody = new Buffer(1024);

function exportNumbered(prefix: string, n: u32, kind: u32, index: u32): void {
  section.clear();
  numbered(prefix, n);
  exportBody.append(section);
  section.clear();
  exportBody.byte(kind);
  exportBody.u32(index);
  exportCount++;
}

function exportNamed(name: string, kind: u32, index: u32): void {
  exportBody.name(name);
  exportBody.byte(kind);
  exportBody.u32(index);
  exportCount++;
}

/** A module with very many exports goes without twins: other instances then call its wrappers. */
function hasRoomForTwins(): bool {
  let count = exports.length + globals.length * 2 + tables.length + dropWords + 20;
  for (let i: u32 = 0; i < exports.length; i++) if (exportAt(i).kind == Kind.Function) count++;
  return count <= MAX_EXPORTS;
}

/** Decides all exports; must come before the sections that count extras. */
function prepareExports(): void {
  for (let i: u32 = 0; i < exports.length; i++) {
    const item = exportAt(i);
    exportBody.vector(item.name, item.nameLength);
    exportBody.byte(item.kind);
    exportBody.u32(
      item.kind == Kind.Function ? wrapperOf(item.index) : item.kind == Kind.Global ? globalIndex(item.index) : item.index,
    );
    exportCount++;
  }
  const twins = hasRoomForTwins();
  for (let i: u32 = 0; i < exports.length && twins; i++) {
    const item = exportAt(i);
    if (item.kind != Kind.Function) continue;
    exportBody.u32(item.nameLength + 5);
    exportBody.ascii("wv:t:");
    exportBody.raw(item.name, item.nameLength);
    exportBody.byte(Kind.Function);
    exportBody.u32(twinOf(item.index));
    exportCount++;
  }
  if (initFunction != NONE) exportNamed("wv:init", Kind.Function, wrapperOf(importedFunctions + initFunction));
  for (let g: u32 = 0; g < globals.length; g++) {
    const global = globalAt(g);
    if (global.imported || !global.mutable) continue;
    if (global.type != Type.V128) exportNumbered("wv:g:", g, Kind.Global, globalIndex(g));
    else {
      exportNumbered("wv:gget:", g, Kind.Function, vectorGetter(g));
      exportNumbered("wv:gset:", g, Kind.Function, vectorSetter(g));
    }
  }
  for (let t = importedTables; t < tables.length; t++) {
    if (isOpenTable(t)) exportNumbered("wv:tab:", t, Kind.Table, t);
  }
  for (let w: u32 = 0; w < dropWords; w++) exportNumbered("wv:drops:", w, Kind.Global, dropGlobal(w));
  if (dropWords) exportNamed("wv:redrop", Kind.Function, redrop());
  if (referables.length) exportNamed("wv:ref", Kind.Function, referenceGetter());
  if (memories) {
    accessor("wv:load8", 0x2d, 0, false);
    accessor("wv:load16", 0x2f, 1, false);
    accessor("wv:load32", 0x28, 2, false);
    accessor("wv:load64", 0x29, 3, false);
    accessor("wv:store8", 0x3a, 0, true);
    accessor("wv:store16", 0x3b, 1, true);
    accessor("wv:store32", 0x36, 2, true);
    accessor("wv:store64", 0x37, 3, true);
  }
}

/** The core's own way to small structures in the guest's memory; unaligned addresses are allowed. */
function accessor(name: string, op: u32, width: u32, isStore: bool): void {
  const wide = width == 3;
  const type = isStore ? typeOf(wide ? "il" : "ii", "") : typeOf("i", wide ? "l" : "i");
  const extra = addExtra(type);
  const body = extraBody(extra);
  body.byte2(0, Op.LocalGet);
  body.byte(0);
  if (isStore) body.byte2(Op.LocalGet, 1);
  body.byte2(op, 0);
  body.byte2(0, Op.End);
  exportNamed(name, Kind.Function, extraIndex(extra));
}

function vectorGetter(g: u32): u32 {
  const extra = addExtra(typeOf("", "ll"));
  const body = extraBody(extra);
  body.byte(0);
  for (let lane: u32 = 0; lane < 2; lane++) {
    body.byte(Op.GlobalGet);
    body.u32(globalIndex(g));
    body.byte2(0xfd, 29);
    body.byte(lane);
  }
  body.byte(Op.End);
  return extraIndex(extra);
}

function vectorSetter(g: u32): u32 {
  const extra = addExtra(typeOf("ll", ""));
  const body = extraBody(extra);
  body.byte2(0, Op.LocalGet);
  body.byte(0);
  body.byte2(0xfd, 18);
  body.byte2(Op.LocalGet, 1);
  body.byte2(0xfd, 30);
  body.byte2(1, Op.GlobalSet);
  body.u32(globalIndex(g));
  body.byte(Op.End);
  return extraIndex(extra);
}

/** Drops every segment whose bit is set. */
function redrop(): u32 {
  const extra = addExtra(typeOf("", ""));
  const body = extraBody(extra);
  body.byte(0);
  for (let bit: u32 = 0; bit < datas.length + elements.length; bit++) {
    body.byte(Op.GlobalGet);
    body.u32(dropGlobal(bit >> 5));
    body.byte(Op.I32Const);
    body.s32(1 << (bit & 31));
    body.byte2(0x71, Op.If);
    body.byte2(0x40, 0xfc);
    body.byte(bit < datas.length ? 9 : 13);
    body.u32(bit < datas.length ? bit : bit - datas.length);
    body.byte(Op.End);
  }
  body.byte(Op.End);
  return extraIndex(extra);
}

/** Functions that references can name, in order of their index. */
const referables = new Vector(64);

/** `(original index) -> funcref`, null for functions that no reference can name. */
function referenceGetter(): u32 {
  const params = typeOf("i", "F");
  const extra = addExtra(params);
  const body = extraBody(extra);
  body.byte2(0, Op.I32Const);
  body.byte2(0, Op.LocalGet);
  body.byte2(0, Op.I32Const);
  body.byte2(1, 0xfc);
  body.byte(12);
  body.u32(elements.length);
  body.u32(scratchTable());
  body.byte2(Op.I32Const, 0);
  body.byte(Op.TableGet);
  body.u32(scratchTable());
  body.byte(Op.End);
  return extraIndex(extra);
}

const elementBody = new Buffer(1024);

function prepareElements(): void {
  for (let f: u32 = 0; f < functionCount(); f++) {
    if (has(f, Is.Referable)) {
      wrapperOf(f);
      referables.push(f);
    }
  }
  for (let i: u32 = 0; i < elements.length; i++) {
    const segment = elementAt(i);
    for (let k: u32 = 0; k < segment.count; k++) {
      const item = elementItems.get(segment.first + k);
      if (item == NULL_ITEM || item & GLOBAL_ITEM) continue;
      itemIndex(i, item);
    }
  }
}

/** What an element of segment `i` that names function `f` becomes. */
function itemIndex(i: u32, f: u32): u32 {
  const segment = elementAt(i);
  return segment.mode == SegmentMode.Active && !isOpenTable(segment.table) ? twinOf(f) : wrapperOf(f);
}

function writeElements(): void {
  const count = elements.length + (referables.length ? 1 : 0);
  if (count == 0) return;
  section.u32(count);
  for (let i: u32 = 0; i < elements.length; i++) {
    const segment = elementAt(i);
    let plain = segment.type == Type.FuncRef;
    for (let k: u32 = 0; k < segment.count && plain; k++) {
      const item = elementItems.get(segment.first + k);
      if (item == NULL_ITEM || item & GLOBAL_ITEM) plain = false;
    }
    const declared: u32 = segment.mode == SegmentMode.Declared ? 2 : 0;
    section.byte((plain ? 1 : 5) | declared);
    section.byte(plain ? 0 : segment.type);
    section.u32(segment.count);
    for (let k: u32 = 0; k < segment.count; k++) {
      const item = elementItems.get(segment.first + k);
      if (plain) {
        section.u32(itemIndex(i, item));
        continue;
      }
      if (item == NULL_ITEM) section.byte2(Op.RefNull, segment.type);
      else if (item & GLOBAL_ITEM) {
        section.byte(Op.GlobalGet);
        section.u32(globalIndex(item & ~GLOBAL_ITEM));
      } else {
        section.byte(Op.RefFunc);
        section.u32(itemIndex(i, item));
      }
      section.byte(Op.End);
    }
  }
  if (referables.length) {
    // by original index, so that `wv:ref` needs no table of its own
    section.byte2(5, Type.FuncRef);
    section.u32(referables.top() + 1);
    for (let f: u32 = 0; f <= referables.top(); f++) {
      if (has(f, Is.Referable)) {
        section.byte(Op.RefFunc);
        section.u32(wrapperOf(f));
      } else section.byte2(Op.RefNull, Type.FuncRef);
      section.byte(Op.End);
    }
  }
  finish(9);
}

function lebSize(value: u32): u32 {
  let size: u32 = 1;
  while (value >= 0x80) {
    value >>= 7;
    size++;
  }
  return size;
}

function writeCode(): void {
  // written straight into the module: it is most of it
  const count = definedFunctions() + slowCount + extraCount();
  let size = lebSize(count);
  for (let k: u32 = 0; k < fastLengths.length; k++) size += lebSize(fastLengths.get(k)) + fastLengths.get(k);
  for (let k: u32 = 0; k < slowLengths.length; k++) size += lebSize(slowLengths.get(k)) + slowLengths.get(k);
  for (let k: u32 = 0; k < extraCount(); k++) size += lebSize(extraBody(k).length) + extraBody(k).length;
  moduleBytes.byte(10);
  moduleBytes.u32(size);
  moduleBytes.u32(count);
  writeBodies(fastCode, fastLengths);
  writeBodies(slowCode, slowLengths);
  for (let k: u32 = 0; k < extraCount(); k++) moduleBytes.vector(extraBody(k).ptr, extraBody(k).length);
}

function writeBodies(code: Buffer, lengths: Vector): void {
  let at = code.ptr;
  for (let k: u32 = 0; k < lengths.length; k++) {
    moduleBytes.u32(lengths.get(k));
    bodyStarts.push(moduleBytes.length);
    moduleBytes.raw(at, lengths.get(k));
    at += lengths.get(k);
  }
}

function writeDatas(): void {
  if (datas.length == 0) return;
  section.u32(datas.length);
  for (let i: u32 = 0; i < datas.length; i++) {
    section.byte(1);
    section.vector(dataAt(i).bytes, dataAt(i).length);
  }
  finish(11);
}

// ---- custom sections

function nameIs(at: usize, length: u32, text: string, prefix: bool): bool {
  if (prefix ? length < <u32>text.length : length != <u32>text.length) return false;
  for (let k = 0; k < text.length; k++) if (<i32>load<u8>(at + k) != text.charCodeAt(k)) return false;
  return true;
}

/** Those that offsets make meaningless, that we write ourselves, or that would pass for ours. */
function isDropped(at: usize, length: u32): bool {
  return nameIs(at, length, ".debug_", true) || nameIs(at, length, "reloc.", true)
    || nameIs(at, length, "metadata.code.", true) || nameIs(at, length, "linking", false)
    || nameIs(at, length, "sourceMappingURL", false) || nameIs(at, length, "external_debug_info", false)
    || nameIs(at, length, "wv:manifest", false) || nameIs(at, length, "name", false);
}

function writeCustoms(): void {
  for (let i: u32 = 0; i < customs.length; i++) {
    const custom = customAt(i);
    if (nameIs(custom.name, custom.nameLength, "name", false)) {
      if (rewriteNames(custom.start, custom.end)) finish(0);
      continue;
    }
    if (isDropped(custom.name, custom.nameLength)) continue;
    section.vector(custom.name, custom.nameLength);
    section.raw(custom.start, <u32>(custom.end - custom.start));
    finish(0);
  }
}

let nameCursor: usize = 0;
let nameEnd: usize = 0;
let nameBroken: bool = false;

function nameNumber(): u32 {
  let result: u32 = 0;
  let shift: u32 = 0;
  while (nameCursor < nameEnd && shift < 35) {
    const byte = <u32>load<u8>(nameCursor++);
    result |= (byte & 0x7f) << shift;
    if (!(byte & 0x80)) return result;
    shift += 7;
  }
  nameBroken = true;
  return 0;
}

/** Module and function names, renumbered; a malformed section is left out, as engines do. */
function rewriteNames(start: usize, end: usize): bool {
  nameCursor = start;
  nameEnd = end;
  nameBroken = false;
  section.name("name");
  while (nameCursor < nameEnd && !nameBroken) {
    const id = load<u8>(nameCursor++);
    const size = nameNumber();
    if (nameBroken || size > <u32>(nameEnd - nameCursor)) break;
    const next = nameCursor + size;
    if (id == 0) {
      section.byte(0);
      section.vector(nameCursor, size);
    } else if (id == 1) {
      const names = new Buffer(size + (size >> 2) + 16);
      const count = nameNumber();
      names.u32(count);
      for (let k: u32 = 0; k < count && !nameBroken; k++) {
        const f = nameNumber();
        const length = nameNumber();
        if (nameBroken || length > <u32>(next - nameCursor) || f >= functionCount()) {
          nameBroken = true;
          break;
        }
        names.u32(fastIndex(f));
        names.vector(nameCursor, length);
        nameCursor += length;
      }
      if (!nameBroken) {
        section.byte(1);
        section.vector(names.ptr, names.length);
      }
    }
    nameCursor = next;
  }
  if (nameBroken) section.clear();
  return !nameBroken;
}

/** Writes the module; `manifest` comes last. */
export function writeModule(manifest: Buffer): void {
  if (dropWords) for (let w: u32 = 0; w < dropWords; w++) dropGlobal(w);
  moduleBytes.raw(HEADER, 8);
  writeTypes();
  writeImports();
  writeFunctions();
  writeTables();
  writeTags();
  writeGlobals();
  section.u32(exportCount);
  section.append(exportBody);
  if (exportCount) finish(7);
  else section.clear();
  writeElements();
  if (datas.length || hasDataCount) {
    section.u32(datas.length);
    finish(12);
  }
  if (wantsHints && hintedFunctions) {
    section.name("metadata.code.branch_hint");
    section.u32(hintedFunctions);
    section.append(hintSection);
    finish(0);
  }
  writeCode();
  writeDatas();
  writeCustoms();
  section.name("wv:manifest");
  section.append(manifest);
  finish(0);
}

const HEADER = memory.data<u8>([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/** Makes every extra and type that the sections will count. */
export function prepareModule(canDrop: bool): void {
  if (canDrop) dropWords = (datas.length + elements.length + 31) >> 5;
  for (let k: u32 = 0; k < runtimeOrder.length; k++) runtimeType(runtimeOrder.get(k));
  for (let i: u32 = 0; i < imports.length; i++) {
    if (importAt(i).kind == Kind.Function) threadedType(typeIndexOfFunction(importAt(i).index));
  }
  for (let f = importedFunctions; f < functionCount(); f++) {
    if (has(f, Is.Threaded)) threadedType(typeIndexOfFunction(f));
  }
  for (let g: u32 = 0; g < globals.length; g++) {
    const global = globalAt(g);
    if (global.init && load<u8>(global.init) == Op.RefFunc) wrapperOf(readIndex(global.init + 1));
  }
  prepareElements();
  prepareExports();
  if (exportCount > MAX_EXPORTS) {
    fail(Failure.Limit, 0, "exports: those of the module and those that tell its state are together more than engines accept");
  }
}

/** Appends the code map: see docs/translator.md, section 9. */
export function writeCodeMap(to: Buffer): void {
  to.u32(mappedEntryEnds.length);
  let from: u32 = 0;
  for (let k: u32 = 0; k < mappedEntryEnds.length; k++) {
    to.u32(mappedFunctionIndexes.get(3 * k));
    to.u32(mappedFunctionIndexes.get(3 * k + 1));
    to.u32(mappedFunctionIndexes.get(3 * k + 2));
    to.u32(bodyStarts.get(bodyOf(mappedFunctionIndexes.get(3 * k))));
    to.raw(codeMap.ptr + from, mappedEntryEnds.get(k) - from);
    from = mappedEntryEnds.get(k);
  }
}

@inline function bodyOf(functionIndex: u32): u32 {
  return functionIndex - fastIndex(importedFunctions);
}
