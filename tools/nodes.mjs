// Other versions of Node.js, to run the product on. `node tools/nodes.mjs 26` prints the path of a Node 26,
// which is fetched once (from npm's packages `node-<platform>-<arch>`) into .cache/nodes/26.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const cache = join(dirname(fileURLToPath(import.meta.url)), "../.cache/nodes");

/** The majors that the product is tested on, besides the one in `engines`; the last one is the newest. */
export const majors = [22, 24, 26];

/** Absolute path of a Node.js of this major version. Throws an Error when it cannot be installed. */
export function nodePath(major) {
  if (major === Number(process.versions.node.split(".")[0])) return process.execPath;
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const folder = join(cache, String(major));
  const path = join(folder, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
  if (!existsSync(path)) install(`${name}@${major}`, folder);
  if (!existsSync(path))
    throw new Error(`nodes: ${name}@${major} has no ${path}; remove ${folder} and try again`);
  return path;
}

/** Installs beside `folder` and renames, so that one who comes while it runs never sees half of it. */
function install(spec, folder) {
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(`${folder}.`);
  try {
    writeFileSync(join(fresh, "package.json"), '{ "private": true }\n');
    const args = [
      "install",
      "--no-audit",
      "--no-fund",
      "--no-package-lock",
      "--ignore-scripts",
      "--loglevel=error",
      spec,
    ];
    const { status, stderr } = spawnSync("npm", args, {
      cwd: fresh,
      env: { ...process.env, npm_config_prefix: undefined, npm_config_local_prefix: undefined },
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
      shell: process.platform === "win32",
    });
    if (status !== 0) throw new Error(`nodes: npm cannot install ${spec}:\n${stderr}`);
    if (!existsSync(folder)) renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const asked = process.argv.slice(2).map((text) => Number(text.replace("newest", String(majors.at(-1)))));
  if (asked.length === 0 || !asked.every((major) => Number.isInteger(major) && major >= 20)) {
    console.error("usage: node tools/nodes.mjs MAJOR...    MAJOR: 20 or later, or 'newest'");
    process.exit(2);
  }
  for (const major of asked) console.log(nodePath(major));
}
