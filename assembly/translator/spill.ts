// How a frame's values become cells and come back: the bodies of the spill helpers, and the same inline for
// frames too large for a helper.
//
// Push order: references to their stacks first, then a cell each for the values (v128: two, low first), then the
// header `instance << 32 | gid`. Cells travel in groups of up to eight; a v128 is never split between groups.

import { Buffer } from "../lib/buffer";
import { Vector } from "../lib/vector";
import { Op, Type, typeOfCode } from "../wasm/opcodes";
import { addExtra, extraBody, extraIndex, instanceGlobal, internType, Runtime, runtime, typeOf } from "./output";

/** Values above which a frame is spilled inline: engines refuse functions of 1,000 parameters or results. */
export const MAX_HELPER_VALUES: u32 = 400;

// What a cell holds: a type code 0 .. 3, or one of these.
const CELL_LOW: u32 = 4;
const CELL_HIGH: u32 = 5;
const CELL_HEADER: u32 = 6;

const cellKinds = new Vector(64);
const cellLocals = new Vector(64);
const groupEnds = new Vector(16);

/** Lays the values out: `locals[k]` holds a value of type code `codes[k]`, grouped by code. */
function layOut(locals: Vector, codes: Vector): void {
  cellKinds.clear();
  cellLocals.clear();
  groupEnds.clear();
  let inGroup: u32 = 0;
  for (let k: u32 = 0; k <= locals.length; k++) {
    const header = k == locals.length;
    const code = header ? CELL_HEADER : codes.get(k);
    if (!header && code > 4) continue;
    const width: u32 = code == 4 ? 2 : 1;
    if (inGroup + width > 8) {
      groupEnds.push(cellKinds.length);
      inGroup = 0;
    }
    inGroup += width;
    cellKinds.push(code);
    cellLocals.push(header ? 0 : locals.get(k));
    if (width == 2) {
      cellKinds.push(CELL_HIGH);
      cellLocals.push(locals.get(k));
    }
  }
  groupEnds.push(cellKinds.length);
}

@inline function get(to: Buffer, local: u32): void {
  to.byte(Op.LocalGet);
  to.u32(local);
}
@inline function setLocal(to: Buffer, local: u32): void {
  to.byte(Op.LocalSet);
  to.u32(local);
}
@inline function call(to: Buffer, f: u32): void {
  to.byte(Op.Call);
  to.u32(f);
}

/** Writes the pushes of a frame. The gid is in `gidLocal`, or, if that is 0xffffffff, the constant `gid`. */
export function writePushes(to: Buffer, locals: Vector, codes: Vector, gidLocal: u32, gid: u32): void {
  for (let k: u32 = 0; k < locals.length; k++) {
    if (codes.get(k) < 5) continue;
    get(to, locals.get(k));
    call(to, runtime(codes.get(k) == 5 ? Runtime.PushFunc : Runtime.PushExtern));
  }
  layOut(locals, codes);
  let cell: u32 = 0;
  for (let g: u32 = 0; g < groupEnds.length; g++) {
    const end = groupEnds.get(g);
    const size = end - cell;
    for (; cell < end; cell++) {
      const kind = cellKinds.get(cell);
      if (kind == CELL_HEADER) {
        to.byte(Op.GlobalGet);
        to.u32(instanceGlobal());
        to.byte2(0xad, Op.I64Const);
        to.s32(32);
        to.byte(0x86);
        if (gidLocal == 0xffffffff) {
          to.byte(Op.I32Const);
          to.s32(gid);
        } else get(to, gidLocal);
        to.byte2(0xad, 0x84);
        continue;
      }
      get(to, cellLocals.get(cell));
      if (kind == 0) to.byte(0xad);
      else if (kind == 2) to.byte2(0xbc, 0xad);
      else if (kind == 3) to.byte(0xbd);
      else if (kind >= CELL_LOW) {
        to.byte2(0xfd, 29);
        to.byte(kind - CELL_LOW);
      }
    }
    call(to, runtime(Runtime.Push1 + size - 1));
  }
}

