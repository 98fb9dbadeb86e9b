// SWC: Rust, with wasm-bindgen's glue, which instantiates synchronously.
import { createRequire } from "node:module";
import { join } from "node:path";

export const packages = { "@swc/wasm": "1.16.18" };
export const compares = "transformed code";
/** Its visitors recurse through large frames. */
export const stackBytes = 1 << 20;

const source = `
export class Queue<T> { #items: T[] = []; push = (item: T) => void this.#items.push(item)
  async *drain() { while (this.#items.length) yield await this.#items.shift()! } }
export const total = (...values: number[]) => values.reduce((sum, value) => sum + (value ?? 0), 0)
export const pick = ({ a = 1, b: { c = [] } = {}, ...rest }: any) => ({ ...rest, a, d: c?.[0]?.name ?? "none" })
outer: for (const [key, value] of Object.entries({ x: 1, y: 2 })) { if (value > 1) continue outer; console.log(key) }
`;

/** @param {string} folder @returns {Promise<Uint8Array>} */
export async function run(folder) {
  const require = createRequire(join(folder, "package.json"));
  const swc = require("@swc/wasm");
  const results = [
    swc.transformSync(source, { jsc: { parser: { syntax: "typescript" }, target: "es5" } }).code,
    swc.transformSync(source, { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, minify: true })
      .code,
    swc.minifySync("function f(long) { const unused = 1; return long + (2 * 3) }", {
      compress: true,
      mangle: true,
    }).code,
  ];
  try {
    swc.transformSync("let x = ;", {});
  } catch (error) {
    results.push(String(error));
  }
  return new TextEncoder().encode(results.join("\n"));
}
