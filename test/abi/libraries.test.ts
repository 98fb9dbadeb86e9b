import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { expect, it } from "vitest";
import wabt from "wabt";
import { assemblyScriptOf, cHeaderOf, watOf } from "../../tools/abi/libraries.mjs";
import { readAbi } from "../../tools/abi/model.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const abi = await readAbi();
const names = [...abi.hypercalls.map(({ name }) => name), "hypercall"].sort();

/** What the entries of the original types are, over a core whose handlers answer with their number. */
function hypercalls(): WebAssembly.ModuleImports {
  const stubs = new WebAssembly.Module(readFileSync(`${root}build/hypercalls.wasm`));
  const global = (value: number) => new WebAssembly.Global({ value: "i32", mutable: true }, value);
  const none = () => 0;
  const { exports } = new WebAssembly.Instance(stubs, {
    env: { table: new WebAssembly.Table({ element: "anyfunc", initial: 256 }) },
    core: {
      ...Object.fromEntries(abi.hypercalls.map(({ handler, number }) => [handler, () => number])),
      ...{
        budget: global(1_000_000),
        stack: global(0),
        hypercallCount: global(0),
        lastHypercall: global(0),
        again: global(0),
      },
      ...{ unwindHypercall: none, peek: () => -1n, resume: none },
    },
    glue: { push2: none, push7: none, pop2: none, pop7: none, push_func: none },
  });
  return Object.fromEntries(names.map((name) => [name, exports[`raw:${name}`]!]));
}

/** The names that a module imports; it is linked, so that a type that is not the hypercall's is an error. */
function linked(bytes: Uint8Array<ArrayBuffer>) {
  const module = new WebAssembly.Module(bytes);
  const hv = hypercalls();
  const instance = new WebAssembly.Instance(module, { hv });
  return { instance, imports: WebAssembly.Module.imports(module).map(({ name }) => name) };
}

it("the WAT declarations name every hypercall with its type", async () => {
  const module = (await wabt()).parseWat("hv.wat", watOf(abi));
  const { imports } = linked(new Uint8Array(module.toBinary({}).buffer));
  expect(imports.sort()).toEqual(names);
});

it("the AssemblyScript library has every hypercall with its type, and the values of the interface", async () => {
  const calls = abi.hypercalls.map(({ handler, parameters }) => {
    return `hv.${handler}(${parameters.map(() => "0").join(", ")});`;
  });
  const source = `import * as hv from "./hv";
    export function all(): void { ${calls.join("\n")} hv.hypercall(0, 0, 0, 0, 0, 0); }
    export function yields(): i32 { return hv.schedYield(); }
    export function nosys(): i32 { return hv.Errno.Nosys; }
    export function number(): i32 { return hv.Hypercall.TraceEmit; }
    export function period(): i32 { return hv.TIMER_MIN_PERIOD_NS; }`;
  const files: Record<string, string> = { "guest.ts": source, "hv.ts": assemblyScriptOf(abi) };
  let binary = new Uint8Array();
  const { error, stderr } = await asc.main(["guest.ts", "--runtime", "stub", "--outFile", "guest.wasm"], {
    readFile: (name) => files[name] ?? null,
    writeFile: (_name, contents) => {
      binary = contents as Uint8Array<ArrayBuffer>;
    },
    listFiles: () => [],
  });
  expect(error, String(stderr)).toBeNull();
  const { instance, imports } = linked(binary);
  expect(imports.sort()).toEqual(names);
  const guest = instance.exports as Record<string, () => number>;
  expect([guest.yields!(), guest.nosys!(), guest.number!(), guest.period!()]).toEqual([
    0x10, 38, 0xc1, 100_000,
  ]);
});

it("the C header has a function for every hypercall, and constants by group and member", () => {
  const header = cHeaderOf(abi);
  const declared = [...header.matchAll(/^HV_IMPORT\((\w+)\) int32_t hv_(\w+)\(/gm)];
  expect(declared.map(([, name]) => name).sort()).toEqual(names);
  expect(declared.every(([, name, called]) => name === called)).toBe(true);
  for (const line of [
    "int32_t hv_console_write(const void *offset, uint32_t length);",
    "int32_t hv_timer_set(uint64_t deadline_ns);",
    "int32_t hv_sched_yield(void);",
    "  HV_EINVAL = 22,",
    "  HV_VIRQ_TIMER = 0,",
    "  HV_START_INFO_NAME_LENGTH = 20,",
    "  HV_HYPERCALL_TRACE_EMIT = 0xc1,",
    "#define HV_TIMER_MIN_PERIOD_NS 100000",
  ]) {
    expect(header).toContain(line);
  }
});
