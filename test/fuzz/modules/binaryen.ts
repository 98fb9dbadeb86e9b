import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../random.js";

const require = createRequire(import.meta.url);

/** What the translator accepts and Binaryen can generate. Its exceptions are of the newer kind (exnref): not yet. */
const FEATURES = [
  "--enable-mutable-globals",
  "--enable-sign-ext",
  "--enable-nontrapping-float-to-int",
  "--enable-bulk-memory",
  "--enable-multivalue",
];
/** Drawn for each module. */
const OPTIONAL = ["--enable-simd", "--enable-reference-types", "--enable-tail-call", "--enable-threads"];

type Tool = (args: string[]) => Promise<{ code: number; output: string }>;

/**
 * `wasm-opt` of npm's binaryen, kept in this process: its script is evaluated anew for each run, but over one
 * compiled module. A process for each run would take twenty times as long.
 */
function loadTool(name: string): Tool {
  const file = join(require.resolve("binaryen"), "..", "bin", name);
  const source = readFileSync(file, "utf8").replace(/^#!.*\n/, "");
  const open = "return binaryDecode('";
  const close = "')}function getBinarySync";
  const from = source.indexOf(open);
  const to = source.indexOf(close, from);
  const decode = /function binaryDecode\(bin\)\{.*?return [a-z]+\}/s.exec(source)?.[0];
  const start = /createWasm\(\)\.then\(\(\)=>run\(\)\);\s*$/;
  if (from < 0 || to < 0 || !decode || !start.test(source))
    throw new Error(`${file}: not the script this loader knows; look at its ends and adapt loadTool`);
  const literal = source.slice(from + open.length - 1, to + 1);
  const bytes = new Function(`${decode};return binaryDecode(${literal})`)() as Uint8Array;
  const module = new WebAssembly.Module(bytes as BufferSource);
  const script =
    source.slice(0, from) + source.slice(to + 2).replace(start, "return createWasm().then(()=>run());");
  const run = new Function("Module", "require", "process", "module", "__filename", "__dirname", script);
  return async (args) => {
    const output: string[] = [];
    const fakeProcess = Object.create(process, {
      argv: { value: ["node", name, ...args] },
      exitCode: { value: undefined, writable: true },
    }) as NodeJS.Process;
    const Module = {
      instantiateWasm: (imports: WebAssembly.Imports, done: (i: WebAssembly.Instance) => void) =>
        done(new WebAssembly.Instance(module, imports)),
      print: (line: string) => output.push(line),
      printErr: (line: string) => output.push(line),
    };
    try {
      await run(Module, require, fakeProcess, undefined, file, "");
    } catch (error) {
      if ((error as Error)?.name !== "ExitStatus") output.push(String(error));
    }
    return { code: Number(fakeProcess.exitCode ?? 1), output: output.join("\n") };
  };
}

export class Binaryen {
  private readonly tool = loadTool("wasm-opt");
  private readonly folder = mkdtempSync(join(tmpdir(), "wasmvisor-binaryen-"));

  /** A random module made by Binaryen's own fuzzer; nothing where it fails. NaNs are replaced by zeros. */
  async generate(seed: number): Promise<Uint8Array | undefined> {
    const r = new Random(seed);
    const noise = new Uint8Array(r.between(100, r.pick([600, 3000, 12000])));
    for (let i = 0; i < noise.length; i++) noise[i] = r.below(256);
    const optional = OPTIONAL.filter(() => r.chance(0.5));
    const passes = r.chance(0.4) ? [r.pick(["-O1", "-O2", "-Os"])] : [];
    return this.run(noise, ["-ttf", ...optional, ...passes, "--denan"]);
  }

  /** A module with every NaN that it may make replaced by zero; nothing where Binaryen cannot read it. */
  async withoutNans(bytes: Uint8Array): Promise<Uint8Array | undefined> {
    return this.run(bytes, ["--denan", ...OPTIONAL, "--enable-exception-handling"]);
  }

  private async run(input: Uint8Array, args: string[]): Promise<Uint8Array | undefined> {
    const from = join(this.folder, "in");
    const to = join(this.folder, "out.wasm");
    rmSync(to, { force: true });
    writeFileSync(from, input);
    const { code } = await this.tool([from, "-o", to, ...FEATURES, ...args]);
    return code === 0 ? new Uint8Array(readFileSync(to)) : undefined;
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
