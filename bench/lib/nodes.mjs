// The Nodes to measure on.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { nodePath } from "../../tools/nodes.mjs";

/** @param asked majors (`26`) or paths. Gives `{ asked, path, version, major }`. Fetches a major that is not there. */
export function resolveNode(asked) {
  const path = /^\d+$/.test(asked) ? nodePath(Number(asked)) : asked;
  if (!existsSync(path))
    throw new Error(`bench: --node ${asked}: no such program (give a major like 26, or a path)`);
  const version = execFileSync(path, ["--version"], { encoding: "utf8" }).trim();
  return { asked, path, version, major: Number(version.slice(1).split(".")[0]) };
}

const jspiFlag = "--experimental-wasm-jspi";

/** What this Node wants to have JSPI, in its present form; `undefined`: it has none. */
export function jspiFlags(node) {
  for (const flags of [[], [jspiFlag]]) {
    try {
      const probe = "process.exit(WebAssembly.Suspending && WebAssembly.promising ? 0 : 1)";
      execFileSync(node.path, [...flags, "-e", probe], { stdio: "ignore" });
      return flags;
    } catch {}
  }
  return undefined;
}
