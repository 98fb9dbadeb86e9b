import type { Random } from "../random.js";
import {
  Bytes,
  EXTERNREF,
  F32,
  F64,
  FUNCREF,
  type FuncType,
  I32,
  I64,
  isReference,
  V128,
  type ValType,
} from "./encode.js";
import { fuelGlobal, type Plan, valueTypes } from "./plan.js";

export interface Frame {
  readonly kind: "func" | "block" | "loop" | "if" | "else" | "try" | "catch";
  readonly params: readonly ValType[];
  readonly results: readonly ValType[];
  /** Height of the operand stack below the frame's own operands. */
  readonly height: number;
  /** Behind a branch: operands come from nowhere. */
  dead: boolean;
}

/** Where the module's shared pieces lie, as the body needs them. */
export interface Surroundings {
  readonly plan: Plan;
  typeOf(type: FuncType): number;
  /** Functions that make a float or vector canonical, by type. */
  readonly canonical: ReadonlyMap<ValType, number>;
  /** Functions that a reference may name. */
  readonly referable: readonly number[];
}

/**
 * The code of one function while it is written: bytes, the types on the operand stack, the open frames. Keeps
 * them valid; what is to be written is decided in steps.ts.
 */
export class Body {
  readonly code = new Bytes();
  readonly stack: ValType[] = [];
  readonly frames: Frame[] = [];
  readonly locals: ValType[];
  readonly values: ValType[];
  /** Locals that only counted loops may write. */
  readonly reserved = new Set<number>();
  countedDepth = 0;
  steps: number;

  constructor(
    readonly around: Surroundings,
    readonly r: Random,
    readonly type: FuncType,
    readonly leaf: boolean,
  ) {
    const { profile } = around.plan;
    this.values = valueTypes(profile);
    this.locals = [...type.params];
    for (let i = r.below(profile.locals); i > 0; i--) this.locals.push(r.pick(this.values));
    this.steps = 1 + r.below(profile.size * (leaf ? 0.5 : 1.5) + 1);
    this.frames.push({ kind: "func", params: [], results: type.results, height: 0, dead: false });
  }

  get frame(): Frame {
    return this.frames[this.frames.length - 1]!;
  }

  get plan(): Plan {
    return this.around.plan;
  }

  /** Operands of the innermost frame. */
  get available(): number {
    return this.stack.length - this.frame.height;
  }

  op(...bytes: number[]): Bytes {
    return this.code.u8(...bytes);
  }

  newLocal(type: ValType): number {
    return this.locals.push(type) - 1;
  }

  /** Takes operands of these types off the simulated stack; they must be there, or the code be dead. */
  pop(types: readonly ValType[]): void {
    for (let i = types.length - 1; i >= 0; i--) {
      if (this.available === 0 && this.frame.dead) continue;
      const top = this.available > 0 ? this.stack.pop() : undefined;
      if (top !== types[i]) throw new Error(`operand ${top} found instead of ${types[i]}`);
    }
  }

  constant(type: ValType): void {
    const { r } = this;
    if (type === I32)
      this.op(0x41).s32(
        r.pick([0, 1, 2, 3, 7, 8, -1, 255, 65535, 65536, 0x7fffffff, -0x80000000, r.below(64), r.u32() | 0]),
      );
    else if (type === I64)
      this.op(0x42).s64(
        r.pick([
          0n,
          1n,
          -1n,
          5n,
          1n << 32n,
          -(1n << 63n),
          (1n << 63n) - 1n,
          BigInt(r.below(100)),
          (BigInt(r.u32()) << 32n) | BigInt(r.u32()),
        ]),
      );
    else if (type === F32)
      this.op(0x43).f32(r.pick([0, -0, 1, -1.5, 3e38, Infinity, 1e-40, r.below(1000) / 8]));
    else if (type === F64)
      this.op(0x44).f64(r.pick([0, -0, 1, -2.5, 1e308, -Infinity, 5e-324, r.below(100000) / 64, 4294967296]));
    else if (type === V128) {
      this.op(0xfd, 12);
      const lane = r.u32();
      for (let i = 0; i < 16; i++) this.op(r.chance(0.5) ? lane >> ((i & 3) * 8) : r.below(256));
    } else if (type === FUNCREF && this.around.referable.length && r.chance(0.7))
      this.op(0xd2).u32(r.pick(this.around.referable));
    else this.op(0xd0, type);
    this.stack.push(type);
  }

