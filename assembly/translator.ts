// The translator's entry: see docs/translator.md, section 10. One instance serves one translation.

import { Buffer } from "./lib/buffer";
import { failed, failFunction, Failure, failureCode, failureOffset, failureText } from "./lib/failure";
import { controlCount } from "./wasm/code";
import { decodeBody, localTypes, maxHeight } from "./wasm/decode";
import { changeLimit, MAX_BODY_BYTES, maxLocalsTimesPoints } from "./wasm/limits";
import { bodyAt, definedFunctions, importedFunctions } from "./wasm/module";
import { initOpcodes } from "./wasm/opcodes";
import { parseModule } from "./wasm/parse";
import { emitFunction } from "./translator/emit";
import { decideSharing } from "./translator/frames";
import { configureHints } from "./translator/hints";
import { addInit, initFunction } from "./translator/init";
import { computeLiveness } from "./translator/liveness";
import { frameMap, manifest, mapBulkHelpers, mapFrames, points, writeManifest } from "./translator/manifest";
import { setDeterministic } from "./translator/nan";
import { initOutput, numberFunctions, Runtime, useRuntime } from "./translator/output";
import { MAX_WEIGHT, plan, pointCount, sites, totalWeight } from "./translator/plan";
import { moduleBytes } from "./translator/section";
import {
  fastCode, fastLengths, prepareModule, slowCode, slowLengths, writeCodeMap, writeModule,
} from "./translator/sections";
import { finishSuccessors, firstGids } from "./translator/successors";
import {
  anySuspendable, classify, dropsData, dropsElements, has, Is, prepareSurvey, surveyBodies, surveyBody, usesForeign,
  usesMemoryGrow, usesMemorySize, usesNotify, usesTableGrow, usesWait,
} from "./translator/survey";

/** Flags of `translate`. */
const DETERMINISTIC: u32 = 1;
const MAPS: u32 = 2;
const NO_HINTS: u32 = 4;

/** Operand depth above which no frame could be laid out. */
const MAX_OPERANDS: u32 = 65534;

/** Bytes that any call site takes in a copy. */
const LEAST_SITE_BYTES: u64 = 16;

let inputAt: usize = 0;
let inputLength: u32 = 0;
const maps = new Buffer(64);

/** Makes room for the input. */
export function input(length: u32): usize {
  inputAt = heap.alloc(length);
  inputLength = length;
  return inputAt;
}

export function setLimit(which: u32, value: u32): void {
  changeLimit(which, value);
}

export function translate(flags: u32): i32 {
  initOpcodes();
  configureHints(!(flags & NO_HINTS), (flags & MAPS) != 0);
  setDeterministic((flags & DETERMINISTIC) != 0);
  parseModule(inputAt, inputLength);
  if (!failed()) {
    prepareSurvey();
    surveyBodies();
  }
  if (!failed() && addInit()) surveyBody(initFunction, true);
  if (failed()) return failureCode;
  classify();
  initOutput();
  useImports();
  numberFunctions();
  // most modules grow two- to fourfold
  fastCode.reserve(inputLength * 2);
  slowCode.reserve(inputLength * 2);
  const gids = emitBodies((flags & MAPS) != 0);
  if (failed()) return failureCode;
  finishSuccessors();
  prepareModule(dropsData || dropsElements);
  if (failed()) return failureCode;
  moduleBytes.reserve(fastCode.length + slowCode.length + (fastCode.length >> 2) + inputLength);
  writeManifest(gids);
  writeModule(manifest);
  if (flags & MAPS) {
    maps.append(frameMap);
    writeCodeMap(maps);
    mapBulkHelpers(maps);
  }
  return failureCode;
}

