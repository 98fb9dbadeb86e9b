import { Bytes, header, I32 } from "../../fuzz/modules/encode.js";
import { type Bomb, codeSection, custom, EMPTY, fromSections, ONE_FUNCTION, oneFunction } from "./bomb.js";

const HUGE = [0xff, 0xff, 0xff, 0xff, 0x0f];
const malformed = (name: string, build: () => Uint8Array): Bomb => ({ name, build, expect: "refused" });

/** A body that begins with these bytes and has nothing behind. */
const body =
  (...code: number[]) =>
  () =>
    fromSections(...ONE_FUNCTION, codeSection([0, ...code]));

/** Each is refused with an error: no count is believed, no size, no index. */
export const MALFORMED_BOMBS: Bomb[] = [
  malformed("no bytes at all", () => new Uint8Array()),
  malformed("seven bytes of a header", () => Uint8Array.from(header().slice(0, 7))),
  malformed("another magic number", () => Uint8Array.from([1, 2, 3, 4, 1, 0, 0, 0])),
  ...[1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 13].map((id) =>
    malformed(`section ${id} that claims 4 billion items`, () => fromSections([id, HUGE])),
  ),
  malformed("4 billion data segments announced", () =>
    fromSections(...ONE_FUNCTION, [12, HUGE], codeSection([0, 0x0b])),
  ),
  malformed("a section longer than the module", () => Uint8Array.from([...header(), 1, ...HUGE, 1, 0x60])),
  malformed("a section one byte longer than its contents", () => fromSections([1, [1, 0x60, 0, 0, 0]])),
  malformed("a section shorter than its contents", () => Uint8Array.from([...header(), 1, 3, 1, 0x60, 0, 0])),
  malformed("a section twice", () => fromSections([1, [0]], [1, [0]])),
  malformed("sections out of order", () => fromSections([3, [0]], [1, [0]])),
  malformed("an unknown section", () => fromSections([99, [0]])),
  malformed("an integer of six bytes", () =>
    Uint8Array.from([...header(), 1, 0x81, 0x80, 0x80, 0x80, 0x80, 0x00, 0]),
  ),
  malformed("an integer with bits past the 32nd", () => fromSections([1, [0xff, 0xff, 0xff, 0xff, 0x1f]])),
  malformed("a type of 4 billion parameters", () => fromSections([1, [1, 0x60, ...HUGE]])),
  malformed("more bodies than functions", () =>
    fromSections(...ONE_FUNCTION, codeSection([0, 0x0b], [0, 0x0b])),
  ),
  malformed("fewer bodies than functions", () => fromSections(...ONE_FUNCTION)),
  malformed("a body longer than its section", () =>
    fromSections(...ONE_FUNCTION, [10, [1, ...HUGE, 0, 0x0b]]),
  ),
  malformed("4 billion locals", () => fromSections(...ONE_FUNCTION, codeSection([1, ...HUGE, I32, 0x0b]))),
  malformed("4 billion groups of locals", () => fromSections(...ONE_FUNCTION, codeSection([...HUGE, 0x0b]))),
  malformed("locals whose sum wraps around", () =>
    fromSections(...ONE_FUNCTION, codeSection([2, ...HUGE, I32, ...HUGE, I32, 0x0b])),
  ),
  malformed("a body without end", body(0x01, 0x01)),
  malformed("a body that goes on behind its end", body(0x0b, 0x01, 0x0b)),
  malformed("a br_table of 4 billion targets", body(0x41, 0, 0x0e, ...HUGE, 0x0b)),
  malformed("a select of 4 billion types", body(0x1c, ...HUGE, 0x0b)),
  malformed("a branch to label 4 billion", body(0x0c, ...HUGE, 0x0b)),
  malformed("a call of function 4 billion", body(0x10, ...HUGE, 0x0b)),
  malformed("a local 4 billion", body(0x20, ...HUGE, 0x1a, 0x0b)),
  malformed("a global 4 billion", body(0x23, ...HUGE, 0x1a, 0x0b)),
  malformed("a table 4 billion", body(0x41, 0, 0x25, ...HUGE, 0x1a, 0x0b)),
  malformed("a block of type 2 billion", body(0x02, 0xff, 0xff, 0xff, 0xff, 0x07, 0x0b, 0x0b)),
  malformed("a call_indirect of type 4 billion", body(0x41, 0, 0x11, ...HUGE, 0, 0x0b)),
  malformed("a throw of tag 4 billion", body(0x08, ...HUGE, 0x0b)),
  malformed("a rethrow outside of a catch", body(0x09, 0, 0x0b)),
  malformed("an else without if", body(0x05, 0x0b)),
  malformed("a catch without try", body(0x19, 0x0b)),
  malformed("a delegate without try", body(0x18, 0, 0x0b)),
  malformed("a drop of nothing", body(0x1a, 0x0b)),
  malformed("an unknown instruction", body(0xf7, 0x0b)),
  malformed("an unknown vector instruction", body(0xfd, 0xff, 0xff, 0x03, 0x0b)),
  malformed("an export of function 4 billion", () =>
    fromSections(...ONE_FUNCTION, [7, [1, 1, 0x61, 0, ...HUGE]], codeSection([0, 0x0b])),
  ),
  malformed("a start function 4 billion", () =>
    fromSections(...ONE_FUNCTION, [8, HUGE], codeSection([0, 0x0b])),
  ),
  malformed("an element segment for function 4 billion", () =>
    fromSections(
      ...ONE_FUNCTION,
      [4, [1, 0x70, 0, 1]],
      [9, [1, 0, 0x41, 0, 0x0b, 1, ...HUGE]],
      codeSection([0, 0x0b]),
    ),
  ),
  malformed("a data segment of 4 billion bytes", () =>
    fromSections([5, [1, 0, 1]], [11, [1, 0, 0x41, 0, 0x0b, ...HUGE]]),
  ),
  malformed("an import of type 4 billion", () => fromSections([2, [1, 1, 0x61, 1, 0x62, 0, ...HUGE]])),
  malformed("a constant expression without end", () => fromSections([6, [1, I32, 0, 0x41, 0]])),
];

