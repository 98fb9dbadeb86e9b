import type { Random } from "../random.js";
import {
  EXTERNREF,
  F32,
  F64,
  FUNCREF,
  type FuncType,
  I32,
  I64,
  type Limits,
  V128,
  type ValType,
} from "./encode.js";

/** What a generated module uses; drawn once for each. */
export interface Profile {
  readonly simd: boolean;
  readonly references: boolean;
  readonly exceptions: boolean;
  readonly tailCalls: boolean;
  readonly bulk: boolean;
  readonly threads: boolean;
  readonly multiValue: boolean;
  /** Chance that a memory address, divisor or table index is left unguarded and may trap. */
  readonly recklessness: number;
  /** Running out of fuel traps, instead of returning. */
  readonly fuelTraps: boolean;
  /** Chance that a step is a piece of control flow, and that it is a call. */
  readonly control: number;
  readonly calls: number;
  /** Steps in a function's body, nesting of its blocks. */
  readonly size: number;
  readonly depth: number;
  /** Locals of a function, besides its parameters. */
  readonly locals: number;
}

export interface PlannedFunction {
  readonly type: FuncType;
  /** Imported from where; none for the module's own. */
  readonly from?: { module: string; name: string };
  /** Makes no calls and uses no fuel. */
  readonly leaf: boolean;
}

export interface PlannedTable {
  readonly element: ValType;
  readonly limits: Limits;
  readonly from?: { module: string; name: string };
  readonly exported: boolean;
  /** Never changed by an instruction. */
  readonly constant: boolean;
}

export interface PlannedGlobal {
  readonly type: ValType;
  readonly mutable: boolean;
  readonly from?: { module: string; name: string };
  readonly exported: boolean;
}

/** The index spaces of a module to be, imports first in each. */
export interface Plan {
  readonly profile: Profile;
  readonly types: FuncType[];
  readonly functions: PlannedFunction[];
  readonly tables: PlannedTable[];
  readonly globals: PlannedGlobal[];
  readonly tags: { params: ValType[]; from?: { module: string; name: string } }[];
  readonly memory: { limits: Limits; from?: { module: string; name: string }; exported: boolean } | undefined;
  /** Lengths of the passive data segments, and element types of the passive element segments. */
  readonly dataLengths: number[];
  readonly elementLengths: number[];
  readonly hasStart: boolean;
}

/** What an earlier module of the same case offers to the next one. */
export interface Offer {
  readonly module: string;
  readonly functions: { name: string; type: FuncType }[];
  readonly tables: { name: string; element: ValType; limits: Limits }[];
  readonly globals: { name: string; type: ValType; mutable: boolean }[];
  readonly tags: { name: string; params: ValType[] }[];
  readonly memory: { name: string; limits: Limits } | undefined;
}

export function drawProfile(r: Random): Profile {
  const kind = r.below(6);
  return {
    simd: r.chance(0.35),
    references: r.chance(0.5),
    exceptions: r.chance(0.45),
    tailCalls: r.chance(0.3),
    bulk: r.chance(0.35),
    threads: r.chance(0.12),
    multiValue: r.chance(0.7),
    recklessness: r.pick([0, 0, 0.003, 0.03]),
    fuelTraps: r.chance(0.15),
    control: kind === 0 ? 0.4 : 0.22,
    calls: kind === 1 ? 0.3 : 0.14,
    size: r.pick([6, 15, 30, 60, 150]),
    locals: r.pick([4, 6, 6, 40]),
    depth: r.pick([2, 4, 7]),
  };
}

export function valueTypes(profile: Profile): ValType[] {
  const types = [I32, I32, I32, I64, I64, F32, F64];
  if (profile.simd) types.push(V128, V128);
  if (profile.references) types.push(FUNCREF, EXTERNREF);
  return types;
}

function drawTypes(r: Random, profile: Profile): FuncType[] {
  const values = valueTypes(profile);
  const some = (max: number) => Array.from({ length: r.below(max + 1) }, () => r.pick(values));
  const types: FuncType[] = [
    { params: [], results: [] },
    { params: [I32], results: [I32] },
  ];
  for (let i = r.between(2, 5); i > 0; i--)
    types.push({ params: some(r.chance(0.1) ? 10 : 3), results: some(profile.multiValue ? 3 : 1) });
  return types;
}

