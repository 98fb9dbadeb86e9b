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
