import type { Body } from "./body.js";
import { controlSteps } from "./control-steps.js";
import { EXTERNREF, FUNCREF, I32, I64, V128, type ValType } from "./encode.js";
import {
  ACCESSES,
  type Access,
  ATOMIC_RMW,
  OPERATIONS,
  VECTOR_ACCESSES,
  VECTOR_FREE_OPERATIONS,
} from "./operations.js";
import { fuelGlobal } from "./plan.js";

type Step = (b: Body) => void;

function reckless(b: Body): boolean {
  return b.r.chance(b.plan.profile.recklessness);
}

/** An i32 address on the stack, nearly always within the memory's first page. */
function address(b: Body, align = 0): void {
  b.need([I32]);
  if (reckless(b)) return;
  b.op(0x41).s32(0x3ff & -(1 << align));
  b.op(0x71);
}

/** An i32 on the stack in [0, limit), nearly always. */
function index(b: Body, limit: number): void {
  b.need([I32]);
  if (reckless(b)) return;
  b.op(0x41).s32(Math.max(1, limit));
  b.op(0x70);
}

function operation(b: Body): void {
  const o = b.r.pick(b.plan.profile.simd ? OPERATIONS : VECTOR_FREE_OPERATIONS);
  if (o.traps && !reckless(b)) return;
  b.need(o.takes);
  b.op(...o.bytes);
  b.pop(o.takes);
  if (o.nan) b.canonicalize(o.gives);
  b.stack.push(o.gives);
}

function setLocal(b: Body): void {
  const writable = b.writableLocals();
  if (!writable.length) return;
  const local = b.r.pick(writable);
  const type = b.locals[local]!;
  b.need([type]);
  const tee = b.r.chance(0.4);
  b.op(tee ? 0x22 : 0x21).u32(local);
  if (!tee) b.pop([type]);
}

function setGlobal(b: Body): void {
  const fuel = fuelGlobal(b.plan);
  const to = b.plan.globals.flatMap((g, i) => (g.mutable && i !== fuel ? [i] : []));
  if (!to.length) return;
  const global = b.r.pick(to);
  const type = b.plan.globals[global]!.type;
  b.need([type]);
  b.op(0x24).u32(global);
  b.pop([type]);
}

function access(b: Body): void {
  if (!b.plan.memory) return;
  const a: Access = b.r.pick(b.plan.profile.simd && b.r.chance(0.3) ? VECTOR_ACCESSES : ACCESSES);
  if (!a.store && a.lanes === undefined) {
    address(b);
    b.pop([I32]);
  } else {
    // The value lies above the address, which is written first.
    address(b);
    b.push(a.type);
    b.pop([I32, a.type]);
  }
  b.op(...a.bytes).u32(b.r.below(a.align + 1));
  b.code.u32(b.r.pick([0, 0, 1, 4, 16, 300]));
  if (a.lanes !== undefined) b.op(b.r.below(a.lanes));
  if (!a.store) b.stack.push(a.type);
}

function atomic(b: Body): void {
  if (!b.plan.memory) return;
  const r = b.r;
  if (r.chance(0.1)) {
    b.op(0xfe, 3, 0);
    return;
  }
  const [op, align, type] = r.pick(ATOMIC_RMW);
  address(b, align);
  if (r.chance(0.1)) {
    b.push(I32);
    b.op(0xfe, 0, 2, 0); // notify: nobody waits
    b.pop([I32, I32]);
    b.stack.push(I32);
    return;
  }
  b.push(type);
  b.op(0xfe).u32(op);
  b.op(align, 0);
  b.pop([I32, type]);
  b.stack.push(type);
}

function memoryOperation(b: Body): void {
  const { plan, r } = b;
  if (!plan.memory) return;
  const small = () => {
    b.push(I32);
    if (!reckless(b)) b.op(0x41).s32(63).u8(0x71);
  };
  switch (r.below(plan.profile.bulk ? 6 : 2)) {
    case 0:
      b.op(0x3f, 0);
      b.stack.push(I32);
      return;
    case 1:
      b.push(I32);
      b.op(0x41, 1, 0x71, 0x40, 0); // grow by none or one page
      return;
    case 2:
      address(b);
      b.push(I32);
      small();
      b.op(0xfc, 11, 0);
      b.pop([I32, I32, I32]);
      return;
    case 3:
      address(b);
      b.push(I32);
      b.op(0x41).s32(1023);
      b.op(0x71);
      small();
      b.op(0xfc, 10, 0, 0);
      b.pop([I32, I32, I32]);
      return;
    case 4: {
      if (!plan.dataLengths.length) return;
      const segment = r.below(plan.dataLengths.length);
      address(b);
      const length = plan.dataLengths[segment]!;
      const from = r.below(length + 1);
      b.op(0x41).s32(from);
      b.op(0x41).s32(reckless(b) ? length + 1 : r.below(length - from + 1));
      b.op(0xfc, 8).u32(segment);
      b.op(0);
      b.pop([I32]);
      return;
    }
    default:
      if (plan.dataLengths.length && r.chance(0.15)) b.op(0xfc, 9).u32(r.below(plan.dataLengths.length));
  }
}

