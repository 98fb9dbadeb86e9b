import { Cursor, type Shape } from "./decode.js";
import { Bytes, header, section } from "./encode.js";

/** Passes over one instruction, its immediates included; returns its opcode. */
function skipInstruction(c: Cursor): number {
  const op = c.u8();
  const lebs = (n: number) => {
    for (let i = 0; i < n; i++) c.skipLeb();
  };
  if (op === 0x02 || op === 0x03 || op === 0x04 || op === 0x06) lebs(1);
  else if (op === 0x07 || op === 0x08 || op === 0x09 || op === 0x0c || op === 0x0d || op === 0x18) lebs(1);
  else if (op === 0x0e) lebs(c.u32() + 1);
  else if (op === 0x10 || op === 0x12 || op === 0xd2 || op === 0xd0) lebs(1);
  else if (op === 0x11 || op === 0x13) lebs(2);
  else if (op === 0x1c) c.vec(() => c.u8());
  else if (op >= 0x20 && op <= 0x26) lebs(1);
  else if (op >= 0x28 && op <= 0x3e) lebs(2);
  else if (op === 0x3f || op === 0x40 || op === 0x41 || op === 0x42) lebs(1);
  else if (op === 0x43) c.at += 4;
  else if (op === 0x44) c.at += 8;
  else if (op === 0xfc) {
    const sub = c.u32();
    if (sub === 8 || sub === 10 || sub === 12 || sub === 14) lebs(2);
    else if (sub >= 9) lebs(1);
  } else if (op === 0xfd) {
    const sub = c.u32();
    if (sub <= 11 || sub === 92 || sub === 93) lebs(2);
    else if (sub === 12 || sub === 13) c.at += 16;
    else if (sub >= 21 && sub <= 34) c.at += 1;
    else if (sub >= 84 && sub <= 91) {
      lebs(2);
      c.at += 1;
    }
  } else if (op === 0xfe) {
    if (c.u32() === 3) c.at += 1;
    else lebs(2);
  }
  return op;
}

export interface BodyParts {
  /** The declarations of locals. */
  readonly locals: number[];
  /** One entry for each instruction, without the final `end`. */
  readonly instructions: number[][];
}

export function readBodies(bytes: Uint8Array, shape: Shape): BodyParts[] {
  const code = shape.sections.find((s) => s.id === 10);
  if (!code) return [];
  const c = new Cursor(bytes, code.start);
  return c.vec(() => {
    const size = c.u32();
    const end = c.at + size;
    const start = c.at;
    c.vec(() => {
      c.u32();
      c.u8();
    });
    const locals = [...bytes.subarray(start, c.at)];
    const instructions: number[][] = [];
    while (c.at < end - 1) {
      const from = c.at;
      skipInstruction(c);
      instructions.push([...bytes.subarray(from, c.at)]);
    }
    c.at = end;
    return { locals, instructions };
  });
}

/** The module with other bodies. */
export function withBodies(bytes: Uint8Array, shape: Shape, bodies: readonly BodyParts[]): Uint8Array {
  const out = new Bytes().raw(header());
  for (const s of shape.sections) {
    if (s.id !== 10) {
      out.raw(bytes.subarray(s.offset, s.end));
      continue;
    }
    const code = new Bytes().u32(bodies.length);
    for (const { locals, instructions } of bodies) {
      const body = [...locals, ...instructions.flat(), 0x0b];
      code.u32(body.length).raw(body);
    }
    out.raw(section(10, code.out));
  }
  return Uint8Array.from(out.out);
}
