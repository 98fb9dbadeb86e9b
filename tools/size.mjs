// Prints what a page has to load, and how many lines the core has; fails when a limit is passed.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

/** What a machine loads. `runtime.wasm` takes the place of the hypervisor where translated modules are embedded without one. */
const machine = ["hypervisor", "translator", "glue", "hypercalls", "stack-pointer"];
const limits = [
  { name: "hypervisor.wasm", modules: ["hypervisor"], form: "raw", bytes: 24_000 },
  { name: "translator.wasm", modules: ["translator"], form: "raw", bytes: 120_000 },
  { name: "what a machine loads", modules: machine, form: "gzipped", bytes: 60_000 },
];
/** The core: everything that hypervisor.wasm is made of, but the interface, which others share. */
const coreSources = ["state", "object", "hypercall", "frame", "hypervisor.ts"];

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const build = join(root, "build");
const sizes = new Map(
  readdirSync(build)
    .filter((file) => file.endsWith(".wasm"))
    .map((file) => {
      const bytes = readFileSync(join(build, file));
      const gzipped = gzipSync(bytes, { level: 9 }).length;
      return [file.slice(0, -".wasm".length), { raw: bytes.length, gzipped }];
    }),
);

for (const [name, { raw, gzipped }] of sizes)
  console.log(row(`${name}.wasm`, `${raw} raw, ${gzipped} gzipped`));

let failures = 0;
for (const { name, modules, form, bytes } of limits) {
  const missing = modules.filter((module) => !sizes.has(module));
  const total = modules.reduce((sum, module) => sum + (sizes.get(module)?.[form] ?? 0), 0);
  const verdict = missing.length > 0 ? `MISSING ${missing.join(", ")}` : total <= bytes ? "ok" : "TOO LARGE";
  if (verdict !== "ok") failures++;
  console.log(row(name, `${total} ${form} of at most ${bytes}: ${verdict}`));
}

let lines = 0;
for (const source of coreSources) {
  const own = sourcesBelow(join(root, "assembly", source)).reduce((sum, file) => sum + linesOf(file), 0);
  if (own === 0) failures++;
  lines += own;
  console.log(row(`assembly/${source}`, `${own} lines`));
}
console.log(row("the core", `${lines} lines without blank lines and comments`));
process.exit(failures > 0 ? 1 : 0);

/** Files of code in a folder, or the file itself. */
function sourcesBelow(path) {
  if (!existsSync(path)) return [];
  if (/\.(ts|wat)$/.test(path)) return [path];
  return readdirSync(path)
    .filter((file) => /\.(ts|wat)$/.test(file))
    .map((file) => join(path, file));
}

/** Lines that are not blank and not comments alone. Comment signs within strings do not occur in the core. */
function linesOf(file) {
  const text = readFileSync(file, "utf8");
  const bare = file.endsWith(".wat")
    ? text.replace(/\(;[\s\S]*?;\)/g, "").replace(/;;.*/g, "")
    : text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*/g, "");
  return bare.split("\n").filter((line) => line.trim() !== "").length;
}

function row(name, text) {
  return `${name.padEnd(22)} ${text}`;
}
