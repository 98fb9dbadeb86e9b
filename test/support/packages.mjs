// npm packages that a test or benchmark needs but the project does not: fetched on first use into .cache/,
// at pinned versions, without running their install scripts.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { nodePath } from "../../tools/nodes.mjs";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const cache = join(root, ".cache");

/**
 * Makes sure that `packages` (name to version or range) lie in `.cache/NAME/node_modules`.
 * @param {string} name the cache folder's name
 * @param {Record<string, string>} packages
 * @returns {string} the folder that holds `node_modules`
 */
export function installPackages(name, packages) {
  const folder = join(cache, name);
  const stamp = join(folder, ".installed");
  const wanted = JSON.stringify(packages);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return folder;

  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const specs = Object.entries(packages).map(([packageName, version]) => `${packageName}@${version}`);
  console.error(`fetching ${specs.join(", ")} into ${folder}`);
  const flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--no-save"];
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const { status, stderr, error } = spawnSync(npm, ["install", "--prefix", folder, ...flags, ...specs], {
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    const reason = error?.message ?? stderr.trim().split("\n")[0];
    throw new Error(`could not install ${specs.join(", ")} (is the npm registry reachable?): ${reason}`);
  }
  writeFileSync(stamp, wanted);
  return folder;
}

/** @param {string} name of a cache folder; @returns whether something was already fetched into it */
export function isInstalled(name) {
  return existsSync(join(cache, name, ".installed"));
}

/**
 * The executable of a Node.js: a path is taken as it is, a major version ("22") is fetched from npm.
 * @param {string} which
 */
export function nodeExecutable(which) {
  if (/^\d+$/.test(which)) return nodePath(Number(which));
  if (!existsSync(which)) throw new Error(`no Node.js at ${which}: a path or a major version is wanted`);
  return which;
}
