import { expect, it } from "vitest";
import { staticsOf } from "../../tools/no-statics.mjs";

const findingsIn = (source: string) => staticsOf("probe.ts", { "probe.ts": source });

it("a module that lays its memory out from __heap_base has no statics", async () => {
  const source = "let top: i32 = 0; export function f(): i32 { return load<i32>(__heap_base + top++); }";
  expect(await findingsIn(source)).toEqual([]);
});

it("an object, even one that never leaves its function, is found as a use of the allocator", async () => {
  const source = "class A { x: i32 = 3 } export function f(): usize { return changetype<usize>(new A()); }";
  expect(await findingsIn(source)).toContain("the allocator is reached: ~lib/rt/stub/__new");
});

it("static buffers are found, filled or zero", async () => {
  const filled = "const b = memory.data<i32>([1, 2]); export function f(): i32 { return load<i32>(b); }";
  const zero = "const b = memory.data(64); export function f(): i32 { return load<i32>(b); }";
  expect(await findingsIn(filled)).toHaveLength(1);
  expect(await findingsIn(zero)).toHaveLength(1);
});

it("source that asc refuses is an error, not a clean result", async () => {
  await expect(findingsIn("export function f(): i32 { return x; }")).rejects.toThrow("cannot compile");
});
