// Builds everything that is generated: AssemblyScript and WAT to build/*.wasm, assembly/abi to build/abi, src/ to dist/.
// A step runs only when one of its sources is newer than its output, so a build with nothing to do takes
// a few tenths of a second. `--force` runs every step.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ASC_GUEST_FLAGS, catalogueOf, keptWasm, readGuests } from "./guests.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const force = process.argv.includes("--force");
const require = createRequire(import.meta.url);

/** Entries that asc compiles, each to build/NAME.wasm with the target NAME of asconfig.json. */
const ascEntries = Object.keys(JSON.parse(readFileSync(join(root, "asconfig.json"), "utf8")).targets);
/** Entries that run on memory which instances may share: no static data, no allocator (tools/no-statics.mjs). */
const withoutStatics = ["runtime", "hypervisor"];
/** Folders whose NAME.wat becomes build/NAME.wasm. */
const watFolders = ["assembly/frame", "assembly/hypercall"];

class BuildError extends Error {}

process.chdir(root);
mkdirSync("build", { recursive: true });

for (const name of ascEntries) {
  const entry = `assembly/${name}.ts`;
  if (!existsSync(entry)) continue;
  const output = `build/${name}.wasm`;
  await step(output, [...reachableFrom(entry), "asconfig.json", "package-lock.json"], async () => {
    if (withoutStatics.includes(name)) await refuseStatics(entry);
    const fresh = `${output}.${process.pid}`;
    run("asc", [require.resolve("assemblyscript/bin/asc.js"), entry, "--target", name, "--outFile", fresh]);
    renameSync(fresh, output);
  });
}

for (const folder of watFolders.filter((name) => existsSync(name))) {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".wat"))) {
    const source = join(folder, file);
    const output = join("build", `${basename(file, ".wat")}.wasm`);
    await step(output, [source], () => assemble(source, output));
  }
}

const stubSources = ["tools/abi/model.mjs", "tools/abi/stubs.mjs", ...filesBelow("assembly/abi")];
await step("build/hypercalls.wasm", stubSources, async () => {
  const { stubsOf } = await import("./abi/stubs.mjs");
  const { readAbi } = await import("./abi/model.mjs");
  try {
    writeFileSync("build/hypercalls.wat", stubsOf(await readAbi()));
  } catch (error) {
    throw new BuildError(error.message);
  }
  await assemble("build/hypercalls.wat", "build/hypercalls.wasm");
});

mkdirSync("build/guests", { recursive: true });
const guests = readGuests();
for (const guest of guests) {
  const { name, language, source } = guest;
  const output = `build/guests/${name}.wasm`;
  if (language === "c") await step(output, [keptWasm(guest)], () => copyFileSync(keptWasm(guest), output));
  if (language === "wat") await step(output, [source], () => assemble(source, output));
  if (language === "assemblyscript") {
    await step(output, [...reachableFrom(source), "package-lock.json"], () => {
      const fresh = `${output}.${process.pid}`;
      run("asc", [
        require.resolve("assemblyscript/bin/asc.js"),
        source,
        ...ASC_GUEST_FLAGS,
        "--outFile",
        fresh,
      ]);
      renameSync(fresh, output);
    });
  }
}

/** The kernel of WASI programs is a part of the library, not one of the guests that are listed. */
const wasi = "guests/wasi/wasi.ts";
await step("build/wasi.wasm", [...reachableFrom(wasi), "tools/guests.mjs", "package-lock.json"], () => {
  const fresh = `build/wasi.wasm.${process.pid}`;
  const flags = ASC_GUEST_FLAGS.filter((flag) => flag !== "--debug");
  run("asc", [require.resolve("assemblyscript/bin/asc.js"), wasi, ...flags, "--outFile", fresh]);
  renameSync(fresh, "build/wasi.wasm");
});

