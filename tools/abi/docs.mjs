// Writes docs/abi.md: the interface as a reference.
import { constant, snakeCase } from "./model.mjs";

/** @param {import("./model.mjs").Abi} abi */
export function docsOf(abi) {
  const version = constant(abi, "ABI_VERSION");
  return `# The interface of guests

<!-- Generated from assembly/abi by \`npm run abi\`. To change it, see howto-add-a-hypercall.md. -->

Version ${version >>> 16}.${version & 0xffff}. All that a guest sees of the hypervisor. [core.md](core.md) says how it is served.

## The module

A guest is a Wasm module that imports functions of the module \`hv\` alone, and may have one memory of its own.

| export | type | when it is called |
| --- | --- | --- |
| \`hv_start\` | \`() -> ()\` | once, in context 0; when it returns, the domain powers off with code 0. Required |
| \`hv_upcall\` | \`(port: i32) -> ()\` | a port is pending, and upcalls are not masked in the current context |
| \`hv_context\` | \`(argument: i32) -> (i32)\` | a context that \`context_create\` made is switched to for the first time; it returns the number of the context to go on with, its own being gone |
| \`__stack_pointer\` | global mut i32 | kept for each context; found by that name in the name section too |

## Hypercalls

Every hypercall is imported from \`hv\` under its name, has the parameters below, and returns an i32: 0 or a positive value, or
the negative of an [Errno](#errno); one that is refused has changed nothing. \`u32\` and \`i32\` are i32 in Wasm, \`u64\` and \`i64\` are
i64. Offsets lie in the guest's memory; a range is checked as a whole before anything is done.

\`hypercall(nr: u32, a0: u64, a1: u64, a2: u64, a3: u64, a4: u64)\` does the same by number, for those who look for
what this version has: Nosys when there is no such number.

Each costs ${constant(abi, "HYPERCALL_UNITS")} units of budget; one that copies a range ${constant(abi, "COPY_UNITS")} more, and one for each 8 bytes. The caller of one that
*suspends* may sleep inside it.

${abi.groups.map(groupOf).join("\n\n")}

## Values and layouts

Libraries have them as \`HV_ERRNO_..\`-like constants in C (\`guests/lib/c/wasmvisor.h\`; there errnos are \`HV_EINVAL\` and the like), and
under the names below in AssemblyScript (\`guests/lib/as/hv.ts\`).

${filesOf(abi, false)}

## Between core and host

Not for guests, and not in their libraries.

${filesOf(abi, true)}
`;
}

function groupOf({ number, title, hypercalls }) {
  const rows = hypercalls.map((hypercall) => [
    hexadecimal(hypercall.number),
    `\`${hypercall.name}(${hypercall.parameters.map(({ name, type }) => `${name}: ${type}`).join(", ")})\``,
    hypercall.suspends ? "yes" : "",
    hypercall.description,
  ]);
  return `### ${hexadecimal(number)} ${title}\n\n${table(["nr", "hypercall", "suspends", "what"], rows)}`;
}

function filesOf(abi, hostOnly) {
  const files = abi.files.filter((file) => file.hostOnly === hostOnly && file.declarations.length > 0);
  return files.map(fileOf).join("\n\n");
}

/** Enums first, each with its table; then the constants of the file in one. */
function fileOf({ name, head, declarations }) {
  const enums = declarations.filter(({ members }) => members);
  const constants = declarations.filter(({ members }) => !members);
  const parts = [...head];
  for (const found of enums) {
    const isLayout = /byte offsets/.test(found.description + head.join(""));
    const rows = found.members.map((each) => [`\`${each.name}\``, String(each.value), each.description]);
    const heading = `#### ${found.name}${found.description && `\n\n${found.description}`}`;
    parts.push(heading, table(["name", isLayout ? "offset" : "value", "what"], rows));
  }
  if (constants.length > 0) {
    const rows = constants.map((each) => [`\`${each.name}\``, String(each.value), each.description]);
    parts.push(table(["constant", "value", "what"], rows));
  }
  const title = snakeCase(name).replaceAll("-", " ");
  return `### ${title[0].toUpperCase()}${title.slice(1)}\n\n${parts.join("\n\n")}`;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function hexadecimal(number) {
  return `0x${number.toString(16).padStart(2, "0")}`;
}
