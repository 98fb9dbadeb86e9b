/** Value types by their byte in the binary format. */
export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const V128 = 0x7b;
export const FUNCREF = 0x70;
export const EXTERNREF = 0x6f;
export type ValType = number;

export interface FuncType {
  readonly params: readonly ValType[];
  readonly results: readonly ValType[];
}

export function isReference(type: ValType): boolean {
  return type === FUNCREF || type === EXTERNREF;
}

export function typeKey(type: FuncType): string {
  return `${type.params.join()}>${type.results.join()}`;
}

/** A growing byte string with the encodings of the binary format. */
export class Bytes {
  readonly out: number[] = [];

  u8(...bytes: number[]): this {
    for (const byte of bytes) this.out.push(byte & 255);
    return this;
  }

  u32(value: number): this {
    let rest = value >>> 0;
    do {
      const low = rest & 127;
      rest >>>= 7;
      this.out.push(rest ? low | 128 : low);
    } while (rest);
    return this;
  }

  s64(value: bigint): this {
    let rest = BigInt.asIntN(64, value);
    for (;;) {
      const low = Number(rest & 127n);
      rest >>= 7n;
      if ((rest === 0n && !(low & 64)) || (rest === -1n && low & 64)) {
        this.out.push(low);
        return this;
      }
      this.out.push(low | 128);
    }
  }

  s32(value: number): this {
    return this.s64(BigInt(value | 0));
  }

  f32(value: number): this {
    return this.raw(new Uint8Array(new Float32Array([value]).buffer));
  }

  f64(value: number): this {
    return this.raw(new Uint8Array(new Float64Array([value]).buffer));
  }

  raw(bytes: ArrayLike<number>): this {
    for (let i = 0; i < bytes.length; i++) this.out.push(bytes[i] as number);
    return this;
  }

  name(text: string): this {
    const bytes = new TextEncoder().encode(text);
    return this.u32(bytes.length).raw(bytes);
  }

  types(types: readonly ValType[]): this {
    return this.u32(types.length).raw(types);
  }

  get length(): number {
    return this.out.length;
  }
}

export function section(id: number, body: ArrayLike<number>): number[] {
  return new Bytes().u8(id).u32(body.length).raw(body).out;
}

export function header(): number[] {
  return [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
}

export interface Limits {
  readonly min: number;
  readonly max?: number;
  readonly shared?: boolean;
}

export function limits(of: Limits): number[] {
  const flags = (of.max === undefined ? 0 : 1) | (of.shared ? 2 : 0);
  const bytes = new Bytes().u8(flags).u32(of.min);
  if (of.max !== undefined) bytes.u32(of.max);
  return bytes.out;
}

export type Import = { module: string; name: string } & (
  | { kind: "func"; type: FuncType }
  | { kind: "table"; element: ValType; limits: Limits }
  | { kind: "memory"; limits: Limits }
  | { kind: "global"; type: ValType; mutable: boolean }
  | { kind: "tag"; params: readonly ValType[] }
);

export const EXPORT_KINDS = ["func", "table", "memory", "global", "tag"] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

/** Collects the parts of a module; `finish` lays the sections out in their order. */
export class ModuleBuilder {
  readonly types: FuncType[] = [];
  readonly imports: Import[] = [];
  readonly funcs: { type: FuncType; locals: ValType[]; code: number[] }[] = [];
  readonly tables: { element: ValType; limits: Limits }[] = [];
  readonly memories: Limits[] = [];
  readonly tags: FuncType[] = [];
  readonly globals: { type: ValType; mutable: boolean; init: number[] }[] = [];
  readonly exports: { name: string; kind: ExportKind; index: number }[] = [];
  /** Element segments, each already encoded. */
  readonly elements: number[][] = [];
  readonly datas: number[][] = [];
  start: number | undefined;
  private readonly typeIndex = new Map<string, number>();

  typeOf(type: FuncType): number {
    const key = typeKey(type);
    let index = this.typeIndex.get(key);
    if (index === undefined) {
      index = this.types.push(type) - 1;
      this.typeIndex.set(key, index);
    }
    return index;
  }

  private vec(id: number, items: readonly (readonly number[])[]): number[] {
    if (items.length === 0) return [];
    const body = new Bytes().u32(items.length);
    for (const item of items) body.raw(item);
    return section(id, body.out);
  }

  private encodeImport(imported: Import): number[] {
    const to = new Bytes().name(imported.module).name(imported.name);
    switch (imported.kind) {
      case "func":
        return to.u8(0).u32(this.typeOf(imported.type)).out;
      case "table":
        return to.u8(1, imported.element).raw(limits(imported.limits)).out;
      case "memory":
        return to.u8(2).raw(limits(imported.limits)).out;
      case "global":
        return to.u8(3, imported.type, imported.mutable ? 1 : 0).out;
      case "tag":
        return to.u8(4, 0).u32(this.typeOf({ params: imported.params, results: [] })).out;
    }
  }

  private static encodeBody(locals: readonly ValType[], code: readonly number[]): number[] {
    const groups: [number, ValType][] = [];
    for (const type of locals) {
      const last = groups[groups.length - 1];
      if (last && last[1] === type) last[0]++;
      else groups.push([1, type]);
    }
    const body = new Bytes().u32(groups.length);
    for (const [count, type] of groups) body.u32(count).u8(type);
    body.raw(code).u8(0x0b);
    return new Bytes().u32(body.length).raw(body.out).out;
  }

  finish(): Uint8Array {
    const imports = this.imports.map((i) => this.encodeImport(i));
    const funcs = this.funcs.map((f) => new Bytes().u32(this.typeOf(f.type)).out);
    const tags = this.tags.map((t) => new Bytes().u8(0).u32(this.typeOf(t)).out);
    const types = this.types.map((t) => new Bytes().u8(0x60).types(t.params).types(t.results).out);
    return Uint8Array.from([
      ...header(),
      ...this.vec(1, types),
      ...this.vec(2, imports),
      ...this.vec(3, funcs),
      ...this.vec(
        4,
        this.tables.map((t) => [t.element, ...limits(t.limits)]),
      ),
      ...this.vec(5, this.memories.map(limits)),
      ...this.vec(13, tags),
      ...this.vec(
        6,
        this.globals.map((g) => [g.type, g.mutable ? 1 : 0, ...g.init, 0x0b]),
      ),
      ...this.vec(
        7,
        this.exports.map((e) => new Bytes().name(e.name).u8(EXPORT_KINDS.indexOf(e.kind)).u32(e.index).out),
      ),
      ...(this.start === undefined ? [] : section(8, new Bytes().u32(this.start).out)),
      ...this.vec(9, this.elements),
      ...(this.datas.length ? section(12, new Bytes().u32(this.datas.length).out) : []),
      ...this.vec(
        10,
        this.funcs.map((f) => ModuleBuilder.encodeBody(f.locals, f.code)),
      ),
      ...this.vec(11, this.datas),
    ]);
  }
}
