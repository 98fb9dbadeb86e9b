// Puts the output module together, section by section.

import { Buffer } from "../lib/buffer";
import { fail, Failure } from "../lib/failure";
import { Vector } from "../lib/vector";
import { MAX_EXPORTS } from "../wasm/limits";
import {
  dataAt, datas, definedFunctions, functionCount, globalAt, globals, hasDataCount, importAt, importedFunctions,
  importedTables, importedTags, imports, Kind, memories, memoryHasMax, memoryImported, memoryMax, memoryMin,
  memoryShared, tableAt, tables, tagTypes, typeIndexOfFunction,
} from "../wasm/module";
import { Op, Type } from "../wasm/opcodes";
import { writeConstant } from "./constants";
import { writeCustoms } from "./customs";
import { prepareElements, writeElements } from "./elements";
import { dropWords, exportBody, exportCount, prepareDrops, prepareExports } from "./exports";
import { dropGlobal, usesScratch, wrapperOf } from "./extras";
import { codeMap, hintedFunctions, hintSection, mappedEntryEnds, mappedFunctionIndexes, wantsHints } from "./hints";
import {
  extraBody, extraCount, extraType, fastIndex, globalIndex, outTypeAt, rawImportCount, Runtime, runtimeOrder,
  slowCount, threadedType, typeCount, typeOf,
} from "./output";
import { finishSection, moduleBytes, section, writeNumbered } from "./section";
import { has, Is, isOpenTable, readIndex } from "./survey";

/** Bodies of all FAST and plain functions, then of all SLOW copies; each with its length in the vectors. */
export const fastCode = new Buffer(1 << 16);
export const fastLengths = new Vector(256);
export const slowCode = new Buffer(1 << 16);
export const slowLengths = new Vector(256);
/** Where in `moduleBytes` the bodies of the FAST and SLOW copies begin, in order. */
export const bodyStarts = new Vector(256);

// ---- sections in order

function writeTypes(): void {
  section.u32(typeCount());
  for (let t: u32 = 0; t < typeCount(); t++) {
    const type = outTypeAt(t);
    section.byte(0x60);
    section.vector(type.params, type.paramCount);
    section.vector(type.results, type.resultCount);
  }
  finishSection(1);
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
    if (which >= Runtime.Push1 && which < Runtime.Pop1) writeNumbered("push", which - Runtime.Push1 + 1);
    else if (which >= Runtime.Pop1 && which < Runtime.PushFunc) writeNumbered("pop", which - Runtime.Pop1 + 1);
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
  finishSection(2);
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
  finishSection(3);
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
  finishSection(4);
}

function writeTags(): void {
  if (tagTypes.length == importedTags) return;
  section.u32(tagTypes.length - importedTags);
  for (let t = importedTags; t < tagTypes.length; t++) {
    section.byte(0);
    section.u32(tagTypes.get(t));
  }
  finishSection(13);
}

function writeGlobals(): void {
  let count: u32 = 0;
  for (let g: u32 = 0; g < globals.length; g++) if (!globalAt(g).imported) count++;
  if (count + dropWords == 0) return;
  section.u32(count + dropWords);
  for (let g: u32 = 0; g < globals.length; g++) {
    const global = globalAt(g);
    if (global.imported) continue;
    section.byte2(global.type, global.mutable ? 1 : 0);
    writeConstant(section, global.init, global.initLength);
  }
  for (let w: u32 = 0; w < dropWords; w++) {
    section.byte2(Type.I32, 1);
    section.byte2(Op.I32Const, 0);
    section.byte(Op.End);
  }
  finishSection(6);
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
  finishSection(11);
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
  if (exportCount) finishSection(7);
  else section.clear();
  writeElements();
  if (datas.length || hasDataCount) {
    section.u32(datas.length);
    finishSection(12);
  }
  if (wantsHints && hintedFunctions) {
    section.name("metadata.code.branch_hint");
    section.u32(hintedFunctions);
    section.append(hintSection);
    finishSection(0);
  }
  writeCode();
  writeDatas();
  writeCustoms();
  section.name("wv:manifest");
  section.append(manifest);
  finishSection(0);
}

const HEADER = memory.data<u8>([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/** Makes every extra and type that the sections will count. */
export function prepareModule(canDrop: bool): void {
  prepareDrops(canDrop);
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
