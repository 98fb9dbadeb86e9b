// A program above a kernel: what about it is in the way, before anything of it is instantiated.
import type { Refusal } from "../base/errors.js";
import { type FunctionType, functionType } from "../core/manifest.js";
import { declaredElements, type Limits } from "./checks.js";
import type { Program } from "./program.js";

const WASI = "wasi_snapshot_preview1";
/** Pages of a kernel and of the program above it together, when nothing is said: 1 GiB. */
const DEFAULT_PAGES = 16_384;

/** Pages that a domain with a program above its kernel may have for both. */
export function pagesWithProgram(asked: number | undefined): number {
  return asked ?? DEFAULT_PAGES;
}

/** All that is in the way of `program` above `kernel`. */
export function programRefusals(program: Program, kernel: Program, limits: Limits): Refusal[] {
  return [
    ...importRefusals(program, kernel),
    ...entryRefusals(program),
    ...sizeRefusals(program, kernel, limits),
  ];
}

function importRefusals(program: Program, kernel: Program): Refusal[] {
  const refusals: Refusal[] = [];
  const refuse = (message: string) => refusals.push({ reason: "import", message });
  for (const { module, name, kind } of WebAssembly.Module.imports(program.module)) {
    if (module === "wv" || module === "wv:raw" || kind === "function") continue;
    const shown = `${kind} ${JSON.stringify(module)} ${JSON.stringify(name)}`;
    refuse(`it imports the ${shown}: a program imports the functions of its kernel alone`);
  }
  for (const { module, name, type } of program.manifest.functionImports) {
    const shown = `function ${JSON.stringify(module)} ${JSON.stringify(name)}`;
    const served = kernel.manifest.functionExports.get(name);
    if (module === "wasi_unstable") {
      refuse(`it imports the ${shown}, of a WASI older than preview 1: build it again for ${WASI}`);
    } else if (module === "wasi" && name === "thread-spawn") {
      refuse(`it imports the ${shown}: programs have one thread, build it without threads`);
    } else if (module !== WASI || served === undefined || name.startsWith("hv_")) {
      refuse(`it imports the ${shown}: a program imports the functions of ${WASI} alone`);
    } else if (!equal(type, functionType(kernel.manifest, served))) {
      refuse(`it imports the ${shown} with another type than ${WASI} has`);
    }
  }
  if (program.needs("wait32") || program.needs("wait64")) {
    refuse("it uses memory.atomic.wait, but has one thread: nobody could wake it");
  }
  return refusals;
}

function entryRefusals({ manifest }: Program): Refusal[] {
  const refuse = (message: string): Refusal[] => [{ reason: "entry", message }];
  const start = manifest.functionExports.get("_start");
  if (start === undefined) {
    const reactor = manifest.functionExports.has("_initialize");
    return refuse(
      reactor
        ? "it is a reactor (it exports _initialize): only commands, that export _start, can be run"
        : "it exports no function _start, where a program begins",
    );
  }
  const { params, results } = functionType(manifest, start);
  if (params.length + results.length > 0) return refuse("its export _start has another type than () -> ()");
  if (manifest.memory === undefined) return refuse("it has no memory, which its calls could read or write");
  return [];
}

function sizeRefusals(program: Program, kernel: Program, limits: Limits): Refusal[] {
  const refusals: Refusal[] = [];
  const most = pagesWithProgram(limits.memoryPages);
  const own = program.manifest.memory?.minPages ?? 0;
  const pages = own + (kernel.manifest.memory?.minPages ?? 0);
  if (pages > most) {
    const message =
      `it declares ${own} pages of memory at least, and its kernel ${pages - own}, but both may have ${most}: ` +
      "raise memoryPages";
    refusals.push({ reason: "memory", message });
  }
  const elements = declaredElements(program.manifest) + declaredElements(kernel.manifest);
  if (elements > limits.tableElements) {
    const message =
      `its tables and those of its kernel have ${elements} elements at least, but may have ${limits.tableElements}: ` +
      "raise tableElements (and quotas.tableElements)";
    refusals.push({ reason: "table", message });
  }
  return refusals;
}

function equal(a: FunctionType, b: FunctionType): boolean {
  const same = (x: readonly number[], y: readonly number[]) =>
    x.length === y.length && x.every((type, i) => type === y[i]);
  return same(a.params, b.params) && same(a.results, b.results);
}
