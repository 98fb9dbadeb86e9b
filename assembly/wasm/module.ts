// The module as it was declared: everything but the code, whose bodies are only located here.
// Filled in by parse.ts, read by all passes, changed by none.

import { Vector } from "../lib/vector";

export const enum Kind {
  Function = 0,
  Table = 1,
  Memory = 2,
  Global = 3,
  Tag = 4,
}

export const enum SegmentMode {
  Active = 0,
  Passive = 1,
  Declared = 2,
}

/** An element item: a function index, or one of these. */
export const NULL_ITEM: u32 = 0xffffffff;
/** Set in an item that is `global.get` of the index in the low bits. */
export const GLOBAL_ITEM: u32 = 0x80000000;
export const NONE: u32 = 0xffffffff;

@unmanaged
export class FunctionType {
  paramCount: u32;
  params: usize;
  resultCount: u32;
  results: usize;

  @inline param(i: u32): u32 {
    return load<u8>(this.params + i);
  }
  @inline result(i: u32): u32 {
    return load<u8>(this.results + i);
  }
}

@unmanaged
export class Import {
  module: usize;
  moduleLength: u32;
  name: usize;
  nameLength: u32;
  kind: u32;
  /** Index in the space of its kind. */
  index: u32;
}

@unmanaged
export class Table {
  imported: bool;
  type: u32;
  min: u32;
  hasMax: bool;
  max: u32;
}

@unmanaged
export class Global {
  imported: bool;
  type: u32;
  mutable: bool;
  /** Initial expression with its `end`; 0 when imported. */
  init: usize;
  initLength: u32;
}

@unmanaged
export class Export {
  name: usize;
  nameLength: u32;
  kind: u32;
  index: u32;
}

@unmanaged
export class ElementSegment {
  mode: u32;
  table: u32;
  offset: usize;
  offsetLength: u32;
  type: u32;
  /** Items are `elementItems[first .. first + count]`. */
  first: u32;
  count: u32;
}

@unmanaged
export class DataSegment {
  mode: u32;
  offset: usize;
  offsetLength: u32;
  bytes: usize;
  length: u32;
}

@unmanaged
export class Body {
  /** From the locals' declarations to past the last `end`. */
  start: usize;
  end: usize;
}

@unmanaged
export class Custom {
  name: usize;
  nameLength: u32;
  start: usize;
  end: usize;
  /** Section id it came after. */
  after: u32;
}

export let inputStart: usize = 0;
export const types = new Vector();
export const imports = new Vector();
/** Type index of every function, imported ones first. */
export const functionTypes = new Vector(256);
export let importedFunctions: u32 = 0;
export const tables = new Vector();
export let importedTables: u32 = 0;
export const globals = new Vector();
export let importedGlobals: u32 = 0;
/** Type index of every tag. */
export const tagTypes = new Vector();
export let importedTags: u32 = 0;
export const exports = new Vector();
export let startFunction: u32 = NONE;
export const elements = new Vector();
export const elementItems = new Vector(256);
export const datas = new Vector();
export let hasDataCount: bool = false;
export const bodies = new Vector(256);
export const customs = new Vector();
export let memories: u32 = 0;
export let memoryImported: bool = false;
export let memoryMin: u32 = 0;
export let memoryHasMax: bool = false;
export let memoryMax: u32 = 0;
export let memoryShared: bool = false;

@inline export function typeAt(index: u32): FunctionType {
  return changetype<FunctionType>(<usize>types.get(index));
}
@inline export function typeOfFunction(index: u32): FunctionType {
  return typeAt(functionTypes.get(index));
}
@inline export function typeIndexOfFunction(index: u32): u32 {
  return functionTypes.get(index);
}
@inline export function importAt(i: u32): Import {
  return changetype<Import>(<usize>imports.get(i));
}
@inline export function tableAt(i: u32): Table {
  return changetype<Table>(<usize>tables.get(i));
}
@inline export function globalAt(i: u32): Global {
  return changetype<Global>(<usize>globals.get(i));
}
@inline export function exportAt(i: u32): Export {
  return changetype<Export>(<usize>exports.get(i));
}
@inline export function elementAt(i: u32): ElementSegment {
  return changetype<ElementSegment>(<usize>elements.get(i));
}
@inline export function dataAt(i: u32): DataSegment {
  return changetype<DataSegment>(<usize>datas.get(i));
}
@inline export function bodyAt(i: u32): Body {
  return changetype<Body>(<usize>bodies.get(i));
}
@inline export function customAt(i: u32): Custom {
  return changetype<Custom>(<usize>customs.get(i));
}
@inline export function functionCount(): u32 {
  return functionTypes.length;
}
@inline export function definedFunctions(): u32 {
  return functionTypes.length - importedFunctions;
}

/** A zeroed record. */
@inline export function record<T>(): T {
  const at = heap.alloc(offsetof<T>());
  memory.fill(at, 0, offsetof<T>());
  return changetype<T>(at);
}
/** Adds a record to a list of them. */
@inline export function keep<T>(list: Vector, item: T): void {
  list.push(<u32>changetype<usize>(item));
}

// ---- noted by the parser

export function noteInput(start: usize): void {
  inputStart = start;
}
export function noteImported(kind: u32): void {
  if (kind == Kind.Function) importedFunctions++;
  else if (kind == Kind.Table) importedTables++;
  else if (kind == Kind.Memory) memoryImported = true;
  else if (kind == Kind.Global) importedGlobals++;
  else importedTags++;
}
export function noteMemory(min: u32, hasMax: bool, max: u32, shared: bool): void {
  memories++;
  memoryMin = min;
  memoryHasMax = hasMax;
  memoryMax = max;
  memoryShared = shared;
}
export function noteStart(f: u32): void {
  startFunction = f;
}

// ---- what the translator adds in the input's own terms

/** The index of the type () -> (), added if there is none. */
export function addVoidType(): u32 {
  for (let t: u32 = 0; t < types.length; t++) {
    if (typeAt(t).paramCount == 0 && typeAt(t).resultCount == 0) return t;
  }
  keep(types, record<FunctionType>());
  return types.length - 1;
}

/** Adds a function of type `type` with the given body. */
export function addBody(type: u32, start: usize, length: u32): void {
  functionTypes.push(type);
  const body = record<Body>();
  body.start = start;
  body.end = start + length;
  keep(bodies, body);
}

/** Data segments may be named by the functions added. */
export function declareDataCount(): void {
  hasDataCount = true;
}
