import {
  EXPORT_KINDS,
  type ExportKind,
  type FuncType,
  type Import,
  type Limits,
  type ValType,
} from "./encode.js";

export interface Section {
  readonly id: number;
  /** Where the section's id byte, and its contents, begin. */
  readonly offset: number;
  readonly start: number;
  readonly end: number;
}

/** What the fuzzer has to know about a valid module: its types, index spaces, imports and exports. */
export interface Shape {
  readonly sections: Section[];
  readonly types: FuncType[];
  readonly imports: Import[];
  /** Index spaces, imports first. */
  readonly funcs: FuncType[];
  readonly tables: { element: ValType; limits: Limits }[];
  readonly memories: Limits[];
  readonly globals: { type: ValType; mutable: boolean }[];
  readonly tags: FuncType[];
  readonly exports: { name: string; kind: ExportKind; index: number }[];
  readonly hasStart: boolean;
}

const textDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

export class Cursor {
  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
  ) {}

  u8(): number {
    if (this.at >= this.bytes.length) throw new Error(`module ends at ${this.at}`);
    return this.bytes[this.at++] as number;
  }

  /** Any LEB128 of up to 32 significant bits, unsigned. */
  u32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8();
      value += (byte & 127) * 2 ** shift;
      if (!(byte & 128)) return value;
      if (shift > 28) throw new Error(`integer too long at ${this.at}`);
    }
  }

  skipLeb(): void {
    while (this.u8() & 128);
  }

  name(): string {
    const length = this.u32();
    this.at += length;
    return textDecoder.decode(this.bytes.subarray(this.at - length, this.at));
  }

  vec<T>(item: () => T): T[] {
    const list: T[] = [];
    for (let n = this.u32(); n > 0; n--) list.push(item());
    return list;
  }

  limits(): Limits {
    const flags = this.u8();
    if (flags > 3) throw new Error(`unknown limits flag ${flags}`);
    const min = this.u32();
    const max = flags & 1 ? this.u32() : undefined;
    return { min, ...(max === undefined ? {} : { max }), ...(flags & 2 ? { shared: true } : {}) };
  }

  constantExpression(): void {
    for (;;) {
      const op = this.u8();
      if (op === 0x0b) return;
      if (op === 0x41 || op === 0x42 || op === 0x23 || op === 0xd2) this.skipLeb();
      else if (op === 0x43) this.at += 4;
      else if (op === 0x44) this.at += 8;
      else if (op === 0xd0) this.u8();
      else if (op === 0xfd) {
        this.u32();
        this.at += 16;
      } else if (!(op >= 0x6a && op <= 0x7e)) throw new Error(`unknown constant instruction ${op}`);
    }
  }
}

export function sectionsOf(bytes: Uint8Array): Section[] {
  const cursor = new Cursor(bytes, 8);
  const sections: Section[] = [];
  while (cursor.at < bytes.length) {
    const offset = cursor.at;
    const id = cursor.u8();
    const size = cursor.u32();
    const start = cursor.at;
    if (start + size > bytes.length) throw new Error(`section at ${offset} runs past the end`);
    sections.push({ id, offset, start, end: start + size });
    cursor.at = start + size;
  }
  return sections;
}

/** Throws for modules that use what the fuzzer does not know; the engine must have validated the bytes. */
export function shapeOf(bytes: Uint8Array): Shape {
  const sections = sectionsOf(bytes);
  const shape: Shape & { hasStart: boolean } = {
    sections,
    types: [],
    imports: [],
    funcs: [],
    tables: [],
    memories: [],
    globals: [],
    tags: [],
    exports: [],
    hasStart: false,
  };
  for (const { id, start } of sections) {
    const c = new Cursor(bytes, start);
    const types = () => c.vec(() => c.u8());
    const global = () => ({ type: c.u8(), mutable: c.u8() === 1 });
    if (id === 1)
      for (const type of c.vec(() => {
        if (c.u8() !== 0x60) throw new Error("not a function type");
        return { params: types(), results: types() };
      }))
        shape.types.push(type);
    else if (id === 2)
      c.vec(() => {
        const module = c.name();
        const name = c.name();
        const kind = c.u8();
        if (kind === 0) {
          const type = shape.types[c.u32()]!;
          shape.funcs.push(type);
          shape.imports.push({ module, name, kind: "func", type });
        } else if (kind === 1) {
          const table = { element: c.u8(), limits: c.limits() };
          shape.tables.push(table);
          shape.imports.push({ module, name, kind: "table", ...table });
        } else if (kind === 2) {
          const memory = c.limits();
          shape.memories.push(memory);
          shape.imports.push({ module, name, kind: "memory", limits: memory });
        } else if (kind === 3) {
          const g = global();
          shape.globals.push(g);
          shape.imports.push({ module, name, kind: "global", ...g });
        } else {
          c.u8();
          const type = shape.types[c.u32()]!;
          shape.tags.push(type);
          shape.imports.push({ module, name, kind: "tag", params: type.params });
        }
      });
    else if (id === 3) c.vec(() => shape.funcs.push(shape.types[c.u32()]!));
    else if (id === 4) c.vec(() => shape.tables.push({ element: c.u8(), limits: c.limits() }));
    else if (id === 5) c.vec(() => shape.memories.push(c.limits()));
    else if (id === 6)
      c.vec(() => {
        shape.globals.push(global());
        c.constantExpression();
      });
    else if (id === 7)
      c.vec(() => {
        const name = c.name();
        const kind = EXPORT_KINDS[c.u8()];
        if (kind === undefined) throw new Error("unknown kind of export");
        shape.exports.push({ name, kind, index: c.u32() });
      });
    else if (id === 8) shape.hasStart = true;
    else if (id === 13)
      c.vec(() => {
        c.u8();
        shape.tags.push(shape.types[c.u32()]!);
      });
  }
  return shape;
}
