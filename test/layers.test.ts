// Keeps imports going one way, and out of circles, in src/, assembly/ and guests/.
// The rules are the data below; everything under them is the mechanism.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

/** A layer may import itself and what is listed; a folder ends in "/". The longest path that fits a file is its layer. */
const core = ["assembly/abi/", "assembly/lib/"];
const host = ["src/abi.ts", "src/base/"];
const machinery = [...host, "src/core/", "src/checker/", "src/embed/"];
const product = [...machinery, "src/sched/", "src/machine/", "src/devices/", "src/toolstack/"];
const platforms = ["src/platform/node/", "src/platform/browser/"];
const mayImport: Record<string, string[]> = {
  "assembly/abi/": [],
  "assembly/lib/": ["assembly/abi/"],
  "assembly/wasm/": core,
  "assembly/translator/": [...core, "assembly/wasm/"],
  "assembly/frame/": core,
  "assembly/state/": [...core, "assembly/frame/"],
  "assembly/object/": [...core, "assembly/frame/", "assembly/state/"],
  "assembly/hypercall/": [...core, "assembly/frame/", "assembly/state/", "assembly/object/"],
  "assembly/translator.ts": [...core, "assembly/wasm/", "assembly/translator/"],
  "assembly/runtime.ts": [...core, "assembly/frame/"],
  "assembly/hypervisor.ts": [
    ...core,
    ...["frame", "state", "object", "hypercall"].map((n) => `assembly/${n}/`),
  ],

  "src/abi.ts": ["assembly/abi/"],
  "src/base/": ["src/abi.ts"],
  "src/core/": host,
  "src/checker/": ["src/base/"],
  "src/embed/": [...host, "src/core/", "src/checker/"],
  "src/sched/": machinery,
  "src/machine/": [...machinery, "src/sched/"],
  "src/devices/": machinery,
  "src/toolstack/": [...machinery, "src/sched/", "src/machine/", "src/devices/"],
  "src/platform/": host,
  "src/platform/node/": [...host, "src/platform/"],
  "src/platform/browser/": [...host, "src/platform/"],
  "src/index.ts": product,
  "src/node.ts": [...product, "src/index.ts", "src/platform/node/"],
  "src/browser.ts": [...product, "src/index.ts", "src/platform/browser/"],
  "src/embed.ts": [...machinery, "src/platform/node/"],
  "src/embed.browser.ts": [...machinery, "src/platform/browser/"],
  "src/translation-worker.ts": [...product, "src/platform/node/"],
  "src/translation-worker.browser.ts": [...product, "src/platform/browser/"],
  "src/translator.ts": ["src/embed.ts"],
  "src/translator.browser.ts": ["src/embed.browser.ts"],
  "src/cli/": [...product, ...platforms, "src/index.ts", "src/node.ts", "src/translator.ts"],

  "guests/lib/": ["assembly/abi/"],
  "guests/": ["assembly/abi/", "guests/lib/"],
};
/** Built-in modules of Node.js exist on one platform alone. */
const mayImportNode = ["src/platform/node/", "src/cli/"];
/** Pages without a bundler cannot resolve a package's name; the last is loaded where it is needed. */
const mayImportPackages = [...mayImportNode, "src/base/digest.ts"];

/** Path below the repository to text. */
type Files = Map<string, string>;

function problemsOf(files: Files, dependencies: string[]): string[] {
  const edges = new Map<string, string[]>();
  const problems: string[] = [];
  for (const [file, text] of files) {
    const layer = layerOf(file);
    if (layer === undefined) {
      problems.push(`${file} is in no layer: name its folder in test/layers.test.ts`);
      continue;
    }
    const targets: string[] = [];
    for (const specifier of importsOf(text)) {
      if (!specifier.startsWith(".")) {
        const problem = problemOfPackage(file, specifier, dependencies);
        if (problem) problems.push(problem);
        continue;
      }
      const target = resolve(file, specifier, files);
      targets.push(target);
      const targetLayer = layerOf(target);
      if (targetLayer === layer || mayImport[layer]!.includes(targetLayer ?? "")) continue;
      problems.push(`${file} imports ${target}, but ${layer} may import: ${listed(mayImport[layer]!)}`);
    }
    edges.set(file, targets);
  }
  return [
    ...problems,
    ...circlesOf(edges).map((circle) => `imports run in a circle: ${circle.join(" -> ")}`),
  ];
}

function problemOfPackage(file: string, specifier: string, dependencies: string[]): string | undefined {
  if (specifier.startsWith("node:")) {
    if (mayImportNode.some((path) => file.startsWith(path))) return undefined;
    return `${file} imports ${specifier}, but built-in modules of Node.js may be imported by: ${listed(mayImportNode)}`;
  }
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  const allowed = mayImportPackages.some((path) => file.startsWith(path));
  if (allowed && dependencies.includes(name)) return undefined;
  return (
    `${file} imports the package ${name}, but packages may be imported by: ${listed(mayImportPackages)}, ` +
    `and those are: ${listed(dependencies)}`
  );
}

function listed(names: string[]): string {
  return names.length === 0 ? "nothing" : names.join(", ");
}