/** Writes the pops of a frame into `locals`; `temp` is the first of eight i64 locals to use on the way. */
export function writePops(to: Buffer, locals: Vector, codes: Vector, temp: u32): void {
  layOut(locals, codes);
  let end = cellKinds.length;
  for (let g = <i32>groupEnds.length - 1; g >= 0; g--) {
    const start = g > 0 ? groupEnds.get(g - 1) : 0;
    const size = end - start;
    call(to, runtime(Runtime.Pop1 + size - 1));
    for (let c = size; c-- > 0; ) {
      if (cellKinds.get(start + c) == CELL_HEADER) to.byte(Op.Drop);
      else setLocal(to, temp + c);
    }
    for (let c: u32 = 0; c < size; c++) {
      const kind = cellKinds.get(start + c);
      if (kind == CELL_HEADER || kind == CELL_HIGH) continue;
      get(to, temp + c);
      if (kind == 0) to.byte(0xa7);
      else if (kind == 2) to.byte2(0xa7, 0xbe);
      else if (kind == 3) to.byte(0xbf);
      else if (kind == CELL_LOW) {
        to.byte2(0xfd, 18);
        get(to, temp + c + 1);
        to.byte2(0xfd, 30);
        to.byte(1);
      }
      setLocal(to, cellLocals.get(start + c));
    }
    end = start;
  }
  for (let k = <i32>locals.length - 1; k >= 0; k--) {
    if (codes.get(k) < 5) continue;
    call(to, runtime(codes.get(k) == 5 ? Runtime.PopFunc : Runtime.PopExtern));
    setLocal(to, locals.get(k));
  }
}

// ---- the helpers, one of each kind per list of types

const saveHelpers = new Vector(64);
const loadHelpers = new Vector(64);
const typeBytes = new Buffer(512);
const own = new Vector(64);

function typesOf(codes: Vector): void {
  typeBytes.clear();
  for (let k: u32 = 0; k < codes.length; k++) typeBytes.byte(typeOfCode(codes.get(k)));
}

/** `(values.., gid) -> ()` */
export function saveHelper(codes: Vector): u32 {
  typesOf(codes);
  typeBytes.byte(Type.I32);
  const type = internType(typeBytes.ptr, codes.length + 1, 0, 0);
  saveHelpers.fill(max(saveHelpers.length, type + 1), 0);
  const known = saveHelpers.get(type);
  if (known) return known;
  const extra = addExtra(type);
  const body = extraBody(extra);
  own.clear();
  for (let k: u32 = 0; k < codes.length; k++) own.push(k);
  body.byte(0);
  writePushes(body, own, codes, codes.length, 0);
  body.byte(Op.End);
  saveHelpers.set(type, extraIndex(extra));
  return extraIndex(extra);
}

/** `() -> (values..)` */
export function loadHelper(codes: Vector): u32 {
  typesOf(codes);
  const type = internType(0, 0, typeBytes.ptr, codes.length);
  loadHelpers.fill(max(loadHelpers.length, type + 1), 0);
  const known = loadHelpers.get(type);
  if (known) return known;
  const extra = addExtra(type);
  const body = extraBody(extra);
  body.u32(codes.length + 1);
  own.clear();
  for (let k: u32 = 0; k < codes.length; k++) {
    own.push(k);
    body.byte2(1, typeOfCode(codes.get(k)));
  }
  body.byte2(8, Type.I64);
  writePops(body, own, codes, codes.length);
  for (let k: u32 = 0; k < codes.length; k++) get(body, k);
  body.byte(Op.End);
  loadHelpers.set(type, extraIndex(extra));
  return extraIndex(extra);
}

let gidHelper: u32 = 0;

/** `() -> gid`: of the frame to be rewound, or -1 when not rewinding; traps on another instance's frame. */
export function peekHelper(): u32 {
  if (gidHelper) return gidHelper;
  const extra = addExtra(typeOf("", "i"));
  const body = extraBody(extra);
  body.byte2(1, 1);
  body.byte(Type.I64);
  call(body, runtime(Runtime.Peek));
  body.byte2(Op.LocalTee, 0);
  body.byte2(Op.I64Const, 0);
  body.byte(0x53); // i64.lt_s
  body.byte2(Op.If, 0x40);
  body.byte2(Op.I32Const, 0x7f);
  body.byte2(Op.Return, Op.End);
  get(body, 0);
  body.byte2(Op.I64Const, 32);
  body.byte2(0x88, 0xa7);
  body.byte(Op.GlobalGet);
  body.u32(instanceGlobal());
  body.byte2(0x47, Op.If);
  body.byte2(0x40, Op.Unreachable);
  body.byte(Op.End);
  get(body, 0);
  body.byte2(0xa7, Op.End);
  gidHelper = extraIndex(extra);
  return gidHelper;
}
