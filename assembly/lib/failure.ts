// The one error of a translation: what, and where in the input. Nothing is thrown: the first failure is kept,
// the reader jumps to its end, and every loop over the input ends because of that.

import { Buffer } from "./buffer";

/** Codes of docs/translator.md, section 10. */
export const enum Failure {
  None = 0,
  Malformed = 1,
  Unsupported = 2,
  Limit = 3,
  Reserved = 4,
}

export let failureCode: i32 = Failure.None;
export let failureOffset: u32 = 0;
export const failureText = new Buffer(256);

/** Keeps the first failure. `offset` is a byte offset in the input. */
export function fail(code: Failure, offset: u32, text: string): void {
  if (failureCode != Failure.None) return;
  failureCode = code;
  failureOffset = offset;
  failureText.ascii(text);
}

/** As `fail`, naming a function of the module by its index. */
export function failFunction(code: Failure, offset: u32, functionIndex: u32, text: string): void {
  if (failureCode != Failure.None) return;
  fail(code, offset, "function ");
  failureText.decimal(functionIndex);
  failureText.ascii(": ");
  failureText.ascii(text);
}

@inline export function failed(): bool {
  return failureCode != Failure.None;
}
