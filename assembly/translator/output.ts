// What the output has beyond the input: types, runtime imports, and the numbering of everything.
//
// Functions: user imports, runtime imports, original functions (FAST copies and plain ones, in their order), SLOW
// copies, extras (wrappers, spill helpers, bulk helpers, ..) in order of first use. Globals: user imports, runtime
// globals, own ones. Types, tables, segments and tags keep their numbers; new ones come behind.

import { Buffer } from "../lib/buffer";
import { Vector, zeroedWords } from "../lib/vector";
import { definedFunctions, FunctionType, importedFunctions, importedGlobals, typeAt, types } from "../wasm/module";
import { Type } from "../wasm/opcodes";
import { has, Is } from "./survey";

/** Functions of the runtime (docs/translator.md, section 2). */
export namespace Runtime {
  export const Suspend: u32 = 0;
  export const Peek: u32 = 1;
  export const Resume: u32 = 2;
  export const Handoff: u32 = 3;
  export const Overflow: u32 = 4;
  export const Push1: u32 = 5;
  export const Pop1: u32 = 13;
  export const PushFunc: u32 = 21;
  export const PopFunc: u32 = 22;
  export const PushExtern: u32 = 23;
  export const PopExtern: u32 = 24;
  export const MemorySize: u32 = 25;
  export const MemoryGrow: u32 = 26;
  export const TableGrow: u32 = 27;
  export const Wait32: u32 = 28;
  export const Wait64: u32 = 29;
  export const Notify: u32 = 30;
  export const Foreign: u32 = 31;
  export const Rethrow: u32 = 32;
  export const Count: u32 = 33;
}

export const RUNTIME_GLOBALS: u32 = 3;

/** Function index of each runtime import, or 0xffffffff. */
const runtimeIndex = zeroedWords(Runtime.Count);
/** Function index each raw import (original type) has, by imported function; see `rawIndex`. */
let rawImports: usize = 0;
export let runtimeImports: u32 = 0;
export let rawImportCount: u32 = 0;
/** Order of the runtime imports in use. */
export const runtimeOrder = new Vector(40);

let slowIndexes: usize = 0;
export let slowCount: u32 = 0;

// ---- types

const outTypes = new Vector(64);
let typeBuckets: usize = 0;
let typeBucketMask: u32 = 0;
const typeNext = new Vector(64);
const threadedTypes = new Vector(64);
const scratch = new Buffer(256);

/** Takes over the original types. */
export function initOutput(): void {
  let size: u32 = 64;
  while (size < types.length * 2) size <<= 1;
  typeBuckets = zeroedWords(size);
  typeBucketMask = size - 1;
  for (let t: u32 = 0; t < types.length; t++) addType(typeAt(t));
  threadedTypes.fill(types.length, 0xffffffff);
  memory.fill(runtimeIndex, 0xff, <usize>Runtime.Count << 2);
  rawImports = zeroedWords(importedFunctions);
}

export function typeCount(): u32 {
  return outTypes.length;
}
@inline export function outTypeAt(i: u32): FunctionType {
  return changetype<FunctionType>(<usize>outTypes.get(i));
}

function hashType(type: FunctionType): u32 {
  let h: u32 = type.paramCount * 31 + type.resultCount;
  for (let i: u32 = 0; i < type.paramCount; i++) h = (h ^ type.param(i)) * 16777619;
  for (let i: u32 = 0; i < type.resultCount; i++) h = (h ^ type.result(i)) * 16777619 + 7;
  return (h ^ (h >> 15)) & typeBucketMask;
}

function addType(type: FunctionType): u32 {
  const index = outTypes.length;
  const bucket = typeBuckets + (<usize>hashType(type) << 2);
  typeNext.push(load<u32>(bucket));
  store<u32>(bucket, index + 1);
  outTypes.push(<u32>changetype<usize>(type));
  return index;
}

const probe = changetype<FunctionType>(heap.alloc(offsetof<FunctionType>()));

/** The index of the function type with these parameters and results, made if there is none. */
export function internType(params: usize, paramCount: u32, results: usize, resultCount: u32): u32 {
  probe.params = params;
  probe.paramCount = paramCount;
  probe.results = results;
  probe.resultCount = resultCount;
  let at = load<u32>(typeBuckets + (<usize>hashType(probe) << 2));
  while (at) {
    const type = outTypeAt(at - 1);
    if (
      type.paramCount == paramCount && type.resultCount == resultCount
      && memory.compare(type.params, params, paramCount) == 0
      && memory.compare(type.results, results, resultCount) == 0
    ) return at - 1;
    at = typeNext.get(at - 1);
  }
  const copy = heap.alloc(paramCount + resultCount + 1);
  memory.copy(copy, params, paramCount);
  memory.copy(copy + paramCount, results, resultCount);
  const fresh = changetype<FunctionType>(heap.alloc(offsetof<FunctionType>()));
  fresh.params = copy;
  fresh.paramCount = paramCount;
  fresh.results = copy + paramCount;
  fresh.resultCount = resultCount;
  return addType(fresh);
}

