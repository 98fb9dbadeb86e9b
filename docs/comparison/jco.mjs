// jco: a component becomes an ES module, its core modules run as they are; JSPI where imports are asynchronous.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { componentWat } from "./guest.mjs";

export const about = {
  name: "jco",
  packages: { "@bytecodealliance/jco-transpile": "0.15.0" },
  main: "dist/index.js",
  runs: "Wasm components (WIT), WASI preview 2",
  where: "the caller's thread",
};

export async function peer({ transpileBytes }, folder) {
  const { parse } = await import(
    pathToFileURL(join(folder, "node_modules/@bytecodealliance/jco-transpile/dist/wasm-tools.js")).href
  );
  const component = await parse(componentWat);
  const out = join(folder, "transpiled");
  const { files } = await transpileBytes(component, {
    name: "guest",
    instantiation: "async",
    asyncMode: "jspi",
    asyncImports: ["ask"],
    asyncExports: ["ask"],
    outDir: out,
    wasiShim: false,
  });
  const core = new Map();
  for (const [name, bytes] of Object.entries(files)) {
    const path = name.startsWith(out) ? name : join(out, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    if (path.endsWith(".wasm")) core.set(path.slice(out.length + 1), await WebAssembly.compile(bytes));
  }
  writeFileSync(join(out, "package.json"), '{"type":"module"}');
  const { instantiate } = await import(pathToFileURL(join(out, "guest.js")).href);
  const ask = () => sleep(10, 41);
  const open = () => instantiate((path) => core.get(path), { ask: { default: ask } });

  async function start() {
    const guest = await open();
    return { call: async (name) => guest[name](), close() {}, again: async () => guest };
  }

  const answers = {
    stop: async () => "no: the thread hangs; run it in a Worker and kill that",
    state: async () => "no: see above",
    resume: async () => "no",
    pause: async () => "no",
    async asyncImport() {
      const guest = await open();
      return (await guest.ask()) === 42 && "yes, where the engine has JSPI";
    },
    async twoWait() {
      const guest = await open();
      const both = await Promise.allSettled([guest.ask(), guest.ask()]);
      return both.every(({ value }) => value === 42) ? "yes" : "no: a component is entered once at a time";
    },
    budget: async () => "no",
    async memory() {
      const guest = await open();
      return guest.grow() === 65_536 && "by the module's own maximum alone";
    },
    async recursion() {
      const guest = await open();
      try {
        return guest.deep() && false;
      } catch (error) {
        return error instanceof RangeError && "the engine's stack: depth differs";
      }
    },
  };
  return { start, answers, holdsThread: true };
}
