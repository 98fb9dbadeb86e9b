import { I32, I64 } from "../../fuzz/modules/encode.js";
import { type Bomb, codeSection, fromSections, ONE_FUNCTION } from "./bomb.js";

const feature = (name: string, error: RegExp, build: () => Uint8Array): Bomb => ({
  name,
  error,
  build,
  expect: "refused",
});
const body =
  (...code: number[]) =>
  () =>
    fromSections(...ONE_FUNCTION, codeSection([0, ...code, 0x0b]));

/** Later features: each refused by its name, at its offset, whether or not this engine knows it. */
export const FEATURE_BOMBS: Bomb[] = [
  feature("exnref: try_table", /exnref|exception/i, body(0x1f, 0x40, 0, 0x0b)),
  feature("exnref: throw_ref", /exnref|exception/i, body(0xd0, 0x69, 0x0a)),
  feature("exnref as a local", /exnref|exception/i, () =>
    fromSections(...ONE_FUNCTION, codeSection([1, 1, 0x69, 0x0b])),
  ),
  feature("GC: a struct type", /gc|garbage/i, () => fromSections([1, [1, 0x5f, 1, I32, 1]])),
  feature("GC: an array type", /gc|garbage/i, () => fromSections([1, [1, 0x5e, I64, 1]])),
  feature("GC: a recursion group", /gc|garbage/i, () => fromSections([1, [1, 0x4e, 1, 0x60, 0, 0]])),
  feature("GC: a subtype", /gc|garbage/i, () => fromSections([1, [1, 0x50, 0, 0x60, 0, 0]])),
  feature("GC: ref.i31", /gc|garbage/i, body(0x41, 0, 0xfb, 0x1c, 0x1a)),
  feature("GC: anyref as a local", /gc|garbage|reference/i, () =>
    fromSections(...ONE_FUNCTION, codeSection([1, 1, 0x6e, 0x0b])),
  ),
  feature("typed function references: (ref 0) as a local", /reference/i, () =>
    fromSections(...ONE_FUNCTION, codeSection([1, 1, 0x63, 0, 0x0b])),
  ),
  feature("typed function references: call_ref", /reference/i, body(0xd2, 0, 0x14, 0)),
  feature("typed function references: ref.as_non_null", /reference|gc/i, body(0xd0, 0x70, 0xd4, 0x1a)),
  feature("memory64", /memory64/i, () => fromSections([5, [1, 4, 1]])),
  feature("memory64: a table", /memory64|table64/i, () => fromSections([4, [1, 0x70, 4, 1]])),
  feature("multi-memory", /multi-?memory|memories/i, () => fromSections([5, [2, 0, 1, 0, 1]])),
  feature(
    "relaxed SIMD",
    /relaxed/i,
    body(
      ...[0xfd, 12, ...new Array<number>(16).fill(0)],
      ...[0xfd, 12, ...new Array<number>(16).fill(0)],
      0xfd,
      0x80,
      0x02,
      0x1a,
    ),
  ),
  feature("stack switching: a continuation type", /stack.?switching|continuation/i, () =>
    fromSections([1, [2, 0x60, 0, 0, 0x5d, 0]]),
  ),
  feature("stack switching: suspend", /stack.?switching|continuation/i, body(0xe2, 0)),
  feature("stack switching: resume", /stack.?switching|continuation/i, body(0xe3, 0, 0)),
  feature("wide arithmetic", /wide/i, body(0x42, 0, 0x42, 0, 0x42, 0, 0x42, 0, 0xfc, 0x13, 0x1a, 0x1a)),
  feature("custom page sizes", /page size/i, () => fromSections([5, [1, 8, 1, 0]])),
  feature("a component instead of a module", /component/i, () =>
    Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]),
  ),
];
