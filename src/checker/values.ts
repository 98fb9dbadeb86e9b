// What is known of a value: only what the rules need, "any" for the rest.

export type Value =
  | { readonly kind: "any" }
  /** What the local held when it had been set `version` times. */
  | { readonly kind: "local"; readonly local: number; readonly version: number }
  | { readonly kind: "const"; readonly value: number }
  /** The budget, as it was named `epoch`; it is the current one while the state has that epoch. */
  | { readonly kind: "budget"; readonly epoch: number }
  /** The stack account this function was entered with, plus `delta`. */
  | { readonly kind: "stack"; readonly delta: number }
  /** Budget | stack: negative when one of them is. */
  | { readonly kind: "either"; readonly epoch: number; readonly delta: number }
  /** Nonzero when `of` is negative (`when`), or when it is not. */
  | { readonly kind: "isNegative"; readonly of: Value; readonly when: boolean }
  /** The budget that resume() answered: of use once the weight to be charged again is added. */
  | { readonly kind: "resumed"; readonly epoch: number }
  /** What peek() told when the budget was named `epoch`; `low`: its lower half plus `delta`. */
  | { readonly kind: "peek"; readonly epoch: number; readonly low: boolean; readonly delta: number }
  /** There certainly is a frame to rewind when this is nonzero (`when`), or when it is zero. */
  | { readonly kind: "isRewinding"; readonly epoch: number; readonly when: boolean }
  /** What suspend() answered: nonzero when pinned. */
  | { readonly kind: "pinned"; readonly when: boolean }
  /** An unsigned number between the two, both included. */
  | NumberValue
  /** Nonzero (`when`) or zero: `of` is at most `max`, unsigned. */
  | { readonly kind: "isAtMost"; readonly of: Value; readonly max: number; readonly when: boolean }
  /** table_grow's answer for this table and delta; nonzero (`when`) or zero: allowed. */
  | { readonly kind: "growth"; readonly table: number; readonly by: Value; readonly when: boolean };

export interface NumberValue {
  readonly kind: "number";
  readonly min: number;
  readonly max: number;
  /** Equal names are equal numbers. */
  readonly name?: string;
  /** It is at least the number of this name, divided by `per`. */
  readonly share?: Share;
}
export interface Share {
  readonly name: string;
  readonly per: number;
}

export const any: Value = { kind: "any" };

export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case "any":
      return b.kind === "any";
    case "local":
      return b.kind === "local" && a.local === b.local && a.version === b.version;
    case "const":
      return b.kind === "const" && a.value === b.value;
    case "budget":
      return b.kind === "budget" && a.epoch === b.epoch;
    case "stack":
      return b.kind === "stack" && a.delta === b.delta;
    case "peek":
      return b.kind === "peek" && a.epoch === b.epoch && a.low === b.low && a.delta === b.delta;
    case "number":
      return b.kind === "number" && a.min === b.min && a.max === b.max && a.name === b.name;
    default:
      return false;
  }
}
