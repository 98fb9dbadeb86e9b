// What was found and done, for the host: docs/translator.md, sections 8 and 9.

import { Buffer } from "../lib/buffer";
import { Vector } from "../lib/vector";
import { control, instrOffset } from "../wasm/code";
import {
  datas, definedFunctions, elements, exportAt, exports, functionCount, FunctionType, globalAt, globals, importAt,
  importedFunctions, imports, Kind, memories, memoryHasMax, memoryImported, memoryMax, memoryMin, memoryShared, NONE,
  tableAt, tables, typeAt, typeIndexOfFunction, types,
} from "../wasm/module";
import { typeOfCode } from "../wasm/opcodes";
import { bulkKeys } from "./bulk";
import { frameCodes, frameLocals, frameSlots, layOutEntry, layOutLoop, layOutSite } from "./frames";
import { initFunction } from "./init";
import { deterministic } from "./nan";
import { rawImportCount, runtimeImports } from "./output";
import { loops, pointCount, sites } from "./plan";
import { flagsOf, has, Is, isOpenTable, usesExceptions } from "./survey";

const FORMAT_VERSION: u32 = 1;
/** Raised with every change of what is emitted. */
const TRANSLATOR_VERSION: u32 = 3;

export const manifest = new Buffer(1024);
/** Number of resume points of each defined function. */
export const points = new Vector(256);

function writeType(type: FunctionType): void {
  manifest.vector(type.params, type.paramCount);
  manifest.vector(type.results, type.resultCount);
}

export function writeManifest(gidCount: u32): void {
  const m = manifest;
  m.u32(FORMAT_VERSION);
  m.u32(TRANSLATOR_VERSION);
  m.u32((deterministic ? 1 : 0) | (initFunction != NONE ? 2 : 0) | (usesExceptions ? 4 : 0) | (rawImportCount ? 8 : 0));
  m.u32(importedFunctions);
  m.u32(runtimeImports);
  m.u32(definedFunctions());
  m.u32(gidCount);
  m.u32(memories == 0 ? 0 : memoryImported ? 2 : 1);
  m.u32(memoryMin);
  m.u32(memoryHasMax ? memoryMax + 1 : 0);
  m.u32(memoryShared ? 1 : 0);
  m.u32(tables.length);
  for (let t: u32 = 0; t < tables.length; t++) {
    const table = tableAt(t);
    m.u32(table.imported ? 0 : 1);
    m.u32(isOpenTable(t) ? 1 : 0);
    m.byte(table.type);
    m.u32(table.min);
    m.u32(table.hasMax && table.max != 0xffffffff ? table.max + 1 : 0);
  }
  m.u32(globals.length);
  for (let g: u32 = 0; g < globals.length; g++) {
    const global = globalAt(g);
    m.u32(global.imported ? 0 : 1);
    m.byte(global.type);
    m.u32(global.mutable ? 1 : 0);
  }
  m.u32(datas.length);
  m.u32(elements.length);
  for (let i: u32 = 0; i < imports.length; i++) {
    const item = importAt(i);
    if (item.kind != Kind.Function) continue;
    writeType(typeAt(typeIndexOfFunction(item.index)));
    m.vector(item.module, item.moduleLength);
    m.vector(item.name, item.nameLength);
  }
  let named: u32 = 0;
  for (let i: u32 = 0; i < exports.length; i++) if (exportAt(i).kind == Kind.Function) named++;
  m.u32(named);
  for (let i: u32 = 0; i < exports.length; i++) {
    const item = exportAt(i);
    if (item.kind != Kind.Function) continue;
    m.vector(item.name, item.nameLength);
    m.u32(item.index);
  }
  for (let f = importedFunctions; f < functionCount(); f++) {
    const flags = flagsOf(f);
    m.u32(
      (flags & Is.Threaded ? 1 : 0) | (flags & Is.Suspendable ? 2 : 0) | (flags & Is.Charged ? 4 : 0)
        | (flags & Is.Checked ? 8 : 0) | (flags & Is.Referable ? 16 : 0),
    );
    m.u32(typeIndexOfFunction(f));
    m.u32(points.get(f - importedFunctions));
  }
  m.u32(types.length);
  for (let t: u32 = 0; t < types.length; t++) writeType(typeAt(t));
  for (let f: u32 = 0; f < importedFunctions; f++) m.u32(has(f, Is.Referable) ? 1 : 0);
}

// ---- maps

export const frameMap = new Buffer(1024);

function writePoint(kind: u32, offset: u32): void {
  frameMap.u32(kind);
  frameMap.u32(offset);
  frameMap.u32(frameLocals.length);
  for (let k: u32 = 0; k < frameLocals.length; k++) {
    frameMap.u32(frameSlots.get(k));
    frameMap.byte(typeOfCode(frameCodes.get(k)));
  }
}

/** Adds the frames of the function emitted last; `inInput` says that its offsets mean something. */
export function mapFrames(suspendable: bool, bodyOffset: u32, inInput: bool): void {
  if (!suspendable) {
    frameMap.u32(0);
    return;
  }
  frameMap.u32(pointCount());
  layOutEntry();
  writePoint(0, bodyOffset);
  for (let k: u32 = 0; k < loops.length; k++) {
    layOutLoop(k);
    writePoint(1, inInput ? instrOffset(control(loops.get(k)).begin) : bodyOffset);
  }
  for (let k: u32 = 0; k < sites.length; k++) {
    layOutSite(k);
    writePoint(2, inInput ? instrOffset(sites.get(k)) : bodyOffset);
  }
}

/** The bulk helpers, in order of their gids. */
export function mapBulkHelpers(to: Buffer): void {
  to.u32(bulkKeys.length / 3);
  for (let k: u32 = 0; k < bulkKeys.length; k++) to.u32(bulkKeys.get(k));
}
