// Gets the specification's tests ready to run: finds them, fetches the assemblers, and keeps the assembled
// scripts in .cache/spec/, one folder per content, so that only a change of the tests assembles again.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { cache, installPackages, root } from "../support/packages.mjs";

const archiveName = "wg2.tar.xz";
const assemblers = { wabt: "1.0.39", "@bytecodealliance/jco-transpile": "0.15.0" };

/**
 * The folder with the specification's tests, their assembler and their runner; undefined when there is none.
 * WASMVISOR_SPEC names it; else it is looked for beside the project.
 */
export function specFolder() {
  const folder = process.env.WASMVISOR_SPEC ?? join(root, "../shared/spec-tests");
  return existsSync(join(folder, archiveName)) ? resolve(folder) : undefined;
}

/** @param {string} spec @returns the program that runs assembled scripts */
export function specRunner(spec) {
  return join(spec, "run-spec.mjs");
}

/**
 * The specification's own tests, assembled.
 * @param {string} spec the folder that `specFolder` found
 * @returns a folder with a subfolder per script
 */
export function assembleSpec(spec) {
  const archive = join(spec, archiveName);
  const output = join(cache, "spec", `wg2-${hashOf([archive, join(spec, "wast2json.mjs")])}`);
  if (existsSync(output)) return output;

  const sources = `${output}.wast`;
  mkdirSync(sources, { recursive: true });
  run("tar", ["xJf", archive, "-C", sources], {});
  const scripts = filesBelow(sources).filter((file) => file.endsWith(".wast"));
  assemble(spec, output, join(sources, "test"), scripts);
  rmSync(sources, { recursive: true });
  return output;
}

/**
 * Scripts of our own (`test/spec/extra/*.wast`), for what the specification's 2.0 tests do not cover.
 * @param {string} spec the folder that `specFolder` found
 */
export function assembleExtra(spec) {
  const folder = join(root, "test/spec/extra");
  const scripts = filesBelow(folder).filter((file) => file.endsWith(".wast"));
  const output = join(cache, "spec", `extra-${hashOf([...scripts, join(spec, "wast2json.mjs")])}`);
  if (existsSync(output)) return output;
  assemble(spec, output, folder, scripts);
  const siblings = readdirSync(join(cache, "spec")).filter((name) => name.startsWith("extra-"));
  for (const name of siblings)
    if (name !== basename(output)) rmSync(join(cache, "spec", name), { recursive: true });
  return output;
}

function assemble(spec, output, scriptRoot, scripts) {
  const tools = installPackages("spec-tools", assemblers);
  const unfinished = `${output}.tmp`;
  rmSync(unfinished, { recursive: true, force: true });
  run(process.execPath, [join(spec, "wast2json.mjs"), unfinished, ...scripts], {
    WAST_TOOLS: `${tools}/`,
    WAST_ROOT: scriptRoot,
  });
  const problems = readFileSync(join(unfinished, "convert-report.txt"), "utf8").trim();
  if (problems) throw new Error(`not every script could be assembled:\n${problems}`);
  renameSync(unfinished, output);
}

function run(command, args, env) {
  const { status, stderr, error } = spawnSync(command, args, {
    env: { ...process.env, ...env },
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (status !== 0)
    throw new Error(`${basename(command)} failed: ${error?.message ?? stderr.trim().slice(0, 2000)}`);
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function hashOf(files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(basename(file)).update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}
