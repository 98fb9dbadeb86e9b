import { Bytes, EXTERNREF, FUNCREF, I32, I64, ModuleBuilder, V128 } from "../../fuzz/modules/encode.js";
import { type Bomb, custom, EMPTY, fromSections, oneFunction, repeat } from "./bomb.js";

const LOOP = [0x03, 0x40, 0x0b];
const many = (n: number, type: number) => new Array<number>(n).fill(type);

/** Small modules whose translation, compilation or instantiation could be made huge. */
export const SIZE_BOMBS: Bomb[] = [
  {
    name: "49,990 locals and 20,000 empty loops in 60 KB",
    build: () => oneFunction(repeat(20_000, ...LOOP), EMPTY, many(49_990, I32)).finish(),
    expect: "either",
  },
  {
    name: "49,990 locals that live across 5,000 calls",
    build: () =>
      oneFunction(
        [
          ...repeat(5_000, 0x10, 0),
          ...Array.from({ length: 49_990 }, (_, i) => new Bytes().u8(0x20).u32(i).u8(0x1a).out).flat(),
        ],
        EMPTY,
        many(49_990, I64),
      ).finish(),
    expect: "either",
  },
  {
    name: "5,000 operands that lie below 5,000 calls",
    build: () =>
      oneFunction([...repeat(5_000, 0x41, 1), ...repeat(5_000, 0x10, 0), ...repeat(5_000, 0x1a)]).finish(),
    expect: "either",
  },
  {
    name: "vector operands below calls inside 1,000 nested loops",
    build: () =>
      oneFunction(
        [
          ...repeat(1_000, 0x03, 0x40, 0x20, 0, 0x20, 0),
          ...repeat(200, 0x10, 0),
          ...repeat(1_000, 0x1a, 0x1a, 0x0b),
        ],
        EMPTY,
        [V128],
      ).finish(),
    expect: "either",
  },
  {
    name: "100 tables of 10 million entries in 500 bytes",
    build: () => {
      const module = oneFunction([]);
      for (let i = 0; i < 100; i++) module.tables.push({ element: FUNCREF, limits: { min: 10_000_000 } });
      return module.finish();
    },
    expect: "refused",
    error: /table/i,
  },
  {
    name: "one table of 4 billion entries",
    build: () => {
      const module = oneFunction([]);
      module.tables.push({ element: EXTERNREF, limits: { min: 0xffff_ffff } });
      return module.finish();
    },
    expect: "refused",
    error: /table/i,
  },
  {
    name: "a million nested blocks",
    build: () => oneFunction([...repeat(1_000_000, 0x02, 0x40), ...repeat(1_000_000, 0x0b)]).finish(),
    expect: "either",
  },
  {
    name: "a million nested ifs",
    build: () =>
      oneFunction([...repeat(1_000_000, 0x41, 0, 0x04, 0x40), ...repeat(1_000_000, 0x0b)]).finish(),
    expect: "either",
  },
  {
    name: "100,000 nested loops",
    build: () => oneFunction([...repeat(100_000, 0x03, 0x40), ...repeat(100_000, 0x0b)]).finish(),
    expect: "either",
  },
  {
    name: "20,000 nested try blocks with a call and a rethrow in each",
    build: () => {
      const n = 20_000;
      const code = [...repeat(n, 0x06, 0x40, 0x10, 0), ...repeat(n, 0x19, 0x10, 0, 0x09, 0, 0x0b)];
      return oneFunction(code).finish();
    },
    expect: "either",
  },
  {
    name: "a br_table with a million targets in a loop",
    build: () => {
      const code = new Bytes().u8(0x03, 0x40, 0x02, 0x40, 0x20, 0, 0x0e).u32(1_000_000);
      for (let i = 0; i <= 1_000_000; i++) code.u8(i & 1);
      code.u8(0x0b, 0x0b);
      return oneFunction(code.out, EMPTY, [I32]).finish();
    },
    expect: "either",
  },
  {
    name: "1,000 br_tables with 5,000 targets each, that carry values",
    build: () => {
      const table = new Bytes().u8(0x20, 0, 0x20, 0, 0x20, 0, 0x0e).u32(5_000).raw(repeat(5_001, 0)).out;
      const one = [0x02, 1, ...table, 0x0b, 0x1a, 0x1a];
      const module = oneFunction(new Array(1_000).fill(one).flat(), EMPTY, [I32]);
      module.typeOf(EMPTY);
      module.typeOf({ params: [], results: [I32, I32] });
      return module.finish();
    },
    expect: "either",
  },
  {
    name: "a million types",
    build: () => fromSections([1, [...new Bytes().u32(1_000_000).out, ...repeat(1_000_000, 0x60, 0, 0)]]),
    expect: "either",
  },
  {
    name: "a type of 1,000 parameters and 1,000 results, called and looped over",
    build: () => {
      const type = { params: many(1_000, I32), results: many(1_000, I32) };
      const push = Array.from({ length: 1_000 }, (_, i) => new Bytes().u8(0x20).u32(i).out).flat();
      return oneFunction([...push, 0x03, 0, 0x10, 0, 0x0b], type).finish();
    },
    expect: "either",
  },
  {
    name: "200,000 empty functions, each exported and in a table",
    build: () => {
      const module = new ModuleBuilder();
      const n = 200_000;
      for (let i = 0; i < n; i++) {
        module.funcs.push({ type: EMPTY, locals: [], code: [] });
        module.exports.push({ name: `${i}`, kind: "func", index: i });
      }
      module.tables.push({ element: FUNCREF, limits: { min: n } });
      const segment = new Bytes().u8(0, 0x41, 0, 0x0b).u32(n);
      for (let i = 0; i < n; i++) segment.u32(i);
      module.elements.push(segment.out);
      return module.finish();
    },
    expect: "either",
  },
  {
    name: "500,000 functions with a loop each",
    build: () => {
      const module = new ModuleBuilder();
      for (let i = 0; i < 500_000; i++) module.funcs.push({ type: EMPTY, locals: [], code: [...LOOP] });
      return module.finish();
    },
    expect: "either",
  },
  {
    name: "200,000 mutable globals",
    build: () => {
      const module = oneFunction([]);
      for (let i = 0; i < 200_000; i++) module.globals.push({ type: I32, mutable: true, init: [0x41, 0] });
      return module.finish();
    },
    expect: "either",
  },
  {
    name: "a body of 7 MB of calls",
    build: () => oneFunction(repeat(3_500_000, 0x10, 0)).finish(),
    expect: "either",
  },
  {
    name: "a body of 7 MB of memory.fill",
    build: () => {
      const module = oneFunction(repeat(700_000, 0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 11, 0));
      module.memories.push({ min: 1 });
      return module.finish();
    },
    expect: "either",
  },
  {
    name: "two million instructions behind an unreachable",
    build: () =>
      oneFunction([0x00, ...repeat(1_000_000, 0x1a), ...repeat(300_000, 0x6a, 0x10, 0), 0x1a]).finish(),
    expect: "either",
  },
  {
    name: "an initial value that adds a million constants",
    build: () => {
      const module = oneFunction([]);
      module.globals.push({
        type: I32,
        mutable: false,
        init: [...repeat(1_000_000, 0x41, 1), ...repeat(999_999, 0x6a)],
      });
      return module.finish();
    },
    expect: "either",
  },
  {
    name: "100,000 data and 100,000 element segments",
    build: () => {
      const module = oneFunction([]);
      module.memories.push({ min: 1 });
      module.tables.push({ element: FUNCREF, limits: { min: 1 } });
      for (let i = 0; i < 100_000; i++) {
        module.datas.push([0, 0x41, 0, 0x0b, 1, 7]);
        module.elements.push([0, 0x41, 0, 0x0b, 1, 0]);
      }
      return module.finish();
    },
    expect: "either",
  },
  {
    name: "an import with a name of 90,000 bytes",
    build: () => {
      const module = oneFunction([0x10, 0]);
      module.imports.push({
        module: "x".repeat(90_000),
        name: "é".repeat(45_000),
        kind: "func",
        type: EMPTY,
      });
      module.exports[0]!.index = 1;
      return module.finish();
    },
    expect: "either",
  },
  {
    name: "50,000 custom sections, and a name section of 4 MB",
    build: () =>
      fromSections(
        ...Array.from({ length: 50_000 }, (): [number, number[]] => custom("c", [1, 2, 3])),
        custom("name", [1, ...new Bytes().u32(4_000_000).out, ...repeat(4_000_000, 0)]),
      ),
    expect: "either",
  },
];
