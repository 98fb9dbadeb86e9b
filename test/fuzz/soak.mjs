// npm run soak: compares random modules, natively and translated, for as long as one likes.
//   --minutes N (1)      --seed S (from the clock)   --node MAJOR (this one)   --jobs N (1)
//   --only generated,binaryen,spec                    --verify: also run the checker
//   --mutate COUNT: instead give that many mutated modules to the translator itself
// Findings are kept in build/fuzz-findings, minimised. Exits with 1 when there are any.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { nodePath } from "../../tools/nodes.mjs";
import { assembleSpec, specFolder } from "../spec/assemble.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { values: options } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
    node: { type: "string", default: process.versions.node },
    jobs: { type: "string", default: "1" },
    only: { type: "string", default: "generated,binaryen,spec" },
    verify: { type: "boolean", default: false },
    mutate: { type: "string" },
  },
});
/** A step that takes so long counts as hung; the slowest ones take about a second. */
const HANG_MS = 60_000;

const number = (name) => {
  const value = Number(options[name]);
  if (Number.isFinite(value) && value >= 0) return value;
  console.error(`soak: --${name} ${options[name]}: a number is needed`);
  process.exit(2);
};

compile();
const spec = findSpec();
const seed = number("seed");
const node = nodePath(Number.parseInt(options.node, 10));
const deadlineMs = Date.now() + number("minutes") * 60_000;
const sources = options.only.split(",").filter((s) => s !== "spec" || spec);
const total = { tried: 0, none: 0, endless: 0, lines: 0, bySource: {}, findings: [] };
const mutating = options.mutate !== undefined;
const task = {
  kind: mutating ? "mutate" : "differential",
  deadlineMs,
  sources,
  spec,
  kernels: kernels(),
  verify: options.verify,
  findings: join(root, "build/fuzz-findings"),
};
const jobs = number("jobs");
const share = mutating ? Math.ceil(number("mutate") / jobs) : 2 ** 26;
console.log(`soak: ${task.kind}, seed ${seed}, Node ${options.node}, ${jobs} processes`);
await Promise.all(Array.from({ length: jobs }, (_, i) => soak(seed + i * share, seed + (i + 1) * share)));
console.log(JSON.stringify({ seed, node: options.node, ...total, findings: total.findings.length }));
for (const finding of total.findings) console.log(`finding: ${finding}`);
process.exit(total.findings.length ? 1 : 0);

/** Runs worker processes one after the other: a new one behind each seed that hung or crashed one. */
async function soak(from, to) {
  while (from < to && (mutating || Date.now() < deadlineMs)) {
    const stopped = await work(from, to - from);
    if (stopped === undefined) return;
    total.findings.push(`${task.kind} seed ${stopped.at}: ${stopped.why}`);
    console.log(`finding: seed ${stopped.at}: ${stopped.why}`);
    from = stopped.at + 1;
  }
}

function work(from, count) {
  return new Promise((resolve) => {
    const worker = join(root, "build/fuzz/test/fuzz/soak-worker.js");
    const child = spawn(node, [worker, JSON.stringify({ ...task, from, count })], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let at;
    let ended = false;
    let hung = false;
    const guard = () => {
      hung = true;
      child.kill("SIGKILL");
    };
    let timer = setTimeout(guard, HANG_MS);
    createInterface({ input: child.stdout }).on("line", (line) => {
      clearTimeout(timer);
      timer = setTimeout(guard, HANG_MS);
      const message = JSON.parse(line);
      if (message.at !== undefined) at = message.at;
      if (message.end) ended = true;
      note(message);
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (at === undefined) {
        console.error("soak: the worker does not start; its message is above");
        process.exit(2);
      }
      if (ended) resolve(undefined);
      else
        resolve({ at, why: hung ? `no progress in ${HANG_MS} ms` : `the process ended: ${signal ?? code}` });
    });
  });
}

function note(message) {
  if (message.tried !== undefined) {
    total.tried++;
    total.bySource[message.source] = (total.bySource[message.source] ?? 0) + 1;
    total.none += message.none ? 1 : 0;
    total.endless += message.endless ? 1 : 0;
    total.lines += message.lines ?? 0;
    if (total.tried % 1000 === 0)
      console.log(`soak: ${total.tried} cases, ${total.findings.length} findings`);
  }
  if (message.finding) {
    total.findings.push(
      `${message.finding}: ${message.text.split("\n").slice(0, 5).join(" ")} (${message.file})`,
    );
    console.log(`finding: ${message.finding}: ${message.text}`);
  }
  if (message.tally) console.log(JSON.stringify(message.tally));
}

function compile() {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", join(root, "test/fuzz/tsconfig.json")], {
    encoding: "utf8",
  });
  if (status === 0) return;
  console.error(`soak: the fuzzer does not compile:\n${stdout}`);
  process.exit(2);
}

function findSpec() {
  const folder = specFolder();
  if (folder) return assembleSpec(folder);
  console.log(
    "soak: no specification tests found: set WASMVISOR_SPEC to use them; the other sources are used",
  );
  return undefined;
}

/** The benchmark kernels, where they are built. */
function kernels() {
  const folder = join(root, "bench/kernels");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((f) => f.endsWith(".wasm"))
    .map((f) => join(folder, f));
}