/** `(params, s, b) -> (results, b)` of an original type. */
export function threadedType(t: u32): u32 {
  let known = threadedTypes.get(t);
  if (known != 0xffffffff) return known;
  const type = typeAt(t);
  scratch.clear();
  scratch.raw(type.params, type.paramCount);
  scratch.byte2(Type.I32, Type.I32);
  scratch.raw(type.results, type.resultCount);
  scratch.byte(Type.I32);
  known = internType(scratch.ptr, type.paramCount + 2, scratch.ptr + type.paramCount + 2, type.resultCount + 1);
  threadedTypes.set(t, known);
  return known;
}

/** Type from two strings of letters: i l f d = i32 i64 f32 f64, F E = funcref externref. */
export function typeOf(params: string, results: string): u32 {
  const bytes = new Buffer(64);
  letters(bytes, params);
  letters(bytes, results);
  return internType(bytes.ptr, params.length, bytes.ptr + params.length, results.length);
}
function letters(to: Buffer, text: string): void {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    to.byte(
      c == 0x69 ? Type.I32 : c == 0x6c ? Type.I64 : c == 0x66 ? Type.F32 : c == 0x64 ? Type.F64
        : c == 0x46 ? Type.FuncRef : Type.ExternRef,
    );
  }
}

// ---- functions and globals

/** Adds a runtime function to the imports. All must be added before any index is asked. */
export function useRuntime(which: u32): void {
  if (load<u32>(runtimeIndex + (<usize>which << 2)) != 0xffffffff) return;
  store<u32>(runtimeIndex + (<usize>which << 2), importedFunctions + runtimeImports++);
  runtimeOrder.push(which);
}

@inline export function runtime(which: u32): u32 {
  return load<u32>(runtimeIndex + (<usize>which << 2));
}

/** Fixes the numbering, once the kind of every function is known and all runtime imports are added. */
export function numberFunctions(): void {
  const n = definedFunctions();
  slowIndexes = zeroedWords(n);
  // raw imports stand behind the runtime's
  for (let f: u32 = 0; f < importedFunctions; f++) {
    if (has(f, Is.Referable)) {
      store<u32>(rawImports + (<usize>f << 2), importedFunctions + runtimeImports + rawImportCount++);
    }
  }
  const first = fastIndex(importedFunctions) + n;
  for (let i: u32 = 0; i < n; i++) {
    if (has(importedFunctions + i, Is.Suspendable)) store<u32>(slowIndexes + (<usize>i << 2), first + slowCount++);
  }
}

/** Output index of an original function: its FAST copy, its plain body, or the threaded import. */
@inline export function fastIndex(f: u32): u32 {
  return f < importedFunctions ? f : f + runtimeImports + rawImportCount;
}
@inline export function slowIndex(f: u32): u32 {
  return load<u32>(slowIndexes + (<usize>(f - importedFunctions) << 2));
}
/** The import of an imported function with its original type. */
@inline export function rawIndex(f: u32): u32 {
  return load<u32>(rawImports + (<usize>f << 2));
}

@inline export function globalIndex(g: u32): u32 {
  return g < importedGlobals ? g : g + RUNTIME_GLOBALS;
}
@inline export function budgetGlobal(): u32 {
  return importedGlobals;
}
@inline export function stackGlobal(): u32 {
  return importedGlobals + 1;
}
@inline export function instanceGlobal(): u32 {
  return importedGlobals + 2;
}

// ---- extras

const extraTypes = new Vector(64);
const extraBodies = new Vector(64);

export function extraCount(): u32 {
  return extraTypes.length;
}
@inline export function extraType(i: u32): u32 {
  return extraTypes.get(i);
}
@inline export function extraBody(i: u32): Buffer {
  return changetype<Buffer>(<usize>extraBodies.get(i));
}
/** Reserves a function; its body is written into the buffer that `extraBody` answers. */
export function addExtra(type: u32): u32 {
  extraTypes.push(type);
  extraBodies.push(<u32>changetype<usize>(new Buffer(64)));
  return extraTypes.length - 1;
}
/** Output index of an extra. */
@inline export function extraIndex(i: u32): u32 {
  return fastIndex(importedFunctions) + definedFunctions() + slowCount + i;
}
