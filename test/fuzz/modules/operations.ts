import { F32, F64, I32, I64, V128, type ValType } from "./encode.js";

/** A plain instruction: its bytes, what it takes and what it leaves. */
export interface Operation {
  readonly bytes: readonly number[];
  readonly takes: readonly ValType[];
  readonly gives: ValType;
  /** Can trap on its operands. */
  readonly traps?: boolean;
  /** May make a NaN whose bits depend on the engine: to be made canonical at once. */
  readonly nan?: boolean;
}

const list: Operation[] = [];

function range(
  first: number,
  last: number,
  takes: ValType[],
  gives: ValType,
  more: Partial<Operation> = {},
): void {
  for (let op = first; op <= last; op++) list.push({ bytes: [op], takes, gives, ...more });
}

range(0x45, 0x45, [I32], I32);
range(0x46, 0x4f, [I32, I32], I32);
range(0x50, 0x50, [I64], I32);
range(0x51, 0x5a, [I64, I64], I32);
range(0x5b, 0x60, [F32, F32], I32);
range(0x61, 0x66, [F64, F64], I32);
range(0x67, 0x69, [I32], I32);
range(0x6a, 0x6c, [I32, I32], I32);
range(0x6d, 0x70, [I32, I32], I32, { traps: true });
range(0x71, 0x78, [I32, I32], I32);
range(0x79, 0x7b, [I64], I64);
range(0x7c, 0x7e, [I64, I64], I64);
range(0x7f, 0x82, [I64, I64], I64, { traps: true });
range(0x83, 0x8a, [I64, I64], I64);
range(0x8b, 0x8c, [F32], F32);
range(0x8d, 0x91, [F32], F32, { nan: true });
range(0x92, 0x97, [F32, F32], F32, { nan: true });
range(0x98, 0x98, [F32, F32], F32);
range(0x99, 0x9a, [F64], F64);
range(0x9b, 0x9f, [F64], F64, { nan: true });
range(0xa0, 0xa5, [F64, F64], F64, { nan: true });
range(0xa6, 0xa6, [F64, F64], F64);
range(0xa7, 0xa7, [I64], I32);
range(0xa8, 0xa9, [F32], I32, { traps: true });
range(0xaa, 0xab, [F64], I32, { traps: true });
range(0xac, 0xad, [I32], I64);
range(0xae, 0xaf, [F32], I64, { traps: true });
range(0xb0, 0xb1, [F64], I64, { traps: true });
range(0xb2, 0xb3, [I32], F32);
range(0xb4, 0xb5, [I64], F32);
range(0xb6, 0xb6, [F64], F32, { nan: true });
range(0xb7, 0xb8, [I32], F64);
range(0xb9, 0xba, [I64], F64);
range(0xbb, 0xbb, [F32], F64, { nan: true });
range(0xbc, 0xbc, [F32], I32);
range(0xbd, 0xbd, [F64], I64);
range(0xbe, 0xbe, [I32], F32);
range(0xbf, 0xbf, [I64], F64);
range(0xc0, 0xc1, [I32], I32);
range(0xc2, 0xc4, [I64], I64);
for (const [op, from, to] of [
  [0, F32, I32],
  [1, F32, I32],
  [2, F64, I32],
  [3, F64, I32],
  [4, F32, I64],
  [5, F32, I64],
  [6, F64, I64],
  [7, F64, I64],
] as const)
  list.push({ bytes: [0xfc, op], takes: [from], gives: to });

/** Vector instructions by number, without immediates. Float arithmetic is left out: its NaNs are the engine's. */
function vector(numbers: readonly number[], takes: ValType[], gives: ValType): void {
  for (const n of numbers)
    list.push({ bytes: [0xfd, ...(n < 128 ? [n] : [(n & 127) | 128, n >> 7])], takes, gives });
}
const span = (a: number, b: number) => Array.from({ length: b - a + 1 }, (_, i) => a + i);

