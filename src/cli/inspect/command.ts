import type { GuestInspection, Inspection } from "../../machine/inspection.js";
import { Machine } from "../../node.js";
import { type ModuleSource, readModule } from "../module-source.js";
import { printable } from "../printable.js";
import { count, type Paint, paintFor, some } from "../text.js";
import { wrap } from "../wrap.js";
import { HYPERCALL_TEXTS } from "./hypercall-texts.js";

const LABEL_WIDTH = 15;
const NARROWEST = 40;

/** Prints what `text` names; whether a domain could be made of it. */
export async function inspectModule(text: string, json: boolean): Promise<boolean> {
  const source = await readModule(text);
  const machine = await Machine.boot();
  try {
    const inspection = await machine.inspect(source.bytes);
    if (json) process.stdout.write(`${JSON.stringify(documentOf(source, inspection), undefined, 2)}\n`);
    else process.stdout.write(`${describe(source, inspection).join("\n")}\n`);
    return inspection.refusals.length === 0;
  } finally {
    await machine.close();
  }
}

function documentOf({ label }: ModuleSource, { guest, ...found }: Inspection): object {
  const hypercalls = guest?.hypercalls.map((one) => ({ ...one, text: HYPERCALL_TEXTS[one.name] }));
  return { module: label, ...found, ...(guest === undefined ? {} : { guest: { ...guest, hypercalls } }) };
}

function describe({ label }: ModuleSource, inspection: Inspection): string[] {
  const paint = paintFor(process.stdout);
  const width = Math.max(process.stdout.columns ?? 100, NARROWEST);
  const { bytes, imports, exports, refusals, guest } = inspection;
  const fact = (name: string, text: string) =>
    wrap(text, width, `  ${paint.dim(name.padEnd(LABEL_WIDTH))}`, " ".repeat(LABEL_WIDTH + 2));
  const named = (items: readonly { readonly name: string }[]) =>
    items.map(({ name }) => printable(name)).join(", ");

  const lines = [paint.heading(label), ...fact("size", `${count(bytes)} bytes`)];
  if (guest !== undefined)
    lines.push(...guestFacts(guest, bytes).flatMap(([name, text]) => fact(name, text)));
  for (const kind of ["function", "memory", "table", "global", "tag"] as const) {
    const items = exports.filter((one) => (one.kind as string) === kind);
    if (items.length > 0) lines.push(...fact("exports", `${kind} ${named(items)}`));
  }
  for (const module of new Set(imports.map((one) => one.module))) {
    if (module === "hv") continue;
    const names = named(imports.filter((one) => one.module === module));
    lines.push(...fact("imports", `${names} from ${printable(module)}`));
  }
  if (guest !== undefined && guest.hypercalls.length > 0) {
    lines.push("", paint.strong(some(guest.hypercalls.length, "hypercall")));
    const nameWidth = Math.max(...guest.hypercalls.map(({ name }) => printable(name).length));
    for (const { name, number } of guest.hypercalls) {
      const code = number < 0 ? "    " : `0x${number.toString(16).padStart(2, "0")}`;
      const head = `  ${paint.dim(code)} ${printable(name).padEnd(nameWidth)}  `;
      const text =
        name === "hypercall" ? "Any, by its number" : (HYPERCALL_TEXTS[name] ?? "There is none of this name");
      lines.push(...wrap(text, width, head, " ".repeat(nameWidth + 9)));
    }
  }
  return [...lines, "", ...verdict(refusals, width, paint)];
}

function guestFacts(guest: GuestInspection, bytes: number): [string, string][] {
  const { hash, translatedBytes, functions, memory, tables, features, entryPoints, stackPointer } = guest;
  const pages = (value: number) => `${some(value, "page")} (${count(value * 64)} KiB)`;
  const facts: [string, string][] = [
    ["SHA-256", hash],
    ["translated", `${count(translatedBytes)} bytes, ${(translatedBytes / bytes).toFixed(2)} times the size`],
    ["functions", count(functions)],
  ];
  if (memory !== undefined) {
    const { minPages, maxPages, shared } = memory;
    const most = maxPages === undefined ? "no maximum" : `at most ${pages(maxPages)}`;
    const range = minPages === maxPages ? "no more" : most;
    facts.push(["memory", `${pages(minPages)} at first, ${range}${shared ? ", shared" : ""}`]);
  }
  if (tables.length > 0) facts.push(["tables", tables.map(({ min }) => some(min, "element")).join(", ")]);
  if (features.length > 0) facts.push(["features", features.join(", ")]);
  if (entryPoints.length > 0) facts.push(["entry points", entryPoints.join(", ")]);
  if (stackPointer) facts.push(["stack pointer", "found: each context has its own"]);
  return facts;
}

function verdict(refusals: Inspection["refusals"], width: number, paint: Paint): string[] {
  if (refusals.length === 0) return [paint.good("It can be run.")];
  const reasons = refusals.flatMap(({ message }) => wrap(message, width, "  - ", "    "));
  return [paint.bad("It would be refused:"), ...reasons];
}
