#!/usr/bin/env node
// Stands for npm in tests of documents: what is to be installed is linked from this repository, so that no registry is needed.
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(fileURLToPath(import.meta.url), "../../../..");
const [command, ...names] = process.argv.slice(2);
if (command === "init") writeFileSync("package.json", '{ "name": "scratch", "version": "1.0.0" }\n');
else if (command === "install") names.forEach(install);
else throw new Error(`npm ${command}: not known in tests`);

function install(name) {
  const folder = existsSync(join(name, "package.json")) ? resolve(name) : join(root, "node_modules", name);
  mkdirSync("node_modules/.bin", { recursive: true });
  const { bin = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  symlinkSync(folder, join("node_modules", folder === root ? "wasmvisor" : basename(folder)));
  for (const [program, file] of Object.entries(bin))
    symlinkSync(join(folder, file), `node_modules/.bin/${program}`);
}
