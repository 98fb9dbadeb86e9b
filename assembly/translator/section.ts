// The output module under construction, and the section that is being written.

import { Buffer } from "../lib/buffer";

export const moduleBytes = new Buffer(1 << 16);
export const section = new Buffer(1 << 16);

/** Ends the section under construction. */
export function finishSection(id: u32): void {
  moduleBytes.byte(id);
  moduleBytes.vector(section.ptr, section.length);
  section.clear();
}

/** A length-prefixed name of an ASCII prefix and a number. */
export function writeNumbered(prefix: string, n: u32): void {
  const text = new Buffer(32);
  text.ascii(prefix);
  text.decimal(n);
  section.vector(text.ptr, text.length);
}
