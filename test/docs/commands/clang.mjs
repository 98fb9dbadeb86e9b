#!/usr/bin/env node
// clang of npm's @yowasp/clang, which benchmarks and C guests fetch, for where there is none on the system. It is given the files
// that the command line names, and the headers of its -I folders.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageUrl } from "../../../bench/lib/packages.mjs";

const { runClang } = await import(packageUrl("@yowasp/clang", "gen/bundle.js"));

const args = process.argv.slice(2);
const folders = args.filter((_, i) => args[i - 1] === "-I");
const headers = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
const tree = {};
for (const path of [...args, ...headers].filter((path) =>
  statSync(path, { throwIfNoEntry: false })?.isFile(),
)) {
  const steps = path.split("/");
  const folder = steps.slice(0, -1).reduce((at, step) => (at[step] ??= {}), tree);
  folder[steps.at(-1)] = readFileSync(path);
}
await runClang(null, {}, { fetchProgress: () => {} });
try {
  const output = args[args.indexOf("-o") + 1];
  writeFileSync(output, (await runClang(["clang", ...args], tree))[output]);
} catch (error) {
  if (error.files === undefined) throw error;
  process.exitCode = 1; // clang has said why
}
