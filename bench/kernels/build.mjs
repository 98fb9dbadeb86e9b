// Compiles the kernels: `node bench/kernels/build.mjs` rebuilds what is stale, `--check` only tells (exit 1).
//
// The .wasm files are kept beside their sources, so that measuring needs no compiler. kernels.json holds for each
// a hash of source, compiler version and flags, and one of the output.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageUrl, pinned } from "../lib/packages.mjs";
import { kernelDir } from "../lib/paths.mjs";

const common = [
  "--target=wasm32-unknown-unknown",
  "-std=c17",
  "-O2",
  "-ffreestanding",
  "-nostdlib",
  "-Wall",
  "-Wextra",
  "-Werror",
];
const link = ["-Wl,--no-entry", "-Wl,--strip-all"];

const outputs = [
  ...["fib", "sieve", "sha256", "matmul", "qsort", "nbody", "interp", "oo", "markdown", "alloc"].map(
    (name) => ({
      name,
      source: `${name}.c`,
      flags: [],
    }),
  ),
  // The same program with its table exported: entries keep their types then (an open table).
  { name: "oo-open", source: "oo.c", flags: ["-Wl,--export-table"] },
  { name: "unwind-loop", source: "unwind.c", flags: [] },
  { name: "unwind-import", source: "unwind.c", flags: ["-DPAUSE"] },
  { name: "unwind-switch", source: "unwind.c", flags: ["-DSWITCH"] },
  { name: "probe", source: "probe.c", flags: [] },
];

const stampFile = join(kernelDir, "kernels.json");
const sha256 = (...parts) =>
  parts.reduce((hash, part) => hash.update(part).update("\0"), createHash("sha256")).digest("hex");
const inputHash = ({ source, flags }) =>
  sha256(
    readFileSync(join(kernelDir, source)),
    pinned["@yowasp/clang"],
    [...common, ...flags, ...link].join(" "),
  );

function staleOutputs() {
  const stamps = existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, "utf8")) : {};
  return outputs.filter((output) => {
    const stamp = stamps[output.name];
    const wasm = join(kernelDir, `${output.name}.wasm`);
    return (
      !stamp ||
      stamp.input !== inputHash(output) ||
      !existsSync(wasm) ||
      stamp.output !== sha256(readFileSync(wasm))
    );
  });
}

async function build() {
  const { runClang } = await import(packageUrl("@yowasp/clang", "gen/bundle.js"));
  const stamps = {};
  for (const output of outputs) {
    const args = ["clang", ...common, ...output.flags, ...link, output.source, "-o", "out.wasm"];
    const files = await runClang(args, { [output.source]: readFileSync(join(kernelDir, output.source)) });
    const wasm = files["out.wasm"];
    writeFileSync(join(kernelDir, `${output.name}.wasm`), wasm);
    stamps[output.name] = { bytes: wasm.length, input: inputHash(output), output: sha256(wasm) };
    console.log(`${output.name}.wasm: ${wasm.length} bytes`);
  }
  writeFileSync(stampFile, `${JSON.stringify(stamps, null, 2)}\n`);
}

const stale = staleOutputs();
if (stale.length === 0) {
  console.log("bench/kernels: every .wasm matches its source");
} else if (process.argv.includes("--check")) {
  console.error(
    `bench/kernels: stale: ${stale.map((output) => output.name).join(", ")}. Run: node bench/kernels/build.mjs`,
  );
  process.exitCode = 1;
} else {
  await build();
}
