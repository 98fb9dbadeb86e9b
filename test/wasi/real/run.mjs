// Runs programs from npm (programs.mjs) with `wv run` and under node:wasi, and compares all that comes out. Needs the registry at first, and `npm
// run build`.
//   node test/wasi/real/run.mjs [PROGRAM..] [--quantum UNITS]..    all but the slow ones when none is named; --all: these too
// Each program is run as it is, then once for each --quantum, stopped after so many units each time (default: 20011).
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../../support/packages.mjs";
import { programs } from "./programs.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quantum: { type: "string", multiple: true }, all: { type: "boolean" } },
});
const quanta = values.quantum ?? ["20011"];
const names =
  positionals.length > 0
    ? positionals
    : Object.keys(programs).filter((name) => values.all || !programs[name].slow);

/** `stdout`, `stderr`, code of each step, and the folder's files afterwards. */
function perform(program, steps, execute) {
  const work = mkdtempSync(join(tmpdir(), "wv-wasi-real-"));
  try {
    for (const [name, text] of Object.entries(program.files ?? {})) writeFileSync(join(work, name), text);
    const told = steps.map(({ wasm, args, input }) => {
      const file = wasm.startsWith("/data/") ? join(work, wasm.slice(6)) : wasm;
      const startedAt = performance.now();
      const { status, signal, stdout, stderr } = execute(file, { "/data": work }, args, input ?? "");
      return { code: status ?? signal, stdout, stderr, ms: performance.now() - startedAt };
    });
    const files = readdirSync(work, { recursive: true, encoding: "utf8" }).sort();
    const hashes = files.map(
      (name) =>
        `${name} ${createHash("sha256")
          .update(readFileSync(join(work, name)))
          .digest("hex")}`,
    );
    return { told, hashes };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const options = (input) => ({ input, encoding: "utf8", maxBuffer: 1 << 28, cwd: root, timeout: 600_000 });

let failures = 0;
for (const name of names) {
  const program = programs[name];
  const steps = await program.steps();
  const readOnly = program.readOnly?.() ?? {};
  const underNode = (file, folders, args, input) => {
    const preopens = JSON.stringify({ ...folders, ...readOnly, ...temporary() });
    const child = [
      "--no-warnings",
      "--stack-size=3900",
      join(root, "test/wasi/real/under-node.mjs"),
      file,
      preopens,
      ...args,
    ];
    return spawnSync(process.execPath, child, options(input));
  };
  const underWv = (quantum) => (file, folders, args, input) => {
    const dirs = Object.entries(folders).flatMap(([guest, host]) => ["--dir", `${host}::${guest}`]);
    for (const [guest, host] of Object.entries(readOnly)) dirs.push("--dir", `${host}::${guest}:ro`);
    const stops = quantum === undefined ? [] : ["--quantum", quantum];
    const child = [join(root, "dist/cli/main.js"), "run", "-q", ...stops, ...dirs, file, "--", ...args];
    return spawnSync(process.execPath, child, options(input));
  };
  const expected = perform(program, steps, underNode);
  for (const quantum of [undefined, ...quanta]) {
    const found = perform(program, steps, underWv(quantum));
    const plain = ({ told, hashes }) =>
      JSON.stringify([told.map(({ ms: _, ...rest }) => rest), hashes], undefined, 1);
    const same = plain(found) === plain(expected);
    const ms = (all) => all.told.map((step) => step.ms.toFixed(0)).join(", ");
    const how = quantum === undefined ? "as it is" : `stopped every ${quantum} units`;
    console.log(
      `${same ? "same" : "OTHER"}  ${name}, ${how}: ${ms(found)} ms (node:wasi ${ms(expected)} ms), ${found.hashes.length} files`,
    );
    if (same) continue;
    failures += 1;
    console.log(
      `--- node:wasi\n${plain(expected).slice(0, 4000)}\n--- wv run\n${plain(found).slice(0, 4000)}`,
    );
  }
}
process.exitCode = failures === 0 ? 0 : 1;

/** node:wasi has no /tmp of its own. */
function temporary() {
  const path = join(tmpdir(), `wv-wasi-tmp-${process.pid}`);
  mkdirSync(path, { recursive: true });
  process.once("exit", () => rmSync(path, { recursive: true, force: true }));
  return { "/tmp": path };
}
