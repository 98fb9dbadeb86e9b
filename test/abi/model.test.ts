import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { constant, readAbi, snakeCase } from "../../tools/abi/model.mjs";

/** The interface when its hypercalls are these. */
async function read(members: string) {
  const folder = mkdtempSync(join(tmpdir(), "wasmvisor-abi-"));
  try {
    writeFileSync(join(folder, "hypercall.ts"), `export enum Hypercall {\n${members}\n}`);
    return await readAbi(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const GROUP = "// --- 0x10 a group ---\n";

it("a hypercall is its comment, its number and its group", async () => {
  const { groups } = await read(
    `${GROUP}/** \`do_it(at: u32, wide: u64)\` suspends: Does it. */ DoIt = 0x11`,
  );
  expect(groups).toEqual([
    {
      number: 0x10,
      title: "a group",
      hypercalls: [
        {
          number: 0x11,
          member: "DoIt",
          name: "do_it",
          handler: "doIt",
          parameters: [
            { name: "at", type: "u32", wasm: "i32" },
            { name: "wide", type: "u64", wasm: "i64" },
          ],
          suspends: true,
          description: "Does it.",
        },
      ],
    },
  ]);
});

it("values of enums and constants are those that the compiler gives them", async () => {
  const abi = await readAbi();
  expect(constant(abi, "Errno.Nosys")).toBe(38);
  expect(constant(abi, "Feature.Deterministic")).toBe(4);
  expect(constant(abi, "TIMER_MIN_PERIOD_NS")).toBe(100_000);
  expect(() => constant(abi, "Errno.None")).toThrow("there is no Errno.None");
});

it("a mistake in the list is told with its line and what is expected", async () => {
  const hypercall = (comment: string, member = "DoIt = 0x11") => read(`${GROUP}/** ${comment} */ ${member}`);
  await expect(hypercall("Does it.")).rejects.toThrow("hypercall.ts:3: the comment of DoIt must read");
  await expect(hypercall("`doIt()` Does it.")).rejects.toThrow("DoIt is do_it for guests");
  await expect(hypercall("`do_it(at: f64)` Does it.")).rejects.toThrow('"at: f64" is not a parameter');
  await expect(hypercall("`do_it(a: u32, b: u32, c: u32, d: u32, e: u32, f: u32)` X.")).rejects.toThrow(
    "6 parameters, but 5",
  );
  await expect(hypercall("`do_it()` X.", "DoIt = 0x0f")).rejects.toThrow("below its group's");
  await expect(hypercall("`do_it()` X.", "DoIt = 256")).rejects.toThrow("above 255");
  const twice = "/** `a()` X. */ A = 0x10,\n/** `b()` X. */ B = 0x10";
  await expect(read(GROUP + twice)).rejects.toThrow("number 16 is A's");
  await expect(read("/** `a()` X. */ A = 0")).rejects.toThrow("the first group needs a line");
});

it("names of members become names of guests", () => {
  expect(snakeCase("UpcallUnmask")).toBe("upcall_unmask");
  expect(snakeCase("MaximumPages")).toBe("maximum_pages");
});