const guestFiles = guests.map(({ name }) => `guests/${name}/guest.json`);
await step("build/guests/catalogue.json", [...guestFiles, "guests", "tools/guests.mjs"], () => {
  writeFileSync("build/guests/catalogue.json", `${JSON.stringify(catalogueOf(guests), null, 2)}\n`);
});

// For the host: src/abi.ts imports what tsc makes of assembly/abi. File by file, as others may be reading them.
await step(
  "build/abi/version.js",
  [...filesBelow("assembly/abi"), "tsconfig.json", "package-lock.json"],
  () => {
    const fresh = `build/abi.${process.pid}`;
    try {
      run("tsc", [require.resolve("typescript/bin/tsc"), "-p", "assembly/abi", "--outDir", fresh]);
      mkdirSync("build/abi", { recursive: true });
      for (const file of readdirSync(fresh)) renameSync(join(fresh, file), join("build/abi", file));
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  },
);

if (existsSync("src")) {
  await step(
    "dist/.built",
    [...filesBelow("src"), ...filesBelow("assembly/abi"), "tsconfig.json", "package-lock.json"],
    () => {
      const fresh = `dist.${process.pid}`;
      try {
        run("tsc", [require.resolve("typescript/bin/tsc"), "-p", "tsconfig.json", "--outDir", fresh]);
        // npx runs it from here too, where no installation has made it executable.
        chmodSync(`${fresh}/cli/main.js`, 0o755);
        writeFileSync(`${fresh}/.built`, "");
        // Others may be running what is there: it is gone for no longer than it takes to rename.
        if (existsSync("dist")) renameSync("dist", `${fresh}.old`);
        renameSync(fresh, "dist");
      } finally {
        for (const folder of [fresh, `${fresh}.old`]) rmSync(folder, { recursive: true, force: true });
      }
    },
  );
}

/**
 * Runs `make` when `output` is missing or older than one of `sources`; says how long it took. When it fails, the
 * build fails at its end: the other steps are independent of it.
 */
async function step(output, sources, make) {
  if (!force && existsSync(output)) {
    const builtAt = statSync(output).mtimeMs;
    if (sources.every((source) => !existsSync(source) || statSync(source).mtimeMs <= builtAt)) return;
  }
  const startedAt = Date.now();
  try {
    await make();
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(`build: ${error.message}`);
    process.exitCode = 1;
    return;
  }
  // So that a source saved while it was being compiled counts as newer.
  utimesSync(output, startedAt / 1000, startedAt / 1000);
  console.log(`built ${output} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}

async function assemble(source, output) {
  const wabt = await (await import("wabt")).default();
  const features = {
    multi_value: true,
    mutable_globals: true,
    bulk_memory: true,
    reference_types: true,
    tail_call: true,
    simd: true,
  };
  let module;
  try {
    module = wabt.parseWat(source, readFileSync(source, "utf8"), features);
    module.resolveNames();
    module.validate(features);
    writeFileSync(output, module.toBinary({ write_debug_names: true }).buffer);
  } catch (error) {
    throw new BuildError(`wabt cannot assemble ${source}: ${error.message}`);
  } finally {
    module?.destroy();
  }
}

function run(name, args) {
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) throw new BuildError(`${name} failed; its messages are above`);
}

async function refuseStatics(entry) {
  const { staticsOf } = await import("./no-statics.mjs");
  const findings = await staticsOf(entry);
  if (findings.length === 0) return;
  throw new BuildError(`${entry} keeps state outside of __heap_base:\n  ${findings.join("\n  ")}`);
}

/** The AssemblyScript files that `entry` imports, itself included: what asc would compile. */
function reachableFrom(entry) {
  const seen = new Set();
  const queue = [entry];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const text = readFileSync(file, "utf8");
    for (const [, specifier] of text.matchAll(/(?:from|import)\s*"(\.[^"]+)"/g)) {
      const stem = join(dirname(file), specifier);
      const found = [`${stem}.ts`, join(stem, "index.ts")].find((path) => existsSync(path));
      if (found) queue.push(found);
    }
  }
  return [...seen];
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}
