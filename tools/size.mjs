// Prints what a page has to load, and fails when it grows past a limit.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const limits = [
  { name: "translator.wasm", files: /^translator\.wasm$/, form: "raw", bytes: 120_000 },
  { name: "all .wasm together", files: /\.wasm$/, form: "gzipped", bytes: 60_000 },
];

const folder = join(dirname(fileURLToPath(import.meta.url)), "../build");
const modules = readdirSync(folder)
  .filter((name) => name.endsWith(".wasm"))
  .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }))
  .map(({ name, bytes }) => ({ name, raw: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length }));

for (const { name, raw, gzipped } of modules) console.log(row(name, `${raw} raw, ${gzipped} gzipped`));

let failures = 0;
for (const { name, files, form, bytes } of limits) {
  const counted = modules.filter((module) => files.test(module.name));
  const total = counted.reduce((sum, module) => sum + module[form], 0);
  const verdict = counted.length === 0 ? "MISSING" : total <= bytes ? "ok" : "TOO LARGE";
  if (verdict !== "ok") failures++;
  console.log(row(name, `${total} ${form} of at most ${bytes}: ${verdict}`));
}
process.exit(failures > 0 ? 1 : 0);

function row(name, text) {
  return `${name.padEnd(22)} ${text}`;
}
