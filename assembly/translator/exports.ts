// What the output exports: the original exports, twins for linking, and what tells and sets the state of an instance.

import { Buffer } from "../lib/buffer";
import { Vector } from "../lib/vector";
import { MAX_EXPORTS } from "../wasm/limits";
import {
  datas, elementAt, elements, exportAt, exports, globalAt, globals, importedFunctions, importedTables, Kind, memories, NONE,
  SegmentMode, tables,
} from "../wasm/module";
import { Op, Type } from "../wasm/opcodes";
import { writeConstant } from "./constants";
import { dropGlobal, scratchTable, twinOf, wrapperOf } from "./extras";
import { initFunction } from "./init";
import { addExtra, extraBody, extraIndex, globalIndex, typeOf } from "./output";
import { section, writeNumbered } from "./section";
import { isOpenTable } from "./survey";

/** Words of the bitmap of dropped segments; 0 when nothing can be dropped. */
export let dropWords: u32 = 0;

/** Functions that references can name, in order of their index. */
export const referables = new Vector(64);

export let exportCount: u32 = 0;
export const exportBody = new Buffer(1024);

function exportNumbered(prefix: string, n: u32, kind: u32, index: u32): void {
  section.clear();
  writeNumbered(prefix, n);
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
export function prepareExports(): void {
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

/**
 * Drops every segment whose bit is set. Before that, an active segment of a closed table is written to it: nothing else
 * ever writes there, and a new instance has empty tables.
 */
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
    body.byte(0x40);
    if (bit >= datas.length) refill(body, bit - datas.length);
    body.byte2(0xfc, bit < datas.length ? 9 : 13);
    body.u32(bit < datas.length ? bit : bit - datas.length);
    body.byte(Op.End);
  }
  body.byte(Op.End);
  return extraIndex(extra);
}

function refill(body: Buffer, index: u32): void {
  const segment = elementAt(index);
  if (segment.mode != SegmentMode.Active || isOpenTable(segment.table)) return;
  writeConstant(body, segment.offset, segment.offsetLength - 1);
  body.byte2(Op.I32Const, 0);
  body.byte(Op.I32Const);
  body.s32(segment.count);
  body.byte2(0xfc, 12);
  body.u32(index);
  body.u32(segment.table);
}

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

/** Room for the bits of all segments, if any can be dropped. */
export function prepareDrops(canDrop: bool): void {
  if (canDrop) dropWords = (datas.length + elements.length + 31) >> 5;
}
