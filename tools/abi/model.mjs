// Reads assembly/abi/*.ts, the one source of the interface, into plain data. All that is generated comes from this.
//
// Names, comments and order are taken from the syntax tree, values from the compiled file itself: what tsc makes of an
// expression is what the host sees. The files import nothing, so each can be compiled alone.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const abiFolder = join(dirname(fileURLToPath(import.meta.url)), "../../assembly/abi");

/** Types of parameters, and the type of Wasm that each is. */
export const WASM_TYPES = { u32: "i32", i32: "i32", u64: "i64", i64: "i64" };
const MOST_PARAMETERS = 5;
/** Files whose values only the host needs: in the reference, but not in the guest libraries. */
const HOST_ONLY = ["domain-image", "exit", "guest-entry"];

/**
 * @typedef {{ name: string, type: keyof WASM_TYPES, wasm: "i32" | "i64" }} Parameter
 * @typedef {{ number: number, member: string, name: string, handler: string, parameters: Parameter[],
 *   suspends: boolean, description: string }} Hypercall
 *   `member` SchedYield, `name` sched_yield (what guests import), `handler` schedYield (what the core exports)
 * @typedef {{ number: number, title: string, hypercalls: Hypercall[] }} Group
 * @typedef {{ name: string, value: number, description: string }} Constant
 * @typedef {{ name: string, description: string, members: Constant[] }} Enum
 * @typedef {{ name: string, head: string[], hostOnly: boolean, declarations: (Enum | Constant)[] }} AbiFile
 *   `head`: paragraphs; `declarations`: without Hypercall
 * @typedef {{ groups: Group[], hypercalls: Hypercall[], files: AbiFile[] }} Abi
 */

/** The interface as it is in a folder. Throws an error that names file, line and what to do. @returns {Promise<Abi>} */
export async function readAbi(folder = abiFolder) {
  const files = [];
  let groups = [];
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith(".ts")) continue;
    const text = readFileSync(join(folder, file), "utf8");
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
    const values = await valuesOf(source);
    const declarations = [];
    for (const statement of source.statements) {
      if (ts.isEnumDeclaration(statement) && statement.name.text === "Hypercall") {
        groups = groupsOf(statement, values.Hypercall, source);
      } else if (ts.isEnumDeclaration(statement)) {
        declarations.push(enumOf(statement, values));
      } else if (ts.isVariableStatement(statement)) {
        declarations.push(...constantsOf(statement, values, source));
      } else {
        throw problem(
          statement,
          source,
          "only enums and constants can stand here: the file is shared by asc and tsc",
        );
      }
    }
    const name = file.replace(/\.ts$/, "");
    files.push({
      name,
      head: name === "hypercall" ? [] : headOf(text),
      hostOnly: HOST_ONLY.includes(name),
      declarations,
    });
  }
  const hypercalls = groups.flatMap((group) => group.hypercalls);
  if (hypercalls.length === 0) throw new Error(`abi: ${folder} has no enum Hypercall`);
  return { groups, hypercalls, files };
}

/** A value of the interface by its name: a constant's, or a member's as in `Errno.Nosys`. */
export function constant(abi, path) {
  const [name, member] = path.split(".");
  const found = abi.files.flatMap(({ declarations }) => declarations).find((each) => each.name === name);
  const { value } = member ? (found?.members?.find((each) => each.name === member) ?? {}) : (found ?? {});
  if (value === undefined) throw new Error(`abi: there is no ${path} in assembly/abi`);
  return value;
}

/** `SchedYield` to `sched_yield`. */
export function snakeCase(name) {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase();
}

async function valuesOf(source) {
  const { outputText } = ts.transpileModule(source.text, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  return import(`data:text/javascript,${encodeURIComponent(outputText)}`);
}

/** The paragraphs of the comment at a file's head, but for the first, which is the same in all of them. */
function headOf(text) {
  const lines = /^(?:\/\/.*\n)*/
    .exec(text)[0]
    .split("\n")
    .map((line) => line.replace(/^\/\/ ?/, ""));
  return lines.join("\n").trim().split("\n\n").slice(1);
}

function enumOf(statement, values) {
  const name = statement.name.text;
  const members = statement.members.map((member) => ({
    name: member.name.text,
    value: values[name][member.name.text],
    description: commentOf(member),
  }));
  return { name, description: commentOf(statement), members };
}

function constantsOf(statement, values, source) {
  return statement.declarationList.declarations.map((declaration) => {
    const name = declaration.name.text;
    const value = values[name];
    if (typeof value !== "number") throw problem(declaration, source, `${name} is no number`);
    return { name, value, description: commentOf(statement) };
  });
}

function groupsOf(statement, values, source) {
  const groups = [];
  const seen = new Map();
  for (const member of statement.members) {
    const header = /\/\/ --- (0x[0-9a-f]+) (.+?) ---/.exec(member.getFullText());
    if (header) groups.push({ number: Number(header[1]), title: header[2], hypercalls: [] });
    const group = groups.at(-1);
    if (!group) throw problem(member, source, "the first group needs a line `// --- 0x00 its name ---`");
    const hypercall = hypercallOf(member, values[member.name.text], source);
    const { number } = hypercall;
    if (number < group.number) throw problem(member, source, `number ${number} is below its group's`);
    if (seen.has(number)) throw problem(member, source, `number ${number} is ${seen.get(number)}'s`);
    if (number > 255) throw problem(member, source, `number ${number} is above 255`);
    seen.set(number, member.name.text);
    group.hypercalls.push(hypercall);
  }
  return groups;
}

/** The comment of a member: `name(a: u32, b: u64)` suspends: description */
function hypercallOf(node, number, source) {
  const member = node.name.text;
  const comment = commentOf(node);
  const signature = /^`(\w+)\(([^)]*)\)`( suspends:)? (.+)$/s.exec(comment);
  if (!signature) {
    const form = "`name(parameter: u32)` suspends: What it does.";
    throw problem(
      node,
      source,
      `the comment of ${member} must read: ${form} (without "suspends:" when it does not)`,
    );
  }
  const [, name, list, suspends, description] = signature;
  if (name !== snakeCase(member)) {
    throw problem(node, source, `${member} is ${snakeCase(member)} for guests, but its comment says ${name}`);
  }
  const parameters = list.split(/,\s*/).flatMap((text) => {
    if (text === "") return [];
    const parameter = /^(\w+): (\w+)$/.exec(text);
    const wasm = WASM_TYPES[parameter?.[2]];
    if (!wasm)
      throw problem(node, source, `"${text}" is not a parameter such as length: u32 (or i32, u64, i64)`);
    return [{ name: parameter[1], type: parameter[2], wasm }];
  });
  if (parameters.length > MOST_PARAMETERS) {
    throw problem(
      node,
      source,
      `${member} has ${parameters.length} parameters, but ${MOST_PARAMETERS} is the most`,
    );
  }
  const handler = member[0].toLowerCase() + member.slice(1);
  return { number, member, name, handler, parameters, suspends: suspends !== undefined, description };
}

function commentOf(node) {
  const comment = ts.getJSDocCommentsAndTags(node).at(-1)?.comment;
  return (ts.getTextOfJSDocComment(comment) ?? "").replace(/\s+/g, " ").trim();
}

function problem(node, source, message) {
  const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
  return new Error(`assembly/abi/${source.fileName}:${line + 1}: ${message}`);
}