vector([14, ...span(35, 76), ...span(78, 81)], [V128, V128], V128);
vector(
  [
    77, 96, 97, 98, 124, 125, 126, 127, 128, 129, 135, 136, 137, 138, 160, 161, 167, 168, 169, 170, 192, 193,
    199, 200, 201, 202, 248, 249, 250, 251, 252, 253, 254, 255,
  ],
  [V128],
  V128,
);
vector([82], [V128, V128, V128], V128);
vector([83, 99, 100, 131, 132, 163, 164, 195, 196], [V128], I32);
vector(
  [
    101, 102, 110, 111, 112, 113, 114, 115, 118, 119, 120, 121, 123, 130, 133, 134, 142, 143, 144, 145, 146,
    147, 149, 150, 151, 152, 153, 155, 156, 157, 158, 159, 174, 177, 181, 182, 183, 184, 185, 186, 188, 189,
    190, 191, 206, 209, 213, 214, 215, 216, 217, 218, 219, 220, 221, 222, 223,
  ],
  [V128, V128],
  V128,
);
vector([107, 108, 109, 139, 140, 141, 171, 172, 173, 203, 204, 205], [V128, I32], V128);
vector([15, 16, 17], [I32], V128);
vector([18], [I64], V128);
vector([19], [F32], V128);
vector([20], [F64], V128);
for (const [op, lanes, gives] of [
  [21, 16, I32],
  [22, 16, I32],
  [24, 8, I32],
  [25, 8, I32],
  [27, 4, I32],
  [29, 2, I64],
  [31, 4, F32],
  [33, 2, F64],
] as const)
  list.push({ bytes: [0xfd, op, (op * 7) % lanes], takes: [V128], gives });
for (const [op, lanes, takes] of [
  [23, 16, I32],
  [26, 8, I32],
  [28, 4, I32],
  [30, 2, I64],
  [32, 4, F32],
  [34, 2, F64],
] as const)
  list.push({ bytes: [0xfd, op, (op * 5) % lanes], takes: [V128, takes], gives: V128 });
list.push({
  bytes: [0xfd, 13, 0, 17, 2, 19, 4, 21, 6, 23, 31, 30, 1, 0, 9, 8, 16, 15],
  takes: [V128, V128],
  gives: V128,
});

export const OPERATIONS: readonly Operation[] = list;
export const VECTOR_FREE_OPERATIONS = list.filter((o) => o.gives !== V128 && !o.takes.includes(V128));

/** Loads and stores: opcode bytes, natural alignment as a power of two, type; `lane` has a lane index behind. */
export interface Access {
  readonly bytes: readonly number[];
  readonly align: number;
  readonly type: ValType;
  readonly store: boolean;
  readonly lanes?: number;
}

export const ACCESSES: readonly Access[] = [
  ...(
    [
      [0x28, 2, I32],
      [0x29, 3, I64],
      [0x2a, 2, F32],
      [0x2b, 3, F64],
      [0x2c, 0, I32],
      [0x2d, 0, I32],
      [0x2e, 1, I32],
      [0x2f, 1, I32],
      [0x30, 0, I64],
      [0x31, 0, I64],
      [0x32, 1, I64],
      [0x33, 1, I64],
      [0x34, 2, I64],
      [0x35, 2, I64],
    ] as const
  ).map(([op, align, type]) => ({ bytes: [op], align, type, store: false })),
  ...(
    [
      [0x36, 2, I32],
      [0x37, 3, I64],
      [0x38, 2, F32],
      [0x39, 3, F64],
      [0x3a, 0, I32],
      [0x3b, 1, I32],
      [0x3c, 0, I64],
      [0x3d, 1, I64],
      [0x3e, 2, I64],
    ] as const
  ).map(([op, align, type]) => ({ bytes: [op], align, type, store: true })),
];

export const VECTOR_ACCESSES: readonly Access[] = [
  ...(
    [
      [0, 4],
      [1, 3],
      [2, 3],
      [3, 3],
      [4, 3],
      [5, 3],
      [6, 3],
      [7, 0],
      [8, 1],
      [9, 2],
      [10, 3],
      [92, 2],
      [93, 3],
    ] as const
  ).map(([op, align]) => ({ bytes: [0xfd, op], align, type: V128, store: false })),
  { bytes: [0xfd, 11], align: 4, type: V128, store: true },
  ...(
    [
      [88, 0, 16],
      [89, 1, 8],
      [90, 2, 4],
      [91, 3, 2],
    ] as const
  ).map(([op, align, lanes]) => ({
    bytes: [0xfd, op],
    align,
    type: V128,
    store: true,
    lanes,
  })), // stores of a lane
  ...(
    [
      [84, 0, 16],
      [85, 1, 8],
      [86, 2, 4],
      [87, 3, 2],
    ] as const
  ).map(([op, align, lanes]) => ({
    bytes: [0xfd, op],
    align,
    type: V128,
    store: false,
    lanes,
  })), // loads of a lane, which also take the vector
];

/** Atomic read-modify-write: number behind 0xfe, alignment, type. Addresses must be aligned or they trap. */
export const ATOMIC_RMW: readonly [number, number, ValType][] = [0x1e, 0x25, 0x2c, 0x33, 0x3a, 0x41].flatMap(
  (first) =>
    (
      [
        [0, 2, I32],
        [1, 3, I64],
        [2, 0, I32],
        [3, 1, I32],
        [4, 0, I64],
        [5, 1, I64],
        [6, 2, I64],
      ] as const
    ).map(([k, align, type]): [number, number, ValType] => [first + k, align, type]),
);
