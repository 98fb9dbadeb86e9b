// Writes what is generated from assembly/abi and committed. `--check` writes nothing, and fails when a file is stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { docsOf } from "./docs.mjs";
import { hostOf } from "./host.mjs";
import { assemblyScriptOf, cHeaderOf, watOf } from "./libraries.mjs";
import { readAbi } from "./model.mjs";
import { textsOf } from "./texts.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const check = process.argv.includes("--check");

const abi = await readAbi().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
const files = {
  "src/abi.ts": hostOf(abi),
  "src/cli/inspect/hypercall-texts.ts": textsOf(abi),
  "docs/abi.md": docsOf(abi),
  "guests/lib/c/wasmvisor.h": cHeaderOf(abi),
  "guests/lib/as/hv.ts": assemblyScriptOf(abi),
  "guests/lib/wat/hv.wat": watOf(abi),
};
for (const [file, text] of Object.entries(files)) {
  const path = join(root, file);
  if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
  if (check) {
    console.error(`${file} is not what assembly/abi says: npm run abi`);
    process.exitCode = 1;
    continue;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(`wrote ${file}`);
}
