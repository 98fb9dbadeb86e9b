// What about a module is in the way of a domain, before anything of it is instantiated.
import type { Refusal } from "../base/errors.js";
import type { FunctionType, Manifest } from "../core/manifest.js";
import { functionType } from "../core/manifest.js";
import type { Program } from "./program.js";

/** What a domain may have. */
export interface Limits {
  /** Undefined: as DomainOptions.memoryPages says. */
  readonly memoryPages: number | undefined;
  readonly tableElements: number;
}

const DEFAULT_PAGES = 256;
const I32 = 0x7f;

interface EntryPoint {
  readonly name: string;
  readonly type: FunctionType;
  readonly text: string;
  readonly required: boolean;
}

const entryPoints: readonly EntryPoint[] = [
  { name: "hv_start", type: { params: [], results: [] }, text: "() -> ()", required: true },
  { name: "hv_upcall", type: { params: [I32], results: [] }, text: "(i32) -> ()", required: false },
  { name: "hv_context", type: { params: [I32], results: [I32] }, text: "(i32) -> (i32)", required: false },
];

/** All that is in the way. `hypercalls`: the names that guests may import from `hv`. */
export function refusalsOf(program: Program, limits: Limits, hypercalls: ReadonlySet<string>): Refusal[] {
  return [
    ...importRefusals(program, hypercalls),
    ...entryRefusals(program.manifest),
    ...sizeRefusals(program.manifest, limits),
  ];
}

/** Pages that the memory of a domain of this module may have. */
export function maximumPages({ memory }: Manifest, asked: number | undefined): number {
  if (memory === undefined) return 0;
  return Math.min(memory.maxPages ?? Number.POSITIVE_INFINITY, asked ?? DEFAULT_PAGES);
}

/** Elements that the own tables of a module begin with. */
export function declaredElements({ tables }: Manifest): number {
  return tables.reduce((sum, table) => sum + (table.own ? table.min : 0), 0);
}

function importRefusals(program: Program, hypercalls: ReadonlySet<string>): Refusal[] {
  const refusals: Refusal[] = [];
  const refuse = (message: string) => refusals.push({ reason: "import", message });
  for (const { module, name, kind } of program.imports) {
    if (module === "wv" || module === "wv:raw") continue;
    const shown = `${kind} ${JSON.stringify(module)} ${JSON.stringify(name)}`;
    if (kind !== "function") {
      refuse(`it imports the ${shown}: a guest imports functions alone, so define it in the module`);
    } else if (module.startsWith("wasi")) {
      refuse(`it imports the ${shown}: it is a WASI program, which runs above a kernel, see docs/wasi.md`);
    } else if (module !== "hv") {
      refuse(`it imports the ${shown}: guests have the module "hv" alone, see docs/abi.md`);
    } else if (!hypercalls.has(name)) {
      refuse(`it imports the ${shown}: this version has no such hypercall, see docs/abi.md`);
    }
  }
  if (program.needs("wait32") || program.needs("wait64")) {
    const message = "it uses memory.atomic.wait, but nobody could wake it: wait with sched_block";
    refusals.push({ reason: "feature", message });
  }
  return refusals;
}

function entryRefusals(manifest: Manifest): Refusal[] {
  return entryPoints.flatMap(({ name, type, text, required }): Refusal[] => {
    const index = manifest.functionExports.get(name);
    if (index === undefined) {
      if (!required) return [];
      return [
        { reason: "entry", message: `it exports no function ${name} of type ${text}, where a guest begins` },
      ];
    }
    const found = functionType(manifest, index);
    if (equal(found.params, type.params) && equal(found.results, type.results)) return [];
    return [{ reason: "entry", message: `its export ${name} has another type than ${text}` }];
  });
}

function sizeRefusals(manifest: Manifest, limits: Limits): Refusal[] {
  const refusals: Refusal[] = [];
  const { memory } = manifest;
  if (memory !== undefined) {
    const most = maximumPages(manifest, limits.memoryPages);
    if (memory.minPages > most) {
      const message = `it declares ${memory.minPages} pages of memory at least, but may have ${most}: raise memoryPages`;
      refusals.push({ reason: "memory", message });
    }
    if (memory.shared && typeof SharedArrayBuffer === "undefined") {
      const message =
        "its memory is shared, but there is no SharedArrayBuffer: in a browser the page must be cross-origin isolated";
      refusals.push({ reason: "feature", message });
    }
  }
  const elements = declaredElements(manifest);
  if (elements > limits.tableElements) {
    const message =
      `its tables have ${elements} elements at least, but may have ${limits.tableElements}: ` +
      "raise tableElements (and quotas.tableElements)";
    refusals.push({ reason: "table", message });
  }
  return refusals;
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
