// Just enough of the binary format to write the small modules that stand between a guest and the host.
import type { FunctionType } from "../core/manifest.js";

export type Code = readonly number[];

export const I32 = 0x7f;
export const I64 = 0x7e;
const F32 = 0x7d;
const F64 = 0x7c;
export const V128 = 0x7b;
export const FUNCREF = 0x70;
export const EXTERNREF = 0x6f;

export const op = {
  unreachable: [0x00],
  if: [0x04, 0x40],
  else: [0x05],
  end: [0x0b],
  return: [0x0f],
  drop: [0x1a],
  i32Eqz: [0x45],
  i32LtS: [0x48],
  i32GtS: [0x4a],
  i64Eqz: [0x50],
  i32Eq: [0x46],
  i64LeU: [0x58],
  i32And: [0x71],
  i32Add: [0x6a],
  i32Sub: [0x6b],
  i64Add: [0x7c],
  i64ExtendI32U: [0xad],
  /** Catches everything that is thrown, of any language; a trap passes by. */
  catchAll: [0x19],
  rethrow: [0x09, 0x00],
  memorySize: [0x3f, 0x00],
  memoryGrow: [0x40, 0x00],
} as const satisfies Record<string, Code>;

export const i32Const = (value: number): Code => [0x41, ...signed(BigInt(value | 0))];
export const i64Const = (value: bigint): Code => [0x42, ...signed(value)];
export const localGet = (index: number): Code => [0x20, ...unsigned(index)];
export const localSet = (index: number): Code => [0x21, ...unsigned(index)];
export const localTee = (index: number): Code => [0x22, ...unsigned(index)];
export const globalGet = (index: number): Code => [0x23, ...unsigned(index)];
export const globalSet = (index: number): Code => [0x24, ...unsigned(index)];
export const refFunc = (index: number): Code => [0xd2, ...unsigned(index)];
/** A zero or null of a type other than v128. */
export function zero(type: number): Code {
  switch (type) {
    case I32:
      return i32Const(0);
    case I64:
      return i64Const(0n);
    case F32:
      return [0x43, 0, 0, 0, 0];
    case F64:
      return [0x44, 0, 0, 0, 0, 0, 0, 0, 0];
    default:
      return [0xd0, type];
  }
}
export const call = (index: number): Code => [0x10, ...unsigned(index)];
/** `type` is the index of a type without parameters. */
export const tryBlock = (type: number): Code => [0x06, ...signed(BigInt(type))];

export type Import =
  | { readonly kind: "function"; readonly module: string; readonly name: string; readonly type: number }
  | { readonly kind: "memory"; readonly module: string; readonly name: string; readonly shared: boolean }
  | { readonly kind: "global"; readonly module: string; readonly name: string };

export interface SmallFunction {
  readonly export: string;
  readonly type: number;
  /** Types of the locals beyond the parameters. */
  readonly locals: readonly number[];
  /** Without the final `end`. */
  readonly body: Code;
}

/** A module of imports and exported functions. Imported globals are mutable i32; memories are of any size. */
export function encodeModule(
  types: readonly FunctionType[],
  imports: readonly Import[],
  functions: readonly SmallFunction[],
): Uint8Array<ArrayBuffer> {
  const imported = imports.filter(({ kind }) => kind === "function").length;
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(
      1,
      types.map(({ params, results }) => [0x60, ...bytes(params), ...bytes(results)]),
    ),
    ...section(2, imports.map(encodeImport)),
    ...section(
      3,
      functions.map(({ type }) => unsigned(type)),
    ),
    ...section(
      7,
      functions.map((f, i) => [...name(f.export), 0x00, ...unsigned(imported + i)]),
    ),
    ...section(10, functions.map(encodeBody)),
  ]);
}

function encodeImport(item: Import): Code {
  const head = [...name(item.module), ...name(item.name)];
  switch (item.kind) {
    case "function":
      return [...head, 0x00, ...unsigned(item.type)];
    case "memory":
      return item.shared ? [...head, 0x02, 0x03, 0x00, ...unsigned(65536)] : [...head, 0x02, 0x00, 0x00];
    case "global":
      return [...head, 0x03, I32, 0x01];
  }
}

function encodeBody({ locals, body }: SmallFunction): Code {
  const whole = [...vector(locals.map((type) => [0x01, type])), ...body, ...op.end];
  return [...unsigned(whole.length), ...whole];
}

function section(id: number, items: readonly Code[]): Code {
  const body = vector(items);
  return [id, ...unsigned(body.length), ...body];
}

function vector(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function bytes(items: readonly number[]): Code {
  return [...unsigned(items.length), ...items];
}

function name(text: string): Code {
  return bytes([...new TextEncoder().encode(text)]);
}

function unsigned(value: number): Code {
  const out: number[] = [];
  let left = value;
  do {
    const low = left % 128;
    left = Math.floor(left / 128);
    out.push(left === 0 ? low : low | 0x80);
  } while (left !== 0);
  return out;
}

function signed(value: bigint): Code {
  const out: number[] = [];
  let left = value;
  for (;;) {
    const low = Number(left & 0x7fn);
    left >>= 7n;
    const done = (left === 0n && (low & 0x40) === 0) || (left === -1n && (low & 0x40) !== 0);
    out.push(done ? low : low | 0x80);
    if (done) return out;
  }
}