  /** Puts one value of the type on the stack, from somewhere. */
  push(type: ValType): void {
    const { r } = this;
    if (r.chance(0.55)) {
      const from = this.locals.flatMap((t, i) => (t === type ? [i] : []));
      if (from.length) {
        this.op(0x20).u32(r.pick(from));
        this.stack.push(type);
        return;
      }
    }
    if (r.chance(0.3)) {
      const fuel = fuelGlobal(this.plan);
      const from = this.plan.globals.flatMap((g, i) => (g.type === type && i !== fuel ? [i] : []));
      if (from.length) {
        this.op(0x23).u32(r.pick(from));
        this.stack.push(type);
        return;
      }
    }
    this.constant(type);
  }

  /** Makes the top of the stack have these types: keeps what fits already, and leaves the rest below. */
  need(types: readonly ValType[]): void {
    let keep = 0;
    for (let n = Math.min(types.length, this.available); n > 0 && keep === 0; n--) {
      const base = this.stack.length - n;
      if (types.slice(0, n).every((t, i) => this.stack[base + i] === t)) keep = n;
    }
    if (keep && this.r.chance(0.25)) keep = 0;
    for (const type of types.slice(keep)) this.push(type);
  }

  drop(): void {
    this.op(0x1a);
    this.stack.pop();
  }

  /** Makes the operands of the frame exactly these. */
  settle(types: readonly ValType[]): void {
    const { height, dead } = this.frame;
    let fits = 0;
    while (
      fits < types.length &&
      height + fits < this.stack.length &&
      this.stack[height + fits] === types[fits]
    )
      fits++;
    while (this.available > fits) this.drop();
    if (dead && this.available === 0 && this.r.chance(0.8)) {
      this.stack.push(...types); // out of nowhere: the code is never reached
      return;
    }
    for (const type of types.slice(fits)) this.push(type);
  }

  /** The rest of the frame is never reached. */
  cut(): void {
    this.stack.length = this.frame.height;
    this.frame.dead = true;
  }

  blockType(params: readonly ValType[], results: readonly ValType[]): void {
    if (params.length === 0 && results.length === 0) this.op(0x40);
    else if (params.length === 0 && results.length === 1) this.op(results[0]!);
    else this.code.s32(this.around.typeOf({ params: [...params], results: [...results] }));
  }

  /** Opens a frame whose parameters are on the stack (or of a catch: are put there). */
  open(kind: Frame["kind"], params: readonly ValType[], results: readonly ValType[]): void {
    if (kind !== "catch" && kind !== "else") this.pop(params);
    const dead = false;
    this.frames.push({ kind, params, results, height: this.stack.length, dead });
    this.stack.push(...params);
  }

  /** Leaves the innermost frame; the caller writes `end`, `else` or `catch`. The results stay off the stack. */
  close(): Frame {
    this.settle(this.frame.results);
    const frame = this.frames.pop()!;
    this.stack.length = frame.height;
    return frame;
  }

  labelTypes(depth: number): readonly ValType[] {
    const frame = this.frames[this.frames.length - 1 - depth]!;
    return frame.kind === "loop" ? frame.params : frame.results;
  }

  /** Puts the zero of each type on the stack. */
  defaults(types: readonly ValType[]): void {
    for (const type of types) {
      if (type === I32) this.op(0x41, 0);
      else if (type === I64) this.op(0x42, 0);
      else if (type === F32) this.op(0x43).f32(0);
      else if (type === F64) this.op(0x44).f64(0);
      else if (type === V128) this.op(0xfd, 12, ...new Array<number>(16).fill(0));
      else this.op(0xd0, type);
    }
  }

  /** Takes a unit of fuel; without any left the function returns zeros, or traps. */
  burn(): void {
    const fuel = fuelGlobal(this.plan);
    this.op(0x23).u32(fuel);
    this.op(0x45, 0x04, 0x40);
    if (this.plan.profile.fuelTraps) this.op(0x00);
    else {
      this.defaults(this.type.results);
      this.op(0x0f);
    }
    this.op(0x0b, 0x23).u32(fuel);
    this.op(0x41, 1, 0x6b, 0x24).u32(fuel);
  }

  /** A float or vector that may be a NaN of the engine's making is replaced by a canonical one. */
  canonicalize(type: ValType): void {
    const helper = this.around.canonical.get(type);
    if (helper !== undefined) this.op(0x10).u32(helper);
  }

  writableLocals(): number[] {
    return this.locals.flatMap((_, i) => (this.reserved.has(i) ? [] : [i]));
  }

  isReference(type: ValType): boolean {
    return isReference(type);
  }

  get externAllowed(): boolean {
    return this.values.includes(EXTERNREF);
  }
}