/** Names of ours that a guest may not use. */
export const RESERVED_BOMBS: Bomb[] = [
  {
    name: "an import from wv",
    build: () => {
      const module = oneFunction([]);
      module.imports.push({
        module: "wv",
        name: "suspend",
        kind: "func",
        type: { params: [I32], results: [I32] },
      });
      return module.finish();
    },
    expect: "refused",
    error: /wv/,
  },
  {
    name: "an import from wv:raw",
    build: () => {
      const module = oneFunction([]);
      module.imports.push({ module: "wv:raw", name: "x", kind: "global", type: I32, mutable: true });
      return module.finish();
    },
    expect: "refused",
    error: /wv/,
  },
  {
    name: "an export of wv:init",
    build: () => {
      const module = oneFunction([]);
      module.exports.push({ name: "wv:init", kind: "func", index: 0 });
      return module.finish();
    },
    expect: "refused",
    error: /wv/,
  },
  {
    name: "an export of wv:",
    build: () => {
      const module = oneFunction([]);
      module.exports.push({ name: "wv:", kind: "func", index: 0 });
      return module.finish();
    },
    expect: "refused",
    error: /wv/,
  },
  {
    name: "names that only look like ours",
    build: () => {
      const module = oneFunction([]);
      module.imports.push({ module: "wvx", name: "wv:init", kind: "func", type: EMPTY });
      module.exports.push({ name: "wv", kind: "func", index: 0 }, { name: "WV:x", kind: "func", index: 0 });
      return module.finish();
    },
    expect: "translated",
  },
  {
    name: "a manifest of the guest's own",
    build: () =>
      Uint8Array.from([
        ...oneFunction([]).finish(),
        ...fromSections(custom("wv:manifest", new Bytes().raw([1, 255, 255, 255]).out)).slice(8),
      ]),
    expect: "translated",
  },
];
