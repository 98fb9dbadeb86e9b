import type { Random } from "../random.js";
import { type Section, sectionsOf } from "./decode.js";
import { Bytes } from "./encode.js";

const INTERESTING = [0, 1, 2, 0x0b, 0x40, 0x41, 0x60, 0x6f, 0x70, 0x7b, 0x7f, 0x80, 0xfc, 0xfd, 0xfe, 0xff];
/** Integers as LEB128 that are long, large or at a border. */
const LEBS: readonly number[][] = [
  [0x80, 0x00],
  [0x80, 0x80, 0x80, 0x80, 0x00],
  [0x81, 0x80, 0x80, 0x80, 0x80, 0x00],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0x7f],
  [0xff, 0xff, 0xff, 0xff, 0x07],
  [0x80, 0x80, 0x80, 0x80, 0x08],
  [0xff, 0xff, 0x03],
  [0xd0, 0x86, 0x03],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f],
];

function sections(bytes: Uint8Array): Section[] {
  try {
    return sectionsOf(bytes);
  } catch {
    return [];
  }
}

function spliced(bytes: Uint8Array, at: number, remove: number, insert: ArrayLike<number>): Uint8Array {
  const out = new Uint8Array(bytes.length - remove + insert.length);
  out.set(bytes.subarray(0, at));
  out.set(insert, at);
  out.set(bytes.subarray(at + remove), at + insert.length);
  return out;
}

/** Changes inside one section, and then its size field so that the sections behind it stay where they are found. */
function inSection(r: Random, bytes: Uint8Array, change: (body: Uint8Array) => Uint8Array): Uint8Array {
  const all = sections(bytes);
  if (!all.length) return bytes;
  const s = r.pick(all);
  const body = change(bytes.slice(s.start, s.end));
  return spliced(bytes, s.offset, s.end - s.offset, new Bytes().u8(s.id).u32(body.length).raw(body).out);
}

function replaceBytes(r: Random, bytes: Uint8Array): Uint8Array {
  const out = bytes.slice();
  for (let n = r.between(1, 4); n > 0 && out.length > 8; n--) {
    const at = 8 + r.below(out.length - 8);
    out[at] = r.chance(0.4)
      ? r.pick(INTERESTING)
      : r.chance(0.5)
        ? out[at]! ^ (1 << r.below(8))
        : r.below(256);
  }
  return out;
}

/** Exchanges an instruction for a neighbour of its group: often the module stays valid. */
function nudge(r: Random, bytes: Uint8Array): Uint8Array {
  const out = bytes.slice();
  const code = sections(bytes).find((s) => s.id === 10);
  if (!code || code.end === code.start) return replaceBytes(r, bytes);
  for (let n = r.between(1, 8); n > 0; n--) {
    const at = code.start + r.below(code.end - code.start);
    const byte = out[at]!;
    if (byte >= 0x45 && byte <= 0xbf) out[at] = byte + r.pick([-1, 1]);
    else if (byte < 8) out[at] = r.below(8);
    else out[at] = byte ^ r.pick([1, 2, 3]);
  }
  return out;
}

function shuffleSections(r: Random, bytes: Uint8Array): Uint8Array {
  const parts = sections(bytes).map((s) => bytes.subarray(s.offset, s.end));
  if (parts.length < 2) return replaceBytes(r, bytes);
  const i = r.below(parts.length);
  const j = r.below(parts.length);
  const kind = r.below(3);
  if (kind === 0) [parts[i], parts[j]] = [parts[j]!, parts[i]!];
  else if (kind === 1) parts.splice(i, 1);
  else parts.splice(j, 0, parts[i]!);
  return Uint8Array.from([...bytes.subarray(0, 8), ...parts.flatMap((p) => [...p])]);
}

/** One module with a section of another. */
function graft(r: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const mine = sections(bytes);
  const theirs = sections(other);
  if (!mine.length || !theirs.length) return bytes;
  const s = r.pick(theirs);
  const at = mine.find((m) => m.id === s.id) ?? r.pick(mine);
  return spliced(bytes, at.offset, at.end - at.offset, other.subarray(s.offset, s.end));
}

/** A module changed at one to three places; seldom valid, on purpose. `pool` lends sections. */
export function mutate(r: Random, bytes: Uint8Array, pool: readonly Uint8Array[]): Uint8Array {
  let out = bytes;
  for (
    let n = r.weighted([
      [0.7, 1],
      [0.2, 2],
      [0.1, 3],
    ]);
    n > 0;
    n--
  ) {
    const at = Math.min(out.length, 8 + r.below(Math.max(1, out.length - 8)));
    switch (r.below(10)) {
      case 0:
      case 1:
        out = replaceBytes(r, out);
        break;
      case 2:
      case 3:
        out = nudge(r, out);
        break;
      case 4:
        out = out.slice(0, r.chance(0.1) ? r.below(9) : at);
        break;
      case 5:
        out = spliced(
          out,
          at,
          0,
          Array.from({ length: r.between(1, 6) }, () => r.below(256)),
        );
        break;
      case 6:
        out = spliced(out, at, Math.min(r.between(1, 6), out.length - at), []);
        break;
      case 7:
        out = shuffleSections(r, out);
        break;
      case 8:
        out = inSection(r, out, (body) => {
          const place = r.chance(0.4) ? 0 : r.below(body.length + 1);
          const kind = r.below(3);
          if (kind === 0) return spliced(body, place, Math.min(1, body.length - place), r.pick(LEBS));
          if (kind === 1) return spliced(body, place, Math.min(body.length - place, r.between(1, 3)), []);
          const length = Math.min(body.length - place, r.between(1, 20));
          return spliced(body, place, 0, body.slice(place, place + length));
        });
        break;
      default:
        out = graft(r, out, r.pick(pool));
    }
  }
  return out;
}
