// Asks every peer the same questions, by the code of its file, and measures what can be measured alike.
//
//   node docs/comparison/run.mjs [--write] [--node MAJOR] [PEER...]
//
// Peers are fetched from npm into .cache/comparison, without running install scripts. --write puts the tables into
// docs/comparison.md. isolated-vm has its addon ready for Node.js 24 and 26; jco needs an engine with JSPI.
import { spawn } from "node:child_process";
import { lstatSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { installPackages, root } from "../../test/support/packages.mjs";
import { nodePath } from "../../tools/nodes.mjs";

const peers = ["wasmvisor", "worker", "extism", "isolated-vm", "quickjs", "jco"];
const questions = {
  runs: "runs",
  where: "runs in",
  stop: "an endless loop can be stopped",
  state: "the guest's state is there afterwards, and it can be called again",
  resume: "what was stopped goes on",
  pause: "can be paused and go on later",
  asyncImport: "a synchronous import may wait for a promise",
  twoWait: "two calls of one guest wait at the same time",
  budget: "work is bounded and counted, equally everywhere",
  memory: "memory is bounded",
  recursion: "endless recursion ends as an error",
};
const figures = {
  start: "a new guest, ms",
  call: "a call that does nothing, µs",
  late: "turns of a 1 ms timer of the host while a guest loops, ms apart (median / p99 over time)",
  again: "from the stop of an endless loop to the next answer, ms",
  installed: "installed, MB",
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: "boolean" }, node: { type: "string", default: "26" }, child: { type: "string" } },
});
if (values.child) console.log(JSON.stringify(await ask(values.child)));
else await compare(positionals.length > 0 ? positionals : peers);

async function compare(names) {
  const results = [];
  for (const name of names) {
    const { about } = await import(`./${name}.mjs`);
    console.error(`asking ${about.name}`);
    results.push({ about, ...(await inChild(name, about.flags ?? [])) });
  }
  const version = results[0].node;
  const table = (rows, of) =>
    [
      `| | ${results.map(({ about }) => about.name).join(" | ")} |`,
      `| --- |${" --- |".repeat(results.length)}`,
      ...Object.entries(rows).map(
        ([key, title]) => `| ${title} | ${results.map((one) => of(one, key)).join(" | ")} |`,
      ),
    ].join("\n");
  const text = [
    table(questions, ({ about, answers }, key) => about[key] ?? answers[key]),
    table(figures, ({ figures: measured }, key) => measured[key] ?? "-"),
    `Measured on Node.js ${version}, ${cpus()[0]?.model}, ${availableParallelism()} cores, by \`node docs/comparison/run.mjs --write\`. ` +
      `Versions: ${results.flatMap(({ about }) => Object.entries(about.packages ?? {}).map((one) => one.join(" "))).join(", ")}.`,
  ].join("\n\n");
  console.log(text);
  if (!values.write) return;
  const document = join(root, "docs/comparison.md");
  const [before, , after] = readFileSync(document, "utf8").split(
    /<!-- (?:begin|end): written by run.mjs -->\n/,
  );
  const mark = (what) => `<!-- ${what}: written by run.mjs -->\n`;
  writeFileSync(document, `${before}${mark("begin")}${text}\n${mark("end")}${after}`);
}

function inChild(name, flags) {
  const args = [...flags, "--no-warnings", fileURLToPath(import.meta.url), "--child", name];
  const child = spawn(nodePath(values.node), args, { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("close", (code) => {
      if (code === 0) resolve(JSON.parse(output));
      else reject(new Error(`${name} ended with ${code}: ${output.slice(0, 300)}`));
    });
  });
}

async function ask(name) {
  const file = await import(`./${name}.mjs`);
  const { start, answers, holdsThread } = file.peer ? await load(file) : file;
  const told = {};
  for (const question of Object.keys(answers)) {
    try {
      told[question] = (await answers[question]()) || "not as expected";
    } catch (error) {
      told[question] = `failed: ${error.message.split("\n")[0]}`;
    }
  }
  const figures = await measure(start, holdsThread);
  figures.installed = installed(file.about);
  // Workers may be left over.
  setImmediate(() => process.exit());
  return { node: process.version, answers: told, figures };
}

async function load({ peer, about }) {
  const [name] = Object.keys(about.packages);
  const folder = installPackages(`comparison/${about.name}`, about.packages);
  const entry = about.main
    ? join(folder, "node_modules", name, about.main)
    : createRequire(`${folder}/`).resolve(name);
  return peer(await import(pathToFileURL(entry).href), folder);
}

/**
 * How long the host waits for its next turn: asked at random moments while `act` runs, half of the answers are below the first
 * number, 99 % below the second. In milliseconds.
 */
async function lateness(act) {
  const turns = [performance.now()];
  const timer = setInterval(() => turns.push(performance.now()), 1);
  await act();
  await sleep(5);
  clearInterval(timer);
  const gaps = turns
    .slice(1)
    .map((at, i) => at - turns[i])
    .sort((a, b) => a - b);
  const whole = gaps.reduce((sum, gap) => sum + gap, 0);
  return [0.5, 0.99].map((share) => {
    let passed = 0;
    return gaps.find((gap) => {
      passed += gap;
      return passed >= share * whole;
    });
  });
}

/** In MB, with all that it needs; of the project what it publishes. */
function installed({ name, packages }) {
  if (packages) return megabytes(bytesBelow(join(root, ".cache/comparison", name, "node_modules")));
  if (name !== "wasmvisor") return "0";
  const published = bytesBelow(join(root, "dist")) + bytesBelow(join(root, "build"), /^[^/]*\.wasm$/);
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const needed = new Set();
  const need = (list) => {
    for (const one of Object.keys(list ?? {})) {
      if (needed.has(one)) continue;
      needed.add(one);
      need(JSON.parse(readFileSync(join(root, "node_modules", one, "package.json"), "utf8")).dependencies);
    }
  };
  need(dependencies);
  return megabytes(
    [...needed].reduce((sum, one) => sum + bytesBelow(join(root, "node_modules", one)), published),
  );
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}

function bytesBelow(folder, fits = /./) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => fits.test(path) && lstatSync(join(folder, path)).isFile())
    .reduce((sum, path) => sum + lstatSync(join(folder, path)).size, 0);
}

async function measure(start, holdsThread) {
  const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];
  const figure = (number) => Number(number.toPrecision(2)).toString();
  const took = async (act) => {
    const startedAt = performance.now();
    await act();
    return performance.now() - startedAt;
  };

  const starts = [];
  for (let i = 0; i < 15; i++) {
    let guest;
    starts.push(
      await took(async () => {
        guest = await start();
        await guest.call("tick");
      }),
    );
    await guest.close();
  }
  const guest = await start();
  const calls = [];
  for (let i = 0; i < 20; i++) {
    calls.push(
      (await took(async () => {
        for (let n = 0; n < 100; n++) await guest.call("tick");
      })) * 10,
    );
  }
  const measured = { start: figure(median(starts)), call: figure(median(calls)) };
  if (holdsThread) return { ...measured, late: "for ever", again: "never" };

  const spinning = await start();
  await spinning.call("tick");
  const late = await lateness(() => spinning.call("spin", 1000).catch(() => {}));
  const again = [];
  for (let i = 0; i < 5; i++) {
    const stopped = await start();
    await stopped.call("tick");
    const startedAt = performance.now();
    await stopped.call("spin", 50).catch(() => {});
    const next = await stopped.again();
    await next.call("tick");
    again.push(performance.now() - startedAt - 50);
  }
  return { ...measured, late: late.map(figure).join(" / "), again: figure(Math.max(median(again), 0)) };
}
