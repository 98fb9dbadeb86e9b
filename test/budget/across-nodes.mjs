// node test/budget/across-nodes.mjs: the same runs, whole and in 1, 100 and 100,000 pieces, on every Node that is
// supported. Each spends the same, to the unit, on all of them. `npm run build` first.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { majors, nodePath } from "../../tools/nodes.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const compiler = join(root, "node_modules/typescript/bin/tsc");
check(
  spawnSync(process.execPath, [compiler, "-p", join(root, "test/fuzz/tsconfig.json")], { encoding: "utf8" }),
);

const all = [...new Set([20, ...majors])];
const results = all.map((major) => {
  const program = join(root, "build/fuzz/test/budget/print.js");
  return JSON.parse(check(spawnSync(nodePath(major), [program], { encoding: "utf8", maxBuffer: 1 << 26 })));
});
let unequal = 0;
for (const name of Object.keys(results[0])) {
  const counts = results.flatMap((result) => result[name]);
  const equal = counts.every((count) => count === counts[0]);
  if (!equal) unequal++;
  if (!equal || !name.startsWith("generated"))
    console.log(`${equal ? "equal " : "UNEQUAL"} ${name}: ${equal ? counts[0] : counts}`);
}
console.log(`${Object.keys(results[0]).length} runs on Node ${all.join(", ")}: ${unequal} unequal`);
process.exit(unequal ? 1 : 0);

function check({ status, stdout, stderr, error }) {
  if (status === 0) return stdout;
  console.error(`across-nodes: ${error?.message ?? stderr.slice(0, 2000)}${stdout.slice(0, 2000)}`);
  process.exit(2);
}
