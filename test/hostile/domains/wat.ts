// Guests in the text format.
import { readAbi } from "../../../tools/abi/model.mjs";

export const { hypercalls: HYPERCALLS } = await readAbi();

const GENERIC = `(import "hv" "hypercall" (func $hypercall (param i32 i64 i64 i64 i64 i64) (result i32)))`;

export interface GuestText {
  /** Names of hypercalls; "all", or "hypercall" for the generic one. */
  readonly imports?: readonly string[];
  readonly memory?: string;
  readonly body: string;
}

/** A module of these parts; hypercalls are there as $NAME. */
export function guest({ imports = [], memory = "", body }: GuestText): string {
  const named = HYPERCALLS.filter(({ name }) => imports.includes("all") || imports.includes(name));
  const lines = named.map(({ name, parameters }) => {
    const types = parameters.map(({ wasm }) => ` (param ${wasm})`).join("");
    return `(import "hv" "${name}" (func $${name}${types} (result i32)))`;
  });
  if (imports.includes("hypercall") || imports.includes("all")) lines.push(GENERIC);
  return `(module ${lines.join("\n")} ${memory} ${body})`;
}

/** A call of a hypercall with arguments that are numbers, or expressions in parentheses. */
export function call(name: string, ...values: string[]): string {
  const { parameters } = HYPERCALLS.find((each) => each.name === name)!;
  const texts = parameters.map(({ wasm }, index) => {
    const value = values[index] ?? "0";
    return value.startsWith("(") ? value : `(${wasm}.const ${value})`;
  });
  return `(call $${name} ${texts.join(" ")})`;
}