/** Adds the runtime functions the output calls to its imports. */
function useImports(): void {
  if (anySuspendable) for (let which: u32 = Runtime.Suspend; which <= Runtime.PopExtern; which++) useRuntime(which);
  if (usesMemorySize) useRuntime(Runtime.MemorySize);
  if (usesMemoryGrow) useRuntime(Runtime.MemoryGrow);
  if (usesTableGrow) useRuntime(Runtime.TableGrow);
  if (usesWait) {
    useRuntime(Runtime.Wait32);
    useRuntime(Runtime.Wait64);
  }
  if (usesNotify) useRuntime(Runtime.Notify);
  if (usesForeign) {
    useRuntime(Runtime.Foreign);
    useRuntime(Runtime.Rethrow);
  }
}

/** Writes all copies; answers the number of gids. */
function emitBodies(wantsMaps: bool): u32 {
  let gid: u32 = 0;
  for (let i: u32 = 0; i < definedFunctions(); i++) {
    const f = importedFunctions + i;
    const suspendable = has(f, Is.Suspendable);
    decodeBody(i, true);
    if (failed()) return 0;
    plan(gid);
    firstGids.push(gid);
    if (suspendable) checkCost(f, bodyAt(i).start);
    if (failed()) return 0;
    if (suspendable) computeLiveness();
    decideSharing();
    emitCopy(true, fastCode, f, bodyAt(i).start);
    fastLengths.push(copyLength);
    if (suspendable) {
      emitCopy(false, slowCode, f, bodyAt(i).start);
      slowLengths.push(copyLength);
      gid += pointCount();
    }
    if (failed()) return 0;
    points.push(suspendable ? pointCount() : 0);
    if (wantsMaps) mapFrames(suspendable, offsetInInput(bodyAt(i).start), i != initFunction);
  }
  firstGids.push(gid);
  return gid;
}

let copyLength: u32 = 0;

/** Most code that a translation may have: several times what real modules grow to. */
function outputCap(): u32 {
  return <u32>min<u64>((1 << 22) + 16 * <u64>inputLength, 1 << 30);
}

function emitCopy(isFast: bool, to: Buffer, f: u32, at: usize): void {
  const before = to.length;
  emitFunction(isFast, to);
  copyLength = to.length - before;
  if (copyLength > MAX_BODY_BYTES) {
    failFunction(Failure.Limit, offsetInInput(at), f, "its translation is larger than engines accept: split the function");
  } else if (fastCode.length + slowCode.length > outputCap()) {
    failFunction(Failure.Limit, offsetInInput(at), f, "up to here the translation has grown out of proportion");
  }
}

@inline function offsetInInput(at: usize): u32 {
  return at >= inputAt && at < inputAt + inputLength ? <u32>(at - inputAt) : 0;
}

/** Refuses what an engine would compile for too long, or what no frame could hold. */
function checkCost(f: u32, at: usize): void {
  const controlPoints = <u64>controlCount + sites.length + 1;
  if (<u64>localTypes.length * controlPoints > <u64>maxLocalsTimesPoints) {
    failFunction(Failure.Limit, offsetInInput(at), f, "locals times control points are above the limit: engines would compile it for too long");
  } else if (<u64>sites.length * LEAST_SITE_BYTES > <u64>MAX_BODY_BYTES) {
    failFunction(Failure.Limit, offsetInInput(at), f, "so many calls that its translation would be larger than engines accept: split the function");
  } else if (maxHeight > MAX_OPERANDS) {
    failFunction(Failure.Limit, offsetInInput(at), f, "too many operands on the stack");
  } else if (totalWeight() > MAX_WEIGHT) {
    failFunction(Failure.Limit, offsetInInput(at), f, "too heavy to be metered: split the function");
  }
}

export function outputPtr(): usize {
  return moduleBytes.ptr;
}
export function outputLen(): u32 {
  return moduleBytes.length;
}
export function mapsPtr(): usize {
  return maps.ptr;
}
export function mapsLen(): u32 {
  return maps.length;
}
export function errorPtr(): usize {
  return failureText.ptr;
}
export function errorLen(): u32 {
  return failureText.length;
}
/** Where in the input; 0 when what failed is the init function, which is made of expressions from several places. */
export function errorOffset(): u32 {
  return failureOffset <= inputLength ? failureOffset : 0;
}
