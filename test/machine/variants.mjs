// Copies of the library whose translator is of "another version": it numbers resume points otherwise and keeps other values in
// frames. Snapshots go from one to the other.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const require = createRequire(import.meta.url);

/** What is replaced in which file of assembly/translator. */
const VARIANTS = {
  /** All locals are kept everywhere; two numbers that nobody uses follow those of each function. */
  roomy: [
    ["liveness.ts", "const MAX_PASSES: u32 = 8;", "const MAX_PASSES: u32 = 0;"],
    ["plan.ts", "return 1 + loops.length + sites.length;", "return 3 + loops.length + sites.length;"],
    ["manifest.ts", "/** The bulk helpers, in order of their gids. */", "/** The bulk helpers, in order. */"],
    [
      "manifest.ts",
      "    writePoint(2, inInput ? instrOffset(sites.get(k)) : bodyOffset);\n  }\n",
      "    writePoint(2, inInput ? instrOffset(sites.get(k)) : bodyOffset);\n  }\n" +
        "  layOutEntry();\n  writePoint(0, bodyOffset);\n  writePoint(0, bodyOffset);\n",
    ],
  ],
  /** No two call sites share a frame's layout. */
  unshared: [
    [
      "frames.ts",
      "  sharesSites = sites.length >= SHARING_SITES\n",
      "  sharesSites = sites.length > 0x7fffffff\n",
    ],
  ],
};

export const variantNames = Object.keys(VARIANTS);

/** The path of dist/node.js of a variant, which is built when needed. */
export function variantLibrary(name) {
  const folder = join(root, "build/variants", name);
  const wasm = join(folder, "build/translator.wasm");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "build"), { recursive: true });
  cpSync(join(root, "assembly"), join(folder, "assembly"), { recursive: true });
  for (const [file, from, to] of VARIANTS[name]) {
    const path = join(folder, "assembly/translator", file);
    const text = readFileSync(path, "utf8");
    if (text.split(from).length !== 2)
      throw new Error(`${file} has changed: adapt test/machine/variants.mjs`);
    writeFileSync(path, text.replace(from, to));
  }
  const asc = require.resolve("assemblyscript/bin/asc.js");
  const target = JSON.parse(readFileSync(join(root, "asconfig.json"), "utf8")).targets.translator;
  const flags = ["--runtime", "stub", "-O3", "--shrinkLevel", `${target.shrinkLevel ?? 0}`, "--noAssert"];
  const words = [asc, "assembly/translator.ts", ...flags, "--use", "abort=", "--outFile", wasm];
  const { status, stderr, stdout } = spawnSync(process.execPath, words, { cwd: folder, encoding: "utf8" });
  if (status !== 0 || !existsSync(wasm))
    throw new Error(`the variant ${name} was not built: ${stdout}${stderr}`);
  for (const file of ["glue", "hypervisor", "hypercalls", "stack-pointer", "runtime", "wasi"]) {
    cpSync(join(root, `build/${file}.wasm`), join(folder, `build/${file}.wasm`));
  }
  for (const part of ["dist", "build/abi"]) cpSync(join(root, part), join(folder, part), { recursive: true });
  cpSync(join(root, "package.json"), join(folder, "package.json"));
  return join(folder, "dist/node.js");
}