function tableOperation(b: Body): void {
  const { plan, r } = b;
  if (!plan.tables.length) return;
  const at = r.below(plan.tables.length);
  const table = plan.tables[at]!;
  const min = table.limits.min;
  const type = table.element;
  const readable = plan.profile.references && (type === FUNCREF || b.externAllowed);
  if (!readable) return;
  const kind = r.below(table.constant ? 2 : 8);
  if (kind === 0) {
    b.op(0xfc, 16).u32(at);
    b.stack.push(I32);
  } else if (kind === 1) {
    index(b, min);
    b.op(0x25).u32(at);
    b.pop([I32]);
    b.stack.push(type);
  } else if (kind <= 3) {
    index(b, min);
    b.push(type);
    b.op(0x26).u32(at);
    b.pop([I32, type]);
  } else if (kind === 4) {
    b.need([type]);
    b.op(0x41).s32(r.below(3));
    b.op(0xfc, 15).u32(at);
    b.pop([type]);
    b.stack.push(I32);
  } else if (kind === 5) {
    index(b, min - 1);
    b.push(type);
    b.op(0x41).s32(r.below(2));
    b.op(0xfc, 17).u32(at);
    b.pop([I32, type]);
  } else if (kind === 6) {
    const from = r.below(plan.tables.length);
    if (plan.tables[from]!.element !== type) return;
    index(b, min - 1);
    b.op(0x41).s32(r.below(2));
    b.op(0x41).s32(r.below(3));
    b.op(0xfc, 14).u32(at);
    b.code.u32(from);
    b.pop([I32]);
  } else if (plan.elementLengths.length && type === FUNCREF) {
    const segment = r.below(plan.elementLengths.length);
    const length = plan.elementLengths[segment]!;
    if (r.chance(0.1)) {
      b.op(0xfc, 13).u32(segment);
      return;
    }
    index(b, min - 2);
    b.op(0x41, 0);
    b.op(0x41).s32(reckless(b) ? length + 1 : r.below(Math.min(length, 2) + 1));
    b.op(0xfc, 12).u32(segment);
    b.code.u32(at);
    b.pop([I32]);
  }
}

function select(b: Body): void {
  const type = b.r.pick(b.values);
  b.need([type, type, I32]);
  if (b.isReference(type) || b.r.chance(0.3)) b.op(0x1c, 1, type);
  else b.op(0x1b);
  b.pop([type, type, I32]);
  b.stack.push(type);
}

function isNull(b: Body): void {
  const type = b.r.pick([FUNCREF, EXTERNREF]);
  if (!b.values.includes(type)) return;
  b.need([type]);
  b.op(0xd1);
  b.pop([type]);
  b.stack.push(I32);
}

/** Mixes a value into a global, so that what was computed is seen. */
function observe(b: Body): void {
  const to = b.plan.globals.findIndex((g, i) => g.mutable && g.type === I64 && i !== fuelGlobal(b.plan));
  if (to < 0) return;
  b.need([I64]);
  b.op(0x23).u32(to);
  b.op(0x42).s64(31n);
  b.op(0x7e, 0x85, 0x24).u32(to);
  b.pop([I64]);
}

function pushes(b: Body): void {
  for (let i = b.r.between(1, 3); i > 0; i--) b.push(b.r.pick(b.values));
}

function drops(b: Body): void {
  if (b.available > 0) b.drop();
}

/** Writes steps until those planned for the function are spent, or the frame has had its share. */
export function writeSteps(b: Body, share: number): void {
  const { profile } = b.plan;
  const deep = b.frames.length > profile.depth;
  const steps: [number, Step][] = [
    [0.28, operation],
    [0.1, setLocal],
    [0.07, setGlobal],
    [0.08, access],
    [0.05, select],
    [0.1, pushes],
    [0.03, observe],
    [0.02, drops],
    [profile.bulk ? 0.06 : 0.015, memoryOperation],
    [profile.references ? 0.08 : 0, tableOperation],
    [profile.references ? 0.02 : 0, isNull],
    [profile.threads ? 0.1 : 0, atomic],
    ...controlSteps(b, deep, writeSteps),
  ];
  for (let n = share; n > 0 && b.steps > 0; n--) {
    b.steps--;
    if (b.frame.dead && b.r.chance(0.7)) return;
    b.r.weighted(steps)(b);
    while (b.available > 14) {
      const type: ValType = b.stack[b.stack.length - 1]!;
      if (b.r.chance(0.5) || type === V128) b.drop();
      else setLocalOf(b, type);
    }
  }
}

function setLocalOf(b: Body, type: ValType): void {
  const to = b.writableLocals().filter((i) => b.locals[i] === type);
  if (!to.length) b.drop();
  else {
    b.op(0x21).u32(b.r.pick(to));
    b.pop([type]);
  }
}
