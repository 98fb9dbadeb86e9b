// The init function: what an engine would do while instantiating (active segments, then the start function) as an
// ordinary function in the input's own terms, translated like any other. So an instance can be made without it (restore),
// and it can be suspended.

import { Buffer } from "../lib/buffer";
import {
  addBody, addVoidType, dataAt, datas, declareDataCount, definedFunctions, elementAt, elements, ElementSegment, NONE,
  SegmentMode, startFunction,
} from "../wasm/module";
import { Op } from "../wasm/opcodes";

/** Defined index of the init function, or NONE. */
export let initFunction: u32 = NONE;

function constant(to: Buffer, value: u32): void {
  to.byte(Op.I32Const);
  to.s32(<i32>value);
}

/** Adds the init function to the module, if there is anything to do. Answers whether it did. */
export function addInit(): bool {
  const body = new Buffer(256);
  body.byte(0);
  for (let i: u32 = 0; i < elements.length; i++) {
    const segment = elementAt(i);
    if (segment.mode != SegmentMode.Active) continue;
    offset(body, segment);
    constant(body, 0);
    constant(body, segment.count);
    body.byte2(0xfc, 12);
    body.u32(i);
    body.u32(segment.table);
    body.byte2(0xfc, 13);
    body.u32(i);
  }
  for (let i: u32 = 0; i < datas.length; i++) {
    const segment = dataAt(i);
    if (segment.mode != SegmentMode.Active) continue;
    body.raw(segment.offset, segment.offsetLength - 1);
    constant(body, 0);
    constant(body, segment.length);
    body.byte2(0xfc, 8);
    body.u32(i);
    body.byte(0);
    body.byte2(0xfc, 9);
    body.u32(i);
  }
  if (startFunction != NONE) {
    body.byte(Op.Call);
    body.u32(startFunction);
  }
  if (body.length == 1) return false;
  body.byte(Op.End);
  declareDataCount();
  initFunction = definedFunctions();
  addBody(addVoidType(), body.ptr, body.length);
  return true;
}

/** The offset expression without its `end`. */
function offset(to: Buffer, segment: ElementSegment): void {
  to.raw(segment.offset, segment.offsetLength - 1);
}
