// Writes the guest libraries: the interface as declarations of C, AssemblyScript and WAT. Each is one file that can be
// copied out of the project, and needs nothing else.
import { constant, snakeCase } from "./model.mjs";

/** Parameters that are offsets in the caller's memory. */
const POINTERS = ["offset", "request", "reply"];

/** @param {import("./model.mjs").Abi} abi */
export function cHeaderOf(abi) {
  return `// Generated from assembly/abi by \`npm run abi\`. The reference is docs/abi.md.
//
// The interface of guests for C11, without a C library. An hv_ function returns 0 or a positive value, or the negative
// of an errno: \`hv_evtchn_next() == -HV_EAGAIN\`. A guest begins with HV_EXPORT(hv_start) void hv_start(void).
#ifndef WASMVISOR_H
#define WASMVISOR_H

#include <stdint.h>

/** Before the definition of an entry point: hv_start, hv_upcall(uint32_t port), int32_t hv_context(uint32_t argument). */
#define HV_EXPORT(name) __attribute__((export_name(#name)))
#define HV_IMPORT(name) __attribute__((import_module("hv"), import_name(#name)))

${section(abi.groups.map(cGroup))}

/** A hypercall by its number; -HV_ENOSYS when this version has none of that number. */
HV_IMPORT(hypercall) int32_t hv_hypercall(uint32_t nr, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4);

/** Numbers of the hypercalls. */
enum hv_hypercall {
${abi.hypercalls.map(({ name, number }) => `  HV_HYPERCALL_${name.toUpperCase()} = ${hexadecimal(number)},`).join("\n")}
};

${section(filesForGuests(abi).map((file) => declarationsOf(file, cDeclaration)))}

#endif
`;
}

/** @param {import("./model.mjs").Abi} abi */
export function assemblyScriptOf(abi) {
  return `// Generated from assembly/abi by \`npm run abi\`. The reference is docs/abi.md.
//
// The interface of guests for AssemblyScript. A hypercall returns 0 or a positive value, or the negative of an Errno.
// A guest exports hv_start(), and may export hv_upcall(port: u32) and hv_context(argument: u32): i32.

${section(abi.groups.map(assemblyScriptGroup))}

/** A hypercall by its number; -Errno.Nosys when this version has none of that number. */
@external("hv", "hypercall")
export declare function hypercall(nr: u32, a0: u64, a1: u64, a2: u64, a3: u64, a4: u64): i32;

/** Numbers of the hypercalls. */
export enum Hypercall {
${abi.hypercalls.map(({ member, number }) => `  ${member} = ${hexadecimal(number)},`).join("\n")}
}

${section(filesForGuests(abi).map((file) => declarationsOf(file, assemblyScriptDeclaration)))}
`;
}

/** @param {import("./model.mjs").Abi} abi */
export function watOf(abi) {
  const errnos = abi.files.flatMap(({ declarations }) => declarations).find(({ name }) => name === "Errno");
  return `;; Generated from assembly/abi by \`npm run abi\`. The reference is docs/abi.md.
;;
;; Every import that a guest can have, to be copied. Each returns 0 or a positive value, or the negative of an errno:
;; ${errnos.members.map(({ name, value }) => `${name} ${value}`).join(", ")}.
(module
${abi.groups.map(watGroup).join("\n\n")}

  ;; A hypercall by its number; -${constant(abi, "Errno.Nosys")} when this version has none of that number.
  ${watImport("hypercall", [{ name: "nr", wasm: "i32" }, ...["a0", "a1", "a2", "a3", "a4"].map((name) => ({ name, wasm: "i64" }))])})
`;
}

/** A documentation comment, and nothing for what has none. */
const comment = (description, indent = "") => (description === "" ? "" : `${indent}/** ${description} */\n`);
const section = (parts) => parts.filter((part) => part !== "").join("\n\n");
const filesForGuests = (abi) => abi.files.filter(({ hostOnly }) => !hostOnly);
const declarationsOf = ({ name, head, declarations }, write) => {
  if (declarations.length === 0) return "";
  const title = `--- ${name.replaceAll("-", " ")} ---`;
  const lines = [title, ...head].join("\n\n").split("\n");
  return [lines.map((line) => `// ${line}`.trimEnd()).join("\n"), ...declarations.map(write)].join("\n\n");
};
const hexadecimal = (number) => `0x${number.toString(16).padStart(2, "0")}`;
const groupTitle = ({ number, title }) => `--- ${hexadecimal(number)} ${title} ---`;
/** A name of the interface as a parameter: `deadlineNs` to `deadline_ns`. */
const cName = (name) => snakeCase(name);

// --- C ---

function cGroup(group) {
  const lines = group.hypercalls.map((hypercall) => {
    const list = hypercall.parameters.map(
      (parameter) => `${cType(parameter, hypercall)}${cName(parameter.name)}`,
    );
    const { name, description } = hypercall;
    return `${comment(description)}HV_IMPORT(${name}) int32_t hv_${name}(${list.join(", ") || "void"});`;
  });
  return [`// ${groupTitle(group)}`, ...lines].join("\n\n");
}

/** Offsets are pointers in C: of const when the hypercall only reads what is there. */
function cType({ name, type }, hypercall) {
  if (POINTERS.includes(name)) {
    return name === "request" || hypercall.name.endsWith("_write") ? "const void *" : "void *";
  }
  return { u32: "uint32_t ", i32: "int32_t ", u64: "uint64_t ", i64: "int64_t " }[type];
}

function cDeclaration({ name, value, description, members }) {
  if (!members) return `${comment(description)}#define HV_${name} ${value < 0 ? `(${value})` : value}`;
  const prefix = name === "Errno" ? "HV_E" : `HV_${snakeCase(name).toUpperCase()}_`;
  const lines = members.map((each) => {
    return `${comment(each.description, "  ")}  ${prefix}${snakeCase(each.name).toUpperCase()} = ${each.value},`;
  });
  return `${comment(description)}enum hv_${snakeCase(name)} {\n${lines.join("\n")}\n};`;
}

// --- AssemblyScript ---

function assemblyScriptGroup(group) {
  const lines = group.hypercalls.map(({ name, handler, parameters, description }) => {
    const list = parameters.map(
      (each) => `${each.name}: ${POINTERS.includes(each.name) ? "usize" : each.type}`,
    );
    return `${comment(description)}@external("hv", "${name}")\nexport declare function ${handler}(${list.join(", ")}): i32;`;
  });
  return [`// ${groupTitle(group)}`, ...lines].join("\n\n");
}

function assemblyScriptDeclaration({ name, value, description, members }) {
  if (!members) return `${comment(description)}export const ${name} = ${value};`;
  const lines = members.map((each) => `${comment(each.description, "  ")}  ${each.name} = ${each.value},`);
  return `${comment(description)}export enum ${name} {\n${lines.join("\n")}\n}`;
}

// --- WAT ---

function watGroup(group) {
  const lines = group.hypercalls.map(({ name, parameters, description }) => {
    return `  ;; ${description}\n  ${watImport(name, parameters)}`;
  });
  return [`  ;; ${groupTitle(group)}`, ...lines].join("\n\n");
}

function watImport(name, parameters) {
  const list = parameters.map((each) => ` (param $${cName(each.name)} ${each.wasm})`).join("");
  return `(import "hv" "${name}" (func $${name}${list} (result i32)))`;
}
