import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { expect, it } from "vitest";
import * as host from "../../src/abi.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const names = readdirSync(`${root}assembly/abi`)
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.replace(/\.ts$/, ""));

/** Every constant and enum member as asc compiles it, by its name or `Enum.Member`. */
async function valuesOfCore(): Promise<Record<string, unknown>> {
  const entry = names.map((name) => `export * from "./assembly/abi/${name}";`).join("\n");
  let binary = new Uint8Array();
  const { error, stderr } = await asc.main(["all.ts", "--runtime", "stub", "--outFile", "all.wasm", "-O0"], {
    readFile: (name) => {
      if (name === "all.ts") return entry;
      return name.startsWith("assembly/abi/") ? readFileSync(root + name, "utf8") : null;
    },
    writeFile: (_name, contents) => {
      binary = contents as Uint8Array<ArrayBuffer>;
    },
    listFiles: () => [],
  });
  expect(error, String(stderr)).toBeNull();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary));
  const globals = Object.entries(exports).filter(([, value]) => value instanceof WebAssembly.Global);
  return Object.fromEntries(globals.map(([name, value]) => [name, (value as WebAssembly.Global).value]));
}

function valuesOfHost(): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(host)) {
    if (typeof value !== "object") values[name] = value;
    else
      for (const [member, number] of Object.entries(value)) {
        if (typeof number === "number") values[`${name}.${member}`] = number;
      }
  }
  return values;
}

it("core and host see the same names and values of the whole interface", async () => {
  const values = valuesOfHost();
  expect(values["Errno.Nosys"]).toBe(38);
  expect(await valuesOfCore()).toEqual(values);
});

it("src/abi.ts exports every file of the interface", () => {
  const text = readFileSync(`${root}src/abi.ts`, "utf8");
  expect([...text.matchAll(/abi\/([\w-]+)\.js/g)].map(([, name]) => name)).toEqual(names);
});