export function drawPlan(r: Random, offer?: Offer): Plan {
  const profile = drawProfile(r);
  const types = drawTypes(r, profile);
  const values = valueTypes(profile);
  const numeric = values.filter((t) => t !== V128 && t !== FUNCREF && t !== EXTERNREF);
  const functions: PlannedFunction[] = [];
  // JS cannot pass v128: only types without it may be served by the host.
  const hostTypes = types.filter((t) => !t.params.includes(V128) && !t.results.includes(V128));
  for (let i = r.below(4); i > 0; i--)
    functions.push({ type: r.pick(hostTypes), from: { module: "env", name: `host${i}` }, leaf: false });
  if (r.chance(0.3))
    functions.push({ type: r.pick(hostTypes), from: { module: "env", name: "again" }, leaf: false });
  if (profile.exceptions && r.chance(0.5))
    functions.push({ type: r.pick(hostTypes), from: { module: "env", name: "throws" }, leaf: false });
  for (const f of offer?.functions ?? [])
    if (r.chance(0.6))
      functions.push({ type: f.type, from: { module: offer!.module, name: f.name }, leaf: false });
  for (let i = r.between(1, r.chance(0.1) ? 25 : 7); i > 0; i--)
    functions.push({ type: r.pick(types), leaf: r.chance(0.2) });

  const limitsOf = (min: number): Limits => (r.chance(0.6) ? { min, max: min + r.below(8) } : { min });
  const tables: PlannedTable[] = [];
  for (const t of offer?.tables ?? [])
    if (r.chance(0.7))
      tables.push({
        element: t.element,
        limits: t.limits,
        from: { module: offer!.module, name: t.name },
        exported: false,
        constant: false,
      });
  if (r.chance(0.15))
    tables.push({
      element: FUNCREF,
      limits: { min: 8 },
      from: { module: "env", name: "table" },
      exported: false,
      constant: false,
    });
  for (let i = r.below(3); i > 0; i--)
    tables.push({
      element: profile.references && r.chance(0.25) ? EXTERNREF : FUNCREF,
      limits: limitsOf(r.between(3, 10)),
      exported: r.chance(0.4),
      constant: r.chance(0.4),
    });

  const globals: PlannedGlobal[] = [];
  for (const g of offer?.globals ?? [])
    if (r.chance(0.6))
      globals.push({
        type: g.type,
        mutable: g.mutable,
        from: { module: offer!.module, name: g.name },
        exported: false,
      });
  for (let i = r.below(3); i > 0; i--)
    globals.push({
      type: r.pick(numeric),
      mutable: r.chance(0.5),
      from: { module: "env", name: `global${i}` },
      exported: false,
    });
  globals.push({ type: I32, mutable: true, exported: false }); // the fuel: see fuelGlobal()
  for (let i = r.below(6); i > 0; i--)
    globals.push({ type: r.pick(values), mutable: r.chance(0.8), exported: r.chance(0.3) });

  const tags: Plan["tags"] = [];
  if (profile.exceptions) {
    for (const t of offer?.tags ?? [])
      if (r.chance(0.7)) tags.push({ params: t.params, from: { module: offer!.module, name: t.name } });
    if (r.chance(0.3)) tags.push({ params: [I32], from: { module: "env", name: "tag" } });
    for (let i = r.between(1, 3); i > 0; i--)
      tags.push({ params: Array.from({ length: r.below(3) }, () => r.pick(values)) });
  }

  let memory: Plan["memory"];
  if (offer?.memory && r.chance(0.5))
    memory = {
      limits: offer.memory.limits,
      from: { module: offer.module, name: offer.memory.name },
      exported: false,
    };
  else if (profile.threads || r.chance(0.8)) {
    const min = r.between(1, 2);
    const limits: Limits = profile.threads
      ? { min, max: min + 2, shared: true }
      : { min, max: min + r.below(4) };
    memory = r.chance(0.15)
      ? { limits, from: { module: "env", name: "memory" }, exported: false }
      : { limits, exported: r.chance(0.5) };
  }
  const count = (n: number) =>
    profile.bulk ? Array.from({ length: r.below(n + 1) }, () => r.between(0, 40)) : [];
  return {
    profile,
    types,
    functions,
    tables,
    globals,
    tags,
    memory,
    dataLengths: memory ? count(3) : [],
    elementLengths: tables.some((t) => t.element === FUNCREF) ? count(2).map((n) => n % 9) : [],
    hasStart: r.chance(0.3),
  };
}

/** The fuel: the first global of the module's own. */
export function fuelGlobal(plan: Plan): number {
  return plan.globals.findIndex((g) => !g.from);
}
