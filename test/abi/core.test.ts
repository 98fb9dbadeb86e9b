import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const load = (name: string) =>
  new WebAssembly.Module(readFileSync(new URL(`../../build/${name}.wasm`, import.meta.url)));

it("the core has a handler of the right type for every entry that is generated", () => {
  const hypervisor = load("hypervisor");
  const hypercalls = load("hypercalls");
  const offered = new Set(WebAssembly.Module.exports(hypervisor).map(({ name }) => name));
  const wanted = WebAssembly.Module.imports(hypercalls).filter(({ module }) => module === "core");
  const missing = wanted.map(({ name }) => name).filter((name) => !offered.has(name));
  expect(missing, "to be exported by assembly/hypervisor.ts").toEqual([]);

  const table = new WebAssembly.Table({ element: "anyfunc", initial: 256 });
  const host = Object.fromEntries(
    WebAssembly.Module.imports(hypervisor)
      .filter(({ module }) => module === "host")
      .map(({ name }) => [name, () => 0]),
  );
  const core = new WebAssembly.Instance(hypervisor, { host, env: { table } }).exports;
  const glue = new WebAssembly.Instance(load("glue"), { runtime: core }).exports;
  const entries = new WebAssembly.Instance(hypercalls, { env: { table }, core, glue }).exports;
  expect(entries.hypercall).toBeInstanceOf(Function);
});
