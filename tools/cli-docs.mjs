// Puts the texts of --help into docs/cli.md: each block that begins with "$ wv ... --help" is what that prints.
// `--check` writes nothing, and fails when a text is stale. Needs a build.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const page = join(root, "docs/cli.md");

const before = readFileSync(page, "utf8");
const after = before.replace(/```text\n\$ wv (.*--help)\n[\s\S]*?```/g, (_block, words) => {
  const program = join(root, "dist/cli/main.js");
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...words.split(" ")], {
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
  });
  if (status !== 0) throw new Error(`wv ${words} failed: ${stderr}`);
  return `\`\`\`text\n$ wv ${words}\n${stdout.trim()}\n\`\`\``;
});

if (before === after) {
  console.log("docs/cli.md has the texts of --help");
} else if (process.argv.includes("--check")) {
  console.error("docs/cli.md does not have the texts of --help: node tools/cli-docs.mjs");
  process.exitCode = 1;
} else {
  writeFileSync(page, after);
  console.log("wrote docs/cli.md");
}
