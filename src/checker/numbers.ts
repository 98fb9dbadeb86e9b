// Numbers of which only the bounds are known, and which other number they were made from: lengths of bulk
// operations, and charges in proportion to them.
import { any, type NumberValue, type Value } from "./values.js";

const highest = 0xffffffff;

export function lowerBound(value: Value): number {
  if (value.kind === "const") return value.value >>> 0;
  return value.kind === "number" ? value.min : 0;
}

/** The largest unsigned number that a value can be. */
export function upperBound(value: Value): number {
  if (value.kind === "const") return value.value >>> 0;
  return value.kind === "number" ? value.max : highest;
}

export function nameOf(value: Value): string | undefined {
  switch (value.kind) {
    case "const":
      return `${value.value >>> 0}`;
    case "local":
      return `local ${value.local}, set ${value.version} times`;
    case "number":
      return value.name;
    default:
      return undefined;
  }
}

/** Either of two numbers. */
export function oneOf(a: Value, b: Value): Value {
  const max = Math.max(upperBound(a), upperBound(b));
  return max < highest ? { kind: "number", min: Math.min(lowerBound(a), lowerBound(b)), max } : any;
}

/** min(value, limit) */
export function minimum(value: Value, limit: number): NumberValue {
  const name = nameOf(value);
  const max = Math.min(upperBound(value), limit);
  const bounds = { kind: "number", min: Math.min(lowerBound(value), limit), max } as const;
  return name === undefined ? bounds : { ...bounds, name: `min(${name}, ${limit})` };
}

/** value >>> bits, or value << bits for negative `bits` as long as nothing is shifted out. */
export function shifted(value: Value, bits: number): Value {
  const scale = 2 ** -bits;
  const min = Math.floor(lowerBound(value) * scale);
  const max = Math.floor(upperBound(value) * scale);
  if (max >= highest) return any;
  const name = nameOf(value);
  if (name === undefined) return { kind: "number", min, max };
  return { kind: "number", min, max, name: `(${name}) * ${scale}`, share: { name, per: 1 / scale } };
}

/** value + amount for a small positive amount, if that cannot wrap around. */
export function plus(value: NumberValue, amount: number): Value {
  const max = value.max + amount;
  if (amount < 0 || max >= highest) return any;
  const name = value.name === undefined ? {} : { name: `${value.name} + ${amount}` };
  return { ...value, min: value.min + amount, max, ...name };
}
