// Compiles the C programs beside it with clang and wasi-libc; the .wasm are kept, so that tests need no compiler.
//   node test/wasi/programs/build.mjs            compiles all
//   node test/wasi/programs/build.mjs --check    tells whether the bytes are those that are kept (exit code 1)
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageUrl } from "../../../bench/lib/packages.mjs";

const folder = dirname(fileURLToPath(import.meta.url));
const FLAGS = [
  "--target=wasm32-wasip1",
  "-std=gnu17",
  "-Os",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-Wno-unused-result",
];
const LINK = ["-Wl,--strip-debug"];

const { runClang } = await import(packageUrl("@yowasp/clang", "gen/bundle.js"));
for (const source of readdirSync(folder).filter((name) => name.endsWith(".c"))) {
  const output = source.replace(/\.c$/, ".wasm");
  const files = { [source]: readFileSync(join(folder, source)) };
  const made = await runClang(["clang", ...FLAGS, source, ...LINK, "-o", output], files, {
    fetchProgress() {},
  });
  const wasm = made[output];
  if (!process.argv.includes("--check")) {
    writeFileSync(join(folder, output), wasm);
    console.log(`${output}: ${wasm.length} bytes`);
  } else if (Buffer.compare(wasm, readFileSync(join(folder, output))) !== 0) {
    console.error(`${output} is not what clang makes of ${source}: run node test/wasi/programs/build.mjs`);
    process.exitCode = 1;
  }
}
