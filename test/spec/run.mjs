// Runs the specification's tests on translated modules, and natively on the same Node.js for comparison.
//
//   node test/spec/run.mjs [--preempt every|random:SEED|none]... [--verify] [--node PATH|MAJOR]...
//                          [--only REGEX] [--no-extra] [--short] [--verbose]
//
// A run is good when no assertion fails (and no module is refused) that passes natively, and none is blocked.
// Without --preempt, all of none, every and random:1 are run.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { nodeExecutable, root } from "../support/packages.mjs";
import { assembleExtra, assembleSpec, specFolder, specRunner } from "./assemble.mjs";

const { values: options } = parseArgs({
  options: {
    preempt: { type: "string", multiple: true, default: [] },
    verify: { type: "boolean", default: false },
    node: { type: "string", multiple: true, default: [] },
    only: { type: "string" },
    "no-extra": { type: "boolean", default: false },
    short: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
});

const spec = specFolder();
if (!spec) {
  console.error(
    "The specification's tests are not here: set WASMVISOR_SPEC to the folder that holds wg2.tar.xz.",
  );
  process.exit(2);
}

/** What Node 20 makes of the specification's tests natively: a smaller count means that tests were lost. */
const expectedPasses = 51_294;
/** A script or two for each area; takes a few seconds. */
const shortSelection =
  "__(call|call_indirect|br_table|loop|block|if|fac|start|imports|linking|memory_grow|table_grow|bulk|ref_func|skip-stack-guard-page|simd_align|func_ptrs|float_exprs)$|extra|^[a-z-]+$";
const only = options.only ?? (options.short ? shortSelection : undefined);

const policies = options.preempt.length
  ? options.preempt
  : options.short
    ? ["every"]
    : ["none", "every", "random:1"];
const nodes = (options.node.length ? options.node : [process.execPath]).map(nodeExecutable);
const suites = [{ name: "wasm 2.0", folder: assembleSpec(spec), whole: !only }];
if (!options["no-extra"]) suites.push({ name: "extra", folder: assembleExtra(spec), whole: false });

const scratch = mkdtempSync(join(tmpdir(), "wasmvisor-spec-"));
let bad = 0;
try {
  for (const node of nodes) {
    const version = spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.trim();
    for (const suite of suites) {
      const native = runSuite(node, suite.folder, undefined);
      report(`${version} ${suite.name} native`, native, []);
      for (const policy of policies) {
        const translated = runSuite(node, suite.folder, policy);
        const problems = compare(native, translated);
        if (suite.whole && translated.summary.pass < expectedPasses - native.summary.fail)
          problems.push(`only ${translated.summary.pass} assertions pass of ${expectedPasses}`);
        report(
          `${version} ${suite.name} ${policy}${options.verify ? " verified" : ""}`,
          translated,
          problems,
        );
        bad += problems.length;
      }
    }
  }
} finally {
  rmSync(scratch, { recursive: true });
}
process.exitCode = bad ? 1 : 0;

/** One run of the runner; `policy` undefined means the modules as they are. */
function runSuite(node, folder, policy) {
  const out = join(scratch, "results.json");
  const args = [specRunner(spec), folder, "--out", out];
  if (policy !== undefined) args.push("--transform", join(root, "test/spec/adapter.mjs"));
  if (only) args.push("--only", only);
  const env = { ...process.env };
  delete env.WASMVISOR_PREEMPT;
  delete env.WASMVISOR_VERIFY;
  if (policy !== undefined && policy !== "none") env.WASMVISOR_PREEMPT = policy;
  if (options.verify) env.WASMVISOR_VERIFY = "1";
  rmSync(out, { force: true });
  const { status, stdout, stderr, signal } = spawnSync(node, args, {
    cwd: root,
    env,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    timeout: 1_800_000,
  });
  if (status !== 0) {
    const lastWords = `${stdout}\n${stderr}`.trim().split("\n").slice(-15).join("\n");
    throw new Error(`the runner itself failed (${signal ?? `status ${status}`}):\n${lastWords}`);
  }
  return JSON.parse(readFileSync(out, "utf8"));
}

/** What went wrong in `translated` and not in `native`, a line each. */
function compare(native, translated) {
  const problems = [];
  const nativeFiles = new Map(native.files.map((file) => [file.file, file]));
  for (const file of translated.files) {
    const before = nativeFiles.get(file.file);
    const known = new Set(before.fails.map(failureKey));
    const fresh = file.fails.filter((line) => !known.has(failureKey(line)));
    const excess = file.fail + file.moduleFail - before.fail - before.moduleFail;
    for (const line of fresh) problems.push(`${file.file}: ${line}`);
    if (excess > fresh.length) problems.push(`${file.file}: ${excess - fresh.length} further failures`);
    if (file.blocked > before.blocked) problems.push(`${file.file}: ${file.blocked} blocked`);
    if (file.skip !== before.skip)
      problems.push(`${file.file}: ${file.skip} skipped, natively ${before.skip}`);
  }
  return problems;
}

/** A failure by line, command and field: the message may differ from engine to engine. */
function failureKey(line) {
  return line.split(" ").slice(0, 3).join(" ");
}

function report(title, { summary }, problems) {
  const { files, modules, pass, fail, blocked, skip, ms } = summary;
  const verdict = problems.length ? "BAD" : "ok";
  console.log(
    `${title}: ${verdict}, ${files} scripts, ${modules} modules, ${pass} pass, ${fail} fail, ${blocked} blocked, ` +
      `${skip} text only, ${(ms / 1000).toFixed(1)} s`,
  );
  const shown = options.verbose ? problems : problems.slice(0, 20);
  for (const problem of shown) console.log(`  ${problem}`);
  if (problems.length > shown.length) console.log(`  and ${problems.length - shown.length} more (--verbose)`);
}