function layerOf(file: string): string | undefined {
  const fits = Object.keys(mayImport).filter((path) =>
    path.endsWith("/") ? file.startsWith(path) : file === path,
  );
  return fits.sort((a, b) => b.length - a.length)[0];
}

function importsOf(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((found) => found.fileName);
}

/** TypeScript names the emitted `.js`, AssemblyScript names no extension; build/abi/ is assembly/abi/, compiled. */
function resolve(file: string, specifier: string, files: Files): string {
  const path = posix.join(posix.dirname(file), specifier).replace(/^build\/abi\//, "assembly/abi/");
  const stem = path.replace(/\.(js|ts)$/, "");
  return [`${stem}.ts`, `${stem}/index.ts`].find((candidate) => files.has(candidate)) ?? path;
}

/** One closed path for each group of files that import each other (depth-first; a back edge closes a circle). */
function circlesOf(edges: Map<string, string[]>): string[][] {
  const circles: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string) => {
    const at = path.indexOf(file);
    if (at >= 0) circles.push([...path.slice(at), file]);
    if (at >= 0 || done.has(file)) return;
    path.push(file);
    for (const target of edges.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of edges.keys()) visit(file);
  return circles;
}

describe("the layers", () => {
  const root = fileURLToPath(new URL("..", import.meta.url));

  it("hold in src, assembly and guests, without a circle", () => {
    const files: Files = new Map();
    for (const folder of ["src", "assembly", "guests"].filter((name) => existsSync(root + name))) {
      for (const found of readdirSync(root + folder, { recursive: true, encoding: "utf8" })) {
        const file = `${folder}/${found.replaceAll("\\", "/")}`;
        if (file.endsWith(".ts") && !file.endsWith(".d.ts"))
          files.set(file, readFileSync(root + file, "utf8"));
      }
    }
    const { dependencies = {} } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
    expect(files.size, "files found").toBeGreaterThan(0);
    expect(problemsOf(files, Object.keys(dependencies))).toEqual([]);
  });

  const problemsIn = (files: Record<string, string>) => problemsOf(new Map(Object.entries(files)), ["ws"]);

  it("refuse an import of a layer above, and say what may be imported", () => {
    const problems = problemsIn({
      "src/devices/net/device.ts": 'import { boot } from "../../machine/boot.js";',
      "src/machine/boot.ts": "export const boot = 1;",
    });
    expect(problems).toEqual([
      "src/devices/net/device.ts imports src/machine/boot.ts, but src/devices/ may import: " +
        "src/abi.ts, src/base/, src/core/, src/checker/, src/embed/",
    ]);
  });

  it("refuse every way to write an import: of types, as a re-export, and dynamic", () => {
    for (const line of [
      'import type { A } from "../core/a.js";',
      'export * from "../core/a.js";',
      'import "../core/a.js";',
      'export const a = await import("../core/a.js");',
    ]) {
      const problems = problemsIn({ "src/base/b.ts": line, "src/core/a.ts": "export type A = 1;" });
      expect(problems, line).toHaveLength(1);
    }
  });

  it("see circles inside a layer, through specifiers without an extension as asc has them", () => {
    const problems = problemsIn({
      "assembly/lib/a.ts": 'import { b } from "./b";',
      "assembly/lib/b.ts": 'import { c } from "./c";',
      "assembly/lib/c.ts": 'import { a } from "./a";',
    });
    expect(problems).toEqual([
      "imports run in a circle: assembly/lib/a.ts -> assembly/lib/b.ts -> assembly/lib/c.ts -> assembly/lib/a.ts",
    ]);
  });

  it("keep Node.js out of what browsers run, and undeclared packages out of everything", () => {
    expect(problemsIn({ "src/core/load.ts": 'import "node:fs";' })).toHaveLength(1);
    expect(problemsIn({ "src/platform/node/load.ts": 'import "node:fs";' })).toEqual([]);
    expect(problemsIn({ "src/embed.browser.ts": 'import "./platform/node/load.js";' })).toHaveLength(1);
    expect(problemsIn({ "src/cli/run.ts": 'import "left-pad";' })).toHaveLength(1);
    expect(problemsIn({ "src/cli/run.ts": 'import "ws";' })).toEqual([]);
    expect(problemsIn({ "src/core/load.ts": 'import "ws";' })).toHaveLength(1);
  });

  it("take what is compiled from the interface for the interface, which src/abi.ts alone may import", () => {
    const files = { "assembly/abi/errno.ts": "", "src/abi.ts": 'export * from "../build/abi/errno.js";' };
    expect(problemsIn(files)).toEqual([]);
    const line = 'import { Errno } from "../../build/abi/errno.js";';
    expect(problemsIn({ ...files, "src/embed/a.ts": line })).toEqual([
      expect.stringContaining("src/embed/a.ts imports assembly/abi/errno.ts, but src/embed/ may import"),
    ]);
  });

  it("know every file: one that no rule names is refused", () => {
    expect(problemsIn({ "src/helpers/a.ts": "" })).toHaveLength(1);
  });
});
