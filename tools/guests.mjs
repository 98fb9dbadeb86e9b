// The bundled guests: guests/NAME/guest.json and its source. WAT and AssemblyScript are compiled by tools/build.mjs; those in C
// need clang, so their .wasm are kept beside the source, and guests/built.json says what each was made from.
//   node tools/guests.mjs             compiles the C guests whose source, library, flags or compiler changed; --force: all
//   node tools/guests.mjs --check     only tells whether there are any (exit code 1); needs no compiler
//   node tools/guests.mjs --rebuild   compiles all and tells whether the bytes are those that are kept (exit code 1)
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageUrl, pinned } from "../bench/lib/packages.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const library = "guests/lib/c";
const recordFile = join(root, "guests/built.json");

/** What asc compiles a guest with: no collector, no imports of its own, and names. */
export const ASC_GUEST_FLAGS = ["--runtime", "stub", "--use", "abort=", "-O3", "--noAssert", "--debug"];

/** What a C guest is compiled with; functions keep their names, for crash records. */
const FLAGS = [
  "--target=wasm32",
  "-std=c17",
  "-O2",
  "-ffreestanding",
  "-nostdlib",
  "-Wall",
  "-Wextra",
  "-Werror",
  `-I${library}`,
  "-Wl,--no-entry",
];

/**
 * @typedef {{ name: string, title: string, language: "wat" | "assemblyscript" | "c", source: string, memoryPages: number,
 *   interactive?: boolean }} Guest  `source` is a path below the repository; of C guests, all *.c beside it are compiled
 */

/** The bundled guests in the order of their names. @returns {Guest[]} */
export function readGuests() {
  return readdirSync(join(root, "guests"))
    .filter((name) => existsSync(join(root, "guests", name, "guest.json")))
    .map((name) => {
      const guest = JSON.parse(readFileSync(join(root, "guests", name, "guest.json"), "utf8"));
      if (guest.name !== name)
        throw new Error(`guests/${name}/guest.json: the name is not that of the folder`);
      return { ...guest, source: `guests/${name}/${guest.source}` };
    });
}

/** Where the compiled form of a C guest is kept. */
export const keptWasm = ({ name }) => `guests/${name}/${name}.wasm`;

/** What the command line and the page list: build/guests/catalogue.json. */
export function catalogueOf(guests) {
  return guests.map(({ name, title, language, memoryPages, interactive = false }) => ({
    name,
    title,
    language,
    file: `${name}.wasm`,
    memoryPages,
    interactive,
  }));
}

/** The files that one compilation sees, by their paths. */
function filesOf(sources) {
  return [...new Set(sources)].map((path) => [path, readFileSync(join(root, path))]);
}

function filesBeside(folder, pattern) {
  return readdirSync(join(root, folder))
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => `${folder}/${name}`);
}

/**
 * The .wasm that clang makes of C files, with guests/lib/c linked in. `files`: names or paths and their bytes; all *.c among
 * them are compiled.
 * @param {[string, Uint8Array][]} files
 */
export async function compileC(files) {
  const { runClang } = await import(packageUrl("@yowasp/clang", "gen/bundle.js"));
  const tree = {};
  const all = [...files, ...filesOf(filesBeside(library, /\.[ch]$/))];
  for (const [path, bytes] of all) {
    const steps = path.split("/");
    const folder = steps.slice(0, -1).reduce((at, step) => (at[step] ??= {}), tree);
    folder[steps.at(-1)] = bytes;
  }
  const sources = all.map(([path]) => path).filter((path) => path.endsWith(".c"));
  try {
    await runClang(null, {}, { fetchProgress: () => {} }); // once, so that loading says nothing
    const made = await runClang(["clang", ...FLAGS, ...sources, "-o", "out.wasm"], tree);
    return made["out.wasm"];
  } catch (error) {
    if (error.files === undefined) throw error;
    throw new Error(
      `clang does not accept ${files.map(([path]) => path).join(", ")}: its messages are above`,
    );
  }
}

const sha256 = (...parts) =>
  parts.reduce((hash, part) => hash.update(part).update("\0"), createHash("sha256")).digest("hex");

const toolchain = `@yowasp/clang ${pinned["@yowasp/clang"]}`;
const ownFiles = ({ source }) => filesOf(filesBeside(dirname(source), /\.[ch]$/));
/** What clang sees, without the comments of the generated header: those change without a change of the interface. */
const inputsHash = (guest) => {
  const files = [...ownFiles(guest), ...filesOf(filesBeside(library, /\.[ch]$/))].map(([path, bytes]) => {
    if (path !== `${library}/wasmvisor.h`) return [path, bytes];
    return [path, bytes.toString().replace(/\/\*[\s\S]*?\*\/|\/\/.*|\s+$/gm, "")];
  });
  return sha256(toolchain, FLAGS.join(" "), ...files.flat());
};

function main(args) {
  const guests = readGuests().filter(({ language }) => language === "c");
  const records = existsSync(recordFile) ? JSON.parse(readFileSync(recordFile, "utf8")) : {};
  const kept = (guest) =>
    existsSync(join(root, keptWasm(guest))) ? readFileSync(join(root, keptWasm(guest))) : "";
  const stale = guests.filter((guest) => {
    const record = records[guest.name];
    return record?.inputs !== inputsHash(guest) || record.wasm !== sha256(kept(guest));
  });
  if (args.includes("--check")) return tell(stale, "is not what its source makes");
  if (args.includes("--rebuild")) return rebuild(guests, kept);
  return build(args.includes("--force") ? guests : stale, records, guests);
}

async function build(stale, records, guests) {
  for (const guest of stale) {
    const wasm = await compileC(ownFiles(guest));
    writeFileSync(join(root, keptWasm(guest)), wasm);
    records[guest.name] = { toolchain, inputs: inputsHash(guest), wasm: sha256(wasm), bytes: wasm.length };
    console.log(`${keptWasm(guest)}: ${wasm.length} bytes`);
  }
  const known = guests.map(({ name }) => [name, records[name]]);
  writeFileSync(recordFile, `${JSON.stringify(Object.fromEntries(known), null, 2)}\n`);
  return tell([], "");
}

async function rebuild(guests, kept) {
  const different = [];
  for (const guest of guests) {
    if (Buffer.compare(await compileC(ownFiles(guest)), Buffer.from(kept(guest))) !== 0)
      different.push(guest);
  }
  return tell(different, "is not what clang makes of its source, byte for byte");
}

function tell(guests, what) {
  for (const guest of guests) console.error(`${keptWasm(guest)} ${what}: run \`npm run guests\``);
  if (guests.length === 0) console.log("guests: every .wasm that is kept matches its source");
  return guests.length === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    console.error(`guests: ${error.message}`);
    process.exitCode = 1;
  }
}
