// Speed of translation and growth of the module, on real modules, beside wasm-opt --asyncify.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { measure } from "../lib/child.mjs";
import { codeBytes, moduleFile, modules } from "../lib/modules.mjs";
import { kernelDir } from "../lib/paths.mjs";
import { wasmOptTime } from "../peers/wasm-opt-times.mjs";

/** wasm-opt needs minutes or more memory than there is for these: the figure is left out. */
const beyondWasmOpt = ["clang"];

export async function run({ nodes, quick, only, report }) {
  const rows = [];
  const targets = quick
    ? quickTargets()
    : Object.keys(modules).map((name) => ({ name, file: moduleFile(name) }));
  for (const { name, file } of targets) {
    if (only && !only.includes(name)) continue;
    const peers =
      quick || beyondWasmOpt.includes(name)
        ? {}
        : { O0: wasmOptTime(file, "-O0"), O3: wasmOptTime(file, "-O3") };
    const bytes = readFileSync(file).length;
    const code = codeBytes(file);
    const about = { group: "translation", name, bytes, codeBytes: code };
    for (const node of nodes) {
      const { ms, spread, firstMs, outBytes } = await measure(node, "translation.mjs", { file, quick });
      rows.push({
        ...about,
        scheme: "wasmvisor",
        node: node.version,
        ms,
        firstMs,
        mbPerS: bytes / ms / 1000,
        mbPerSOfCode: code / ms / 1000,
        growth: outBytes / bytes,
        ...(peers.O3
          ? {
              ratio: ms / peers.O3.ms,
              spread: spread.map((x) => x / peers.O3.ms),
              yardstick: "time of wasm-opt --asyncify -O3",
            }
          : {}),
        command: `npm run bench -- translation --only ${name} --node ${node.major}`,
      });
      report([rows.at(-1)]);
    }
    for (const [level, { ms, outBytes }] of Object.entries(peers)) {
      rows.push({
        ...about,
        scheme: `asyncify ${level}`,
        node: process.version,
        ms,
        mbPerS: bytes / ms / 1000,
        mbPerSOfCode: code / ms / 1000,
        growth: outBytes / bytes,
        command: `wasm-opt --asyncify -${level} (npm's binaryen; .cache/bench/peers/*.time.json)`,
      });
      report([rows.at(-1)]);
    }
  }
  return rows;
}

/** What is there without fetching anything: the largest kernel, and modules that an earlier run has fetched. */
function quickTargets() {
  const fetched = ["lua", "sqlite"].map((name) => ({ name, file: moduleFile(name, { fetch: false }) }));
  return [
    { name: "kernel markdown", file: join(kernelDir, "markdown.wasm") },
    ...fetched.filter(({ file }) => file),
  ];
}
