// docs/howto-write-a-guest.md: each program and command of it, in its order, in an empty folder.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { packageDir } from "../../bench/lib/packages.mjs";
import { blocksOf } from "./blocks.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const commands = join(root, "test/docs/commands");
const scratch = mkdtempSync(join(tmpdir(), "wasmvisor-howto-"));
const bin = join(scratch, "bin");
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Where clang comes from; undefined: there is none. */
function findClang(): "system" | "npm" | undefined {
  const { stdout } = spawnSync("clang", ["--print-targets"], { encoding: "utf8" });
  if (stdout?.includes("wasm32") && spawnSync("wasm-ld", ["--version"]).status === 0) return "system";
  return packageDir("@yowasp/clang", { fetch: false }) === undefined ? undefined : "npm";
}

const clang = findClang();
mkdirSync(bin);
const stand = { npm: "npm.mjs", npx: "npx", ...(clang === "npm" && { clang: "clang.mjs" }) };
for (const [name, file] of Object.entries(stand)) symlinkSync(join(commands, file), join(bin, name));

function run(script: string): string {
  const PATH = [bin, dirname(process.execPath), process.env.PATH].join(delimiter);
  const env = { ...process.env, PATH, WASMVISOR: root, NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync("bash", ["-ec", script], {
    cwd: scratch,
    env,
    encoding: "utf8",
  });
  expect(status, `${script}\n${stdout}${stderr}`).toBe(0);
  return stdout;
}

const blocks = blocksOf("docs/howto-write-a-guest.md");

describe("how to write a guest", () => {
  for (const heading of new Set(blocks.map((block) => block.heading))) {
    const needsClang = heading === "In C" && clang === undefined;
    const title = needsClang
      ? `${heading} (skipped: there is no clang; npm run guests fetches one)`
      : heading;
    it.skipIf(needsClang)(
      title,
      () => {
        let printed: string | undefined;
        for (const { language, text } of blocks.filter((block) => block.heading === heading)) {
          const file = /^(?:\/\/|;;) (\S+)\n/.exec(text)?.[1];
          if (language === "sh") printed = run(text);
          else if (language === "text") expect(printed).toBe(text);
          else if (file !== undefined) writeFileSync(join(scratch, file), text);
          else throw new Error(`nobody knows what to do with a block in ${language}`);
        }
        expect(printed).toBeDefined();
      },
      180_000,
    ); // compilers take seconds, on a busy machine many
  }
});
