// Clang, 75 MB of Wasm, compiles a C file to an object file. Its own glue links four modules with tables
// and a virtual file system in JS; WASI calls come back into its allocator.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../support/packages.mjs";
import { importFrom } from "../resolve.mjs";

export const packages = { "@yowasp/clang": "22.0.0-git20542-10" };
export const compares = "object file";
/** Its passes recurse through large frames. */
export const stackBytes = 1 << 20;

/** @param {string} folder @returns {Promise<Uint8Array>} */
export async function run(folder) {
  const { runClang } = await importFrom(folder, "@yowasp/clang");
  const source = readFileSync(join(root, "test/real/programs/clang-input.c"), "utf8");
  const said = [];
  const options = {
    stdout: (bytes) => bytes && said.push(new TextDecoder().decode(bytes)),
    stderr: (bytes) => bytes && said.push(new TextDecoder().decode(bytes)),
    fetchProgress: () => {},
  };
  const files = await runClang(
    ["clang", "-O2", "-c", "input.c", "-o", "input.o"],
    { "input.c": source },
    options,
  );
  const object = files["input.o"];
  if (!object) throw new Error(`clang made no object file: ${said.join("")}`);
  return object;
}
