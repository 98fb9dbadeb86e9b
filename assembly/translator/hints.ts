// Where engines are told that a branch is unlikely (custom section metadata.code.branch_hint), and which original
// instruction each output instruction comes from (the code map).

import { Buffer } from "../lib/buffer";
import { Vector } from "../lib/vector";
import { fast, out } from "./operands";

/** Positions in `out` of the branches of the function being written. */
const positions = new Vector(64);
/** Finished entries of the section, and their number. */
export const hintSection = new Buffer(1024);
export let hintedFunctions: u32 = 0;

export let wantsHints: bool = true;
export let wantsMaps: bool = false;

export function configureHints(hints: bool, maps: bool): void {
  wantsHints = hints;
  wantsMaps = maps;
}

/** The branch instruction written next is seldom taken. Only FAST copies are hinted: SLOW ones are cold as a whole. */
@inline export function markUnlikely(): void {
  if (wantsHints && fast) positions.push(out.length);
}

/** Pairs (position in `out`, original offset) of the function being written. */
const pairs = new Vector(64);
/** Finished entries of the code map, and their number. */
export const codeMap = new Buffer(1024);
export let mappedFunctions: u32 = 0;
/** For each entry: where in `codeMap` its place in the output is to be added, see `sections.ts`. */
export const mappedFunctionIndexes = new Vector(64);
export const mappedEntryEnds = new Vector(64);

@inline export function markOrigin(originalOffset: u32): void {
  if (!wantsMaps) return;
  pairs.push(out.length);
  pairs.push(originalOffset);
}

export function resetMarks(): void {
  positions.clear();
  pairs.clear();
}

/** Takes over the marks of a finished function, whose code begins `shift` bytes into its body. */
export function finishMarks(functionIndex: u32, originalIndex: u32, shift: u32): void {
  if (positions.length) {
    hintedFunctions++;
    hintSection.u32(functionIndex);
    hintSection.u32(positions.length);
    for (let k: u32 = 0; k < positions.length; k++) {
      hintSection.u32(positions.get(k) + shift);
      hintSection.byte2(1, 0);
    }
  }
  if (wantsMaps) {
    mappedFunctions++;
    mappedFunctionIndexes.push(functionIndex);
    mappedFunctionIndexes.push(originalIndex);
    mappedFunctionIndexes.push(pairs.length >> 1);
    let lastOriginal: u32 = 0;
    let lastPosition: u32 = 0;
    for (let k: u32 = 0; k < pairs.length; k += 2) {
      // body-relative positions; the first pair's are absolute once the body's own place is known
      codeMap.u32(pairs.get(k) + shift - lastPosition);
      codeMap.s32(pairs.get(k + 1) - lastOriginal);
      lastPosition = pairs.get(k) + shift;
      lastOriginal = pairs.get(k + 1);
    }
    mappedEntryEnds.push(codeMap.length);
  }
  resetMarks();
}
