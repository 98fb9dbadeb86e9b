import { Cursor, type Shape, shapeOf } from "./decode.js";
import { Bytes, EXPORT_KINDS, type ExportKind, type FuncType, header, I64, section, V128 } from "./encode.js";

interface Additions {
  readonly exports: { name: string; kind: ExportKind; index: number }[];
  readonly funcs: { type: FuncType; code: number[]; locals?: number[] }[];
}

/** The module with functions and exports added behind its own: no index of its own changes. */
function append(bytes: Uint8Array, shape: Shape, add: Additions): Uint8Array {
  const counted = (id: number, items: number[][]): [number[], number] => {
    const old = shape.sections.find((s) => s.id === id);
    const cursor = old ? new Cursor(bytes, old.start) : undefined;
    const count = cursor ? cursor.u32() : 0;
    const body = new Bytes().u32(count + items.length);
    if (old && cursor) body.raw(bytes.subarray(cursor.at, old.end));
    for (const item of items) body.raw(item);
    return [body.out, count];
  };
  const typeCount = shape.types.length;
  const replaced = new Map<number, number[]>();
  const put = (id: number, items: number[][]) => items.length && replaced.set(id, counted(id, items)[0]);
  put(
    1,
    add.funcs.map((f) => new Bytes().u8(0x60).types(f.type.params).types(f.type.results).out),
  );
  put(
    3,
    add.funcs.map((_, i) => new Bytes().u32(typeCount + i).out),
  );
  put(
    7,
    add.exports.map((e) => new Bytes().name(e.name).u8(EXPORT_KINDS.indexOf(e.kind)).u32(e.index).out),
  );
  put(
    10,
    add.funcs.map((f) => {
      const locals = f.locals ?? [];
      const body = new Bytes().u32(locals.length);
      for (const type of locals) body.u32(1).u8(type);
      body.raw(f.code).u8(0x0b);
      return new Bytes().u32(body.length).raw(body.out).out;
    }),
  );
  // The order of sections in a module; the tag section stands behind the memories, the data count before the code.
  const order = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];
  const out = new Bytes().raw(header());
  let next = 0;
  const flush = (before: number) => {
    while (next < before) {
      const id = order[next++] as number;
      const body = replaced.get(id);
      if (body) out.raw(section(id, body));
      replaced.delete(id);
    }
  };
  for (const s of shape.sections) {
    const rank = order.indexOf(s.id);
    if (rank >= 0) {
      flush(rank);
      const body = replaced.get(s.id);
      if (body) {
        out.raw(section(s.id, body));
        replaced.delete(s.id);
        next = rank + 1;
        continue;
      }
      next = rank + 1;
    }
    out.raw(bytes.subarray(s.offset, s.end));
  }
  flush(order.length);
  return Uint8Array.from(out.out);
}

const hasVector = (type: FuncType) => type.params.includes(V128) || type.results.includes(V128);
const split = (types: readonly number[]) => types.flatMap((t) => (t === V128 ? [I64, I64] : [t]));

/** Prefix of the added exports whose v128 parameters and results are pairs of i64, which JS can pass. */
export const VECTOR_FREE = "fuzz:flat:";

/** Adds a v128-free twin for every exported function that has v128 in its type. */
export function flattenVectors(bytes: Uint8Array): Uint8Array {
  const shape = shapeOf(bytes);
  const add: Additions = { exports: [], funcs: [] };
  for (const exported of shape.exports) {
    const type = exported.kind === "func" ? shape.funcs[exported.index] : undefined;
    if (!type || !hasVector(type)) continue;
    const code = new Bytes();
    let at = 0;
    for (const param of type.params) {
      if (param === V128) {
        code.u8(0x20).u32(at++).u8(0xfd, 18); // i64x2.splat
        code.u8(0x20).u32(at++).u8(0xfd, 30, 1); // i64x2.replace_lane 1
      } else code.u8(0x20).u32(at++);
    }
    code.u8(0x10).u32(exported.index);
    for (let i = type.results.length - 1; i >= 0; i--) code.u8(0x21).u32(at + i);
    type.results.forEach((result, i) => {
      code.u8(0x20).u32(at + i);
      if (result === V128)
        code
          .u8(0xfd, 29, 0)
          .u8(0x20)
          .u32(at + i)
          .u8(0xfd, 29, 1); // i64x2.extract_lane
    });
    add.exports.push({
      name: VECTOR_FREE + exported.name,
      kind: "func",
      index: shape.funcs.length + add.funcs.length,
    });
    add.funcs.push({
      type: { params: split(type.params), results: split(type.results) },
      code: code.out,
      locals: [...type.results],
    });
  }
  return add.funcs.length ? append(bytes, shape, add) : bytes;
}

/** Prefix of the exports by which the native run is observed: `fuzz:see:global:3`. */
export const OBSERVED = "fuzz:see:";

/**
 * The module with everything exported, to look at a native run from outside. v128 globals, which JS cannot
 * read, get a function that returns their halves.
 */
export function exposeState(bytes: Uint8Array): Uint8Array {
  const shape = shapeOf(bytes);
  const add: Additions = { exports: [], funcs: [] };
  const name = (kind: ExportKind, index: number) => `${OBSERVED}${kind}:${index}`;
  const expose = (kind: ExportKind, index: number) => ({ name: name(kind, index), kind, index });
  add.exports.push(
    ...shape.memories.map((_, i) => expose("memory", i)),
    ...shape.tables.map((_, i) => expose("table", i)),
    ...shape.funcs.map((_, i) => expose("func", i)),
  );
  for (const [i, g] of shape.globals.entries()) {
    if (g.type !== V128) {
      add.exports.push(expose("global", i));
      continue;
    }
    add.exports.push({ name: name("global", i), kind: "func", index: shape.funcs.length + add.funcs.length });
    const code = new Bytes().u8(0x23).u32(i).u8(0xfd, 29, 0).u8(0x23).u32(i).u8(0xfd, 29, 1).out;
    add.funcs.push({ type: { params: [], results: [I64, I64] }, code });
  }
  return append(bytes, shape, add);
}
