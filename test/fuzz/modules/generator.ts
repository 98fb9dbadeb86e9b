import { Random } from "../random.js";
import { Body, type Surroundings } from "./body.js";
import {
  Bytes,
  EXTERNREF,
  F32,
  F64,
  FUNCREF,
  type FuncType,
  I32,
  I64,
  ModuleBuilder,
  V128,
  type ValType,
} from "./encode.js";
import { drawPlan, fuelGlobal, type Offer, type Plan } from "./plan.js";
import { writeSteps } from "./steps.js";

export interface GeneratedModule {
  /** The name under which later modules of the case import from this one. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The export that sets how much a generated module may still do before it winds itself up. */
export const REFUEL = "refuel";

/** Helpers `(t) -> (t)` that make every NaN the same NaN, or of a vector's float lanes zero. */
function canonicalHelpers(module: ModuleBuilder, imports: number, simd: boolean): Map<ValType, number> {
  const helpers = new Map<ValType, number>();
  const add = (type: ValType, code: number[]) => {
    helpers.set(type, imports + module.funcs.length);
    module.funcs.push({ type: { params: [type], results: [type] }, locals: [], code });
  };
  const get = [0x20, 0];
  add(F32, [...get, ...new Bytes().u8(0x43).f32(Number.NaN).out, ...get, ...get, 0x5b, 0x1b]);
  add(F64, [...get, ...new Bytes().u8(0x44).f64(Number.NaN).out, ...get, ...get, 0x61, 0x1b]);
  if (simd) add(V128, [...get, ...get, ...get, 0xfd, 65, 0xfd, 78]); // v & (v == v)
  return helpers;
}

function globalInit(
  r: Random,
  type: ValType,
  plan: Plan,
  fuel: boolean,
  referable: readonly number[],
): number[] {
  const code = new Bytes();
  if (fuel) return code.u8(0x41).s32(60).out;
  const from = plan.globals.findIndex((g) => g.from && !g.mutable && g.type === type);
  if (from >= 0 && r.chance(0.5)) return code.u8(0x23).u32(from).out;
  // No extended constant expressions: Node 20 has none, and a seed must give the same module everywhere.
  if (type === I32) code.u8(0x41).s32(r.u32() | 0);
  else if (type === I64) code.u8(0x42).s64(BigInt(r.u32()));
  else if (type === F32) code.u8(0x43).f32(r.below(100) / 4);
  else if (type === F64) code.u8(0x44).f64(r.below(100) / 4);
  else if (type === V128) code.u8(0xfd, 12).raw(Array.from({ length: 16 }, () => r.below(256)));
  else if (type === FUNCREF && referable.length && r.chance(0.5)) code.u8(0xd2).u32(r.pick(referable));
  else code.u8(0xd0, type);
  return code.out;
}

/** Each table's slot k holds the first function whose index is k modulo the size: callIndirect counts on it. */
function elementSegments(r: Random, plan: Plan, referable: number[]): number[][] {
  const segments: number[][] = [];
  const callable = plan.functions.map((_, i) => i);
  plan.tables.forEach((table, t) => {
    const size = table.limits.min;
    if (table.element === EXTERNREF || (table.from && r.chance(0.5))) return;
    const slots: (number | undefined)[] = new Array(size).fill(undefined);
    for (const f of [...callable].reverse()) slots[f % size] = f;
    const useExpressions = slots.includes(undefined) || t > 0 || r.chance(0.3);
    const code = new Bytes();
    if (useExpressions) {
      code.u8(6).u32(t).u8(0x41, 0, 0x0b, FUNCREF).u32(size);
      for (const s of slots) s === undefined ? code.u8(0xd0, FUNCREF, 0x0b) : code.u8(0xd2).u32(s).u8(0x0b);
    } else {
      code.u8(0, 0x41, 0, 0x0b).u32(size);
      for (const s of slots) code.u32(s!);
    }
    referable.push(...slots.filter((s): s is number => s !== undefined));
    segments.push(code.out);
  });
  const passive = plan.elementLengths.map((length) => {
    const code = new Bytes().u8(1, 0).u32(length);
    for (let i = 0; i < length; i++) {
      const f = r.pick(callable);
      referable.push(f);
      code.u32(f);
    }
    return code.out;
  });
  if (plan.profile.references && r.chance(0.6)) {
    const declared = callable.filter(() => r.chance(0.4));
    const code = new Bytes().u8(3, 0).u32(declared.length);
    for (const f of declared) code.u32(f);
    referable.push(...declared);
    segments.push(code.out);
  }
  // Passive ones first: the instructions name them from 0.
  return [...passive, ...segments];
}

function dataSegments(r: Random, plan: Plan): number[][] {
  const bytes = (n: number) => Array.from({ length: n }, () => r.below(256));
  const passive = plan.dataLengths.map((n) => new Bytes().u8(1).u32(n).raw(bytes(n)).out);
  const active = plan.memory
    ? Array.from({ length: r.below(3) }, () => {
        const n = r.below(60);
        return new Bytes().u8(0, 0x41).s32(r.below(900)).u8(0x0b).u32(n).raw(bytes(n)).out;
      })
    : [];
  return [...passive, ...active];
}

function writeBody(
  around: Surroundings,
  r: Random,
  type: FuncType,
  leaf: boolean,
): { locals: ValType[]; code: number[] } {
  const body = new Body(around, r, type, leaf);
  if (!leaf) body.burn();
  writeSteps(body, body.steps);
  body.settle(type.results);
  return { locals: body.locals.slice(type.params.length), code: body.code.out };
}

function addImports(module: ModuleBuilder, plan: Plan): void {
  for (const f of plan.functions) if (f.from) module.imports.push({ ...f.from, kind: "func", type: f.type });
  for (const t of plan.tables)
    if (t.from) module.imports.push({ ...t.from, kind: "table", element: t.element, limits: t.limits });
  if (plan.memory?.from)
    module.imports.push({ ...plan.memory.from, kind: "memory", limits: plan.memory.limits });
  for (const g of plan.globals)
    if (g.from) module.imports.push({ ...g.from, kind: "global", type: g.type, mutable: g.mutable });
  for (const t of plan.tags) if (t.from) module.imports.push({ ...t.from, kind: "tag", params: t.params });
}

/** A random valid module that always terminates, from a plan; `offer` is what it puts up for a later one. */
export function generateModule(
  r: Random,
  name: string,
  from?: Offer,
): { module: GeneratedModule; offer: Offer } {
  const plan = drawPlan(r, from);
  const module = new ModuleBuilder();
  for (const type of plan.types) module.typeOf(type);
  addImports(module, plan);
  const imported = plan.functions.filter((f) => f.from).length;
  const firstHelper = plan.functions.length;
  const referable: number[] = [];
  module.elements.push(...elementSegments(r, plan, referable));
  module.datas.push(...dataSegments(r, plan));

  // Exported functions may be named by ref.func too, so they are drawn before the bodies.
  const offer: Offer = { module: name, functions: [], tables: [], globals: [], tags: [], memory: undefined };
  plan.functions.forEach((f, i) => {
    const last = i === plan.functions.length - 1 && offer.functions.length === 0;
    if (!(f.from ? r.chance(0.1) : last || r.chance(0.6))) return;
    module.exports.push({ name: `f${i}`, kind: "func", index: i });
    offer.functions.push({ name: `f${i}`, type: f.type });
    referable.push(i);
  });
  const helpers = new ModuleBuilder();
  const canonical = canonicalHelpers(helpers, firstHelper, plan.profile.simd);
  const around: Surroundings = { plan, canonical, referable, typeOf: (t) => module.typeOf(t) };

  for (const f of plan.functions)
    if (!f.from) module.funcs.push({ type: f.type, ...writeBody(around, r, f.type, f.leaf) });
  module.funcs.push(...helpers.funcs);
  const add = (type: FuncType, code: number[], locals: ValType[] = []) =>
    imported + module.funcs.push({ type, locals, code }) - 1;
  const fuel = fuelGlobal(plan);
  const refuel = add({ params: [I32], results: [] }, new Bytes().u8(0x20, 0, 0x24).u32(fuel).out);
  module.exports.push({ name: REFUEL, kind: "func", index: refuel });
  plan.tables.forEach((t, i) => {
    module.tables.push(...(t.from ? [] : [{ element: t.element, limits: t.limits }]));
    if (t.exported) {
      module.exports.push({ name: `table${i}`, kind: "table", index: i });
      offer.tables.push({ name: `table${i}`, element: t.element, limits: t.limits });
    } else if (plan.profile.references && r.chance(0.4)) {
      // Looks at a table that may stay closed to the outside.
      const index = add({ params: [I32], results: [I32] }, new Bytes().u8(0x20, 0, 0x25).u32(i).u8(0xd1).out);
      module.exports.push({ name: `isNull${i}`, kind: "func", index });
    }
  });
  plan.globals.forEach((g, i) => {
    if (!g.from) module.globals.push({ ...g, init: globalInit(r, g.type, plan, i === fuel, referable) });
    if (!g.exported) return;
    module.exports.push({ name: `global${i}`, kind: "global", index: i });
    offer.globals.push({ name: `global${i}`, type: g.type, mutable: g.mutable });
  });
  plan.tags.forEach((t, i) => {
    if (!t.from) module.tags.push({ params: t.params, results: [] });
    module.exports.push({ name: `tag${i}`, kind: "tag", index: i });
    offer.tags.push({ name: `tag${i}`, params: t.params });
  });
  if (plan.memory && !plan.memory.from) module.memories.push(plan.memory.limits);
  if (plan.memory?.exported) {
    module.exports.push({ name: "memory", kind: "memory", index: 0 });
    (offer as { memory: Offer["memory"] }).memory = { name: "memory", limits: plan.memory.limits };
  }
  if (plan.hasStart) {
    const type: FuncType = { params: [], results: [] };
    const body = writeBody(around, r, type, false);
    module.start = add(type, body.code, body.locals);
  }
  return { module: { name, bytes: module.finish() }, offer };
}

/** One module, or now and then two or three of which the later import from the earlier. */
export function generateModules(seed: number): GeneratedModule[] {
  const r = new Random(seed);
  const modules: GeneratedModule[] = [];
  let offer: Offer | undefined;
  for (
    let n = r.weighted([
        [0.75, 1],
        [0.2, 2],
        [0.05, 3],
      ]),
      i = 0;
    i < n;
    i++
  ) {
    const next = generateModule(r, `m${i}`, offer);
    modules.push(next.module);
    offer = next.offer;
  }
  return modules;
}
