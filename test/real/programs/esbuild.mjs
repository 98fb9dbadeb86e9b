// esbuild: Go, with its scheduler and garbage collector, and Go's own glue. Transforms a TypeScript file.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

export const packages = { "esbuild-wasm": "0.28.2" };
export const compares = "transformed code";

const source = `
enum Color { Red, Green = 5, Blue }
interface Shape<T extends object> { area(): number; meta?: T }
abstract class Base { constructor(private readonly name: string) {} get label() { return \`<\${this.name}>\` } }
export class Square extends Base implements Shape<{ a: 1 }> {
  static #count = 0
  constructor(public side: number) { super("square"); Square.#count++ }
  area() { return this.side ** 2 }
}
export async function* walk<T>(tree: { left?: any; value: T; right?: any }): AsyncGenerator<T> {
  if (tree.left) yield* walk(tree.left)
  yield tree.value ?? Color.Blue
  if (tree.right) yield* walk(tree.right)
}
const { a, ...rest } = { a: 1, b: 2n, c: /x+/giu } as const
export default rest satisfies object
`;

/** @param {string} folder @returns {Promise<Uint8Array>} */
export async function run(folder) {
  const require = createRequire(join(folder, "package.json"));
  Object.assign(globalThis, { self: globalThis });
  const esbuild = require("esbuild-wasm/lib/browser.js");
  const bytes = readFileSync(join(folder, "node_modules/esbuild-wasm/esbuild.wasm"));
  await esbuild.initialize({ wasmModule: await WebAssembly.compile(bytes), worker: false });
  const results = [];
  for (const options of [{ target: "es2015" }, { minify: true }, { format: "cjs", sourcemap: "inline" }]) {
    results.push((await esbuild.transform(source, { loader: "ts", ...options })).code);
  }
  results.push(await esbuild.transform("let x = ;", { logLevel: "silent" }).catch((error) => error.message));
  return new TextEncoder().encode(results.join("\n"));
}
