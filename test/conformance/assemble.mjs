// Makes guests of the texts in this folder: GROUP/NAME.wat. README.md says how a text is written. Runs on Node.js;
// what comes out of it is plain data that any environment can run (suite.mjs).
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import loadWabt from "wabt";
import { constant, readAbi } from "../../tools/abi/model.mjs";
import { headOf } from "./head.mjs";

export const folder = dirname(fileURLToPath(import.meta.url));
/** NAME.program.wat, a whole module, is the program above the guest NAME. */
const PROGRAM = ".program.wat";
const STRINGS_AT = 0xc000;
const STRINGS_END = 0xff00;
const FEATURES = { bulk_memory: true, reference_types: true, multi_value: true, mutable_globals: true };

/**
 * @typedef {import("./head.mjs").Head & { name: string, hypercalls: string[], text: string, bytes: Uint8Array,
 *   program?: Uint8Array }} Guest
 *   `name`: GROUP/NAME. `hypercalls`: names of those that it imports, "hypercall" for the generic one.
 */

/** All guests whose name contains `pattern`, in the order of their names. @returns {Promise<Guest[]>} */
export async function assembleAll(pattern = "") {
  const abi = await readAbi();
  const wabt = await loadWabt();
  return guestNames()
    .filter((name) => name.includes(pattern))
    .map((name) => {
      const path = `${name}.wat`;
      const source = readFileSync(join(folder, path), "utf8");
      const head = headOf(source, path);
      const { text, hypercalls } = moduleText(source, head, abi, path);
      const above = `${name}${PROGRAM}`;
      const program = existsSync(join(folder, above)) && readFileSync(join(folder, above), "utf8");
      return {
        ...{ name, ...head, hypercalls, text, bytes: binaryOf(wabt, path, text) },
        ...(program && { program: binaryOf(wabt, above, program) }),
      };
    });
}

function binaryOf(wabt, path, text) {
  const module = wabt.parseWat(path, text, FEATURES);
  try {
    return module.toBinary({ write_debug_names: true }).buffer;
  } finally {
    module.destroy();
  }
}

/** GROUP/NAME of each, sorted. */
export function guestNames() {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "prelude")
    .flatMap(({ name }) => readdirSync(join(folder, name)).map((file) => `${name}/${file}`))
    .filter((path) => path.endsWith(".wat") && !path.endsWith(PROGRAM))
    .map((path) => path.slice(0, -4))
    .sort();
}

/** The whole module: imports on the first line, so that lines keep their numbers; the prelude behind. */
function moduleText(source, head, abi, path) {
  const withMemory = !head.bare;
  let body = source;
  if (withMemory) {
    for (const name of ["report", ...head.uses]) {
      body += `\n;; prelude/${name}.wat\n${readFileSync(join(folder, "prelude", `${name}.wat`), "utf8")}`;
    }
    if (!/^\(memory /m.test(body)) body += "\n(memory 1)";
  }
  const strings = { text: "", data: "" };
  body = expandStrings(expandConstants(body, abi, path), strings, path);
  if (strings.data) body += `\n(data (i32.const ${STRINGS_AT}) "${strings.data}")`;
  const { imports, hypercalls } = importsOf(body, abi);
  return { text: `(module ${imports}${body}\n)\n`, hypercalls };
}

/** `(abi -Errno.Fault)` is an i32, `(abi64 RUNSTATE_BYTES)` an i64: a constant of assembly/abi. */
function expandConstants(body, abi, path) {
  return body.replace(/\(abi(64)? (-?)([\w.]+)\)/g, (_, wide, minus, name) => {
    try {
      return `(i${wide ?? 32}.const ${minus}${numberOf(abi, name)})`;
    } catch (error) {
      throw new Error(`${path}: ${error.message}`);
    }
  });
}

function numberOf(abi, name) {
  const member = /^Hypercall\.(\w+)$/.exec(name)?.[1];
  const hypercall = abi.hypercalls.find((each) => each.member === member);
  return hypercall ? hypercall.number : constant(abi, name);
}

/** `(call $expect "text" ..)` becomes offset and length of the text; `$tell` is `$say` of one text. */
function expandStrings(body, strings, path) {
  return body.replace(/\(call \$(\w+) ("(?:[^"\\]|\\.)*")/g, (_, callee, literal) => {
    const text = JSON.parse(literal);
    let at = strings.text.indexOf(text);
    if (at < 0) {
      at = strings.text.length;
      strings.text += text;
      strings.data += text.replace(/[\n"\\]/g, (c) => `\\${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
    }
    if (strings.text.length > STRINGS_END - STRINGS_AT) throw new Error(`${path}: too much text`);
    const name = callee === "tell" ? "say" : callee;
    return `(call $${name} (i32.const ${STRINGS_AT + at}) (i32.const ${text.length})`;
  });
}

/** A hypercall that is called as `$name` is imported. */
function importsOf(body, abi) {
  const called = new Set(Array.from(body.matchAll(/\$(\w+)/g), (match) => match[1]));
  const generic = {
    name: "hypercall",
    parameters: ["i32", "i64", "i64", "i64", "i64", "i64"].map((wasm) => ({ wasm })),
  };
  const imported = [...abi.hypercalls, generic].filter(({ name }) => called.has(name));
  const imports = imported.map(({ name, parameters }) => {
    const types = parameters.map(({ wasm }) => ` (param ${wasm})`).join("");
    return `(import "hv" "${name}" (func $${name}${types} (result i32))) `;
  });
  return { imports: imports.join(""), hypercalls: imported.map(({ name }) => name) };
}
