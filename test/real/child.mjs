// Runs one program once and prints what came of it as its last line, JSON.
//   node test/real/child.mjs PROGRAM FOLDER native|translated|random:SEED|every [--verify]
import { createHash } from "node:crypto";

const [name = "", folder = "", mode = "", ...flags] = process.argv.slice(2);
const { run, stackBytes } = await import(`./programs/${name}.mjs`);

const virtualize = mode === "native" ? undefined : (await import("./virtualize.mjs")).virtualize;
const hypervisor = virtualize?.(mode, flags.includes("--verify"), stackBytes);
const startedAt = performance.now();
const output = await run(folder);
const totalMs = performance.now() - startedAt;

const result = {
  sha256: createHash("sha256").update(output).digest("hex"),
  bytes: output.length,
  totalMs,
  ...hypervisor?.facts(),
};
process.stdout.write(`\n${JSON.stringify(result)}\n`, () => process.exit(0));
