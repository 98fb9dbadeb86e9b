// Tail calls leave no frame: here is found which function a frame belongs to, when it is not the one that was called.

import { Buffer } from "../lib/buffer";
import { Vector } from "../lib/vector";
import { functionCount, FunctionType, importedFunctions, typeAt, typeIndexOfFunction } from "../wasm/module";
import { Op, Type } from "../wasm/opcodes";
import { dummyValue } from "./operands";
import { addExtra, extraBody, extraIndex, fastIndex, internType, slowIndex } from "./output";
import { putCall, putConstant, putGet, putSet } from "./put";
import { peekHelper } from "./spill";
import { has, Is } from "./survey";

/** Helpers `(s, b) -> (results, b)`: their extras, and a type with these results. */
const successors = new Vector(4);
/** First gid of each defined function, and last the number of all. */
export const firstGids = new Vector(256);

/** Goes on in the function whose frame is on top, which returns what `type` does. */
export function successorHelper(type: FunctionType): u32 {
  for (let k: u32 = 0; k < successors.length; k += 2) {
    if (sameResults(changetype<FunctionType>(<usize>successors.get(k + 1)), type)) return extraIndex(successors.get(k));
  }
  const bytes = new Buffer(8);
  bytes.byte2(Type.I32, Type.I32);
  bytes.raw(type.results, type.resultCount);
  bytes.byte(Type.I32);
  const extra = addExtra(internType(bytes.ptr, 2, bytes.ptr + 2, type.resultCount + 1));
  successors.push(extra);
  successors.push(<u32>changetype<usize>(type));
  return extraIndex(extra);
}

function sameResults(x: FunctionType, y: FunctionType): bool {
  return x.resultCount == y.resultCount && memory.compare(x.results, y.results, x.resultCount) == 0;
}

/** Writes the helpers, once all gids are known. */
export function finishSuccessors(): void {
  const candidates = new Vector(16);
  for (let k: u32 = 0; k < successors.length; k += 2) {
    const body = extraBody(successors.get(k));
    const type = changetype<FunctionType>(<usize>successors.get(k + 1));
    candidates.clear();
    for (let f = importedFunctions; f < functionCount(); f++) {
      if (!has(f, Is.TailCalled) || !has(f, Is.Suspendable)) continue;
      if (sameResults(typeAt(typeIndexOfFunction(f)), type)) candidates.push(f);
    }
    body.byte2(1, 1);
    body.byte(Type.I32);
    if (candidates.length) {
      putCall(body, peekHelper());
      putSet(body, 2);
      successorTree(body, candidates, 0, candidates.length);
    }
    body.byte2(Op.Unreachable, Op.End);
  }
}

function successorTree(to: Buffer, candidates: Vector, from: u32, end: u32): void {
  if (end - from > 1) {
    const middle = (from + end) >> 1;
    putGet(to, 2);
    putConstant(to, firstGids.get(candidates.get(middle) - importedFunctions));
    to.byte2(Op.I32LtS, Op.If);
    to.byte(0x40);
    successorTree(to, candidates, from, middle);
    to.byte(Op.Else);
    successorTree(to, candidates, middle, end);
    to.byte(Op.End);
    return;
  }
  const f = candidates.get(from);
  // a gid of nobody here is a damaged frame: it must not go round
  const own = f - importedFunctions;
  const first = firstGids.get(own) + (has(f, Is.Charged) ? 0 : 1);
  putGet(to, 2);
  putConstant(to, first);
  to.byte(Op.I32Sub);
  putConstant(to, firstGids.get(own + 1) - first);
  to.byte2(0x4f, Op.If); // i32.ge_u
  to.byte2(0x40, Op.Unreachable);
  to.byte(Op.End);
  const type = typeAt(typeIndexOfFunction(f));
  for (let k: u32 = 0; k < type.paramCount; k++) dummyValue(to, type.param(k));
  putGet(to, 0);
  putGet(to, 1);
  to.byte(Op.ReturnCall);
  to.u32(has(f, Is.Charged) ? fastIndex(f) : slowIndex(f));
}
