import ts from "typescript";
import { describe, expect, it } from "vitest";
import { typeDeclarations } from "../../src/embed/declarations.js";
import type { Instance } from "../../src/embed/instance.js";
import { assemble, embed } from "./hand-made.js";

const bytes = assemble(`(module
  (import "host" "read file" (func (param i32 i64) (result i32)))
  (import "host" "pair" (func (result f64 externref)))
  (import "other" "log" (func (param i32)))
  (memory (export "memory") 1)
  (func (export "add") (param i32 f64) (result f64) (f64.const 0))
  (func (export "wide") (param i64 v128) (result i64 i32) (i64.const 0) (i32.const 0))
  (func (export "take") (param funcref externref)))`);

/** What the compiler says to a program that knows the declarations of the module. */
function problemsIn(program: string): ts.Diagnostic[] {
  const files: Record<string, string> = {
    "/module.ts": typeDeclarations(embed.translate(bytes).manifest),
    "/program.ts": `import type { Exports, Imports } from "./module.js";\n${program}`,
  };
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
    lib: ["lib.es2022.d.ts"],
    skipLibCheck: true,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (name) => name in files || fileExists(name);
  host.readFile = (name) => files[name] ?? readFile(name);
  host.getSourceFile = (name, version) => {
    const text = files[name];
    return text === undefined ? getSourceFile(name, version) : ts.createSourceFile(name, text, version);
  };
  const checked = ts.createProgram(["/program.ts"], options, host);
  return [...ts.getPreEmitDiagnostics(checked)];
}

describe("the declarations of a module", () => {
  it("say what its functions take and give, and find what is wrong", () => {
    const program = `
      declare const exports: Exports;
      const a: number = exports.add(1, 2);
      const [b, c]: [bigint, number] = exports.wide(1n, undefined as never);
      exports.take(null, { any: "thing" });
      const imports: Imports = {
        host: { "read file": async (fd, at) => fd + Number(at), pair: () => [1, "x"] },
        other: { log: (n) => n.toFixed() },
      };
      exports.add(1n, 2); // wrong
      exports.sub(1, 2); // wrong
      const short: Imports = { host: imports.host }; // wrong
      `;
    const lines = program.split("\n");
    const wrong = problemsIn(program).map(({ file, start }) => {
      return lines[file!.getLineAndCharacterOfPosition(start!).line - 1];
    });
    expect(wrong).toEqual(lines.filter((line) => line.includes("// wrong")));
  });
});

describe("an instance whose exports are declared", () => {
  it("has typed calls", async () => {
    interface Exports {
      add(a: number, b: number): number;
    }
    const wat = `(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))`;
    const instance = await embed.instantiate<Exports>(assemble(wat));
    const sum: number = await instance.call("add", [1, 2]);
    expect(sum).toBe(3);
    const checks = (typed: Instance<Exports>) => [
      // @ts-expect-error: there is no such export
      () => typed.call("sub", [1, 2]),
      // @ts-expect-error: an i32 is no bigint
      () => typed.callSync("add", [1n, 2]),
    ];
    expect(checks(instance)).toHaveLength(2);
  });
});
