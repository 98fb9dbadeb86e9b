// The cost of deterministic mode (canonical NaNs), as a ratio to the same module translated without it.
import { measure } from "../lib/child.mjs";

const kernels = ["nbody", "matmul"];
const programs = ["lua"];
const yardstick = "translated without it, same process";

export async function run({ nodes, quick, only, rounds, report }) {
  const rows = [];
  for (const node of nodes) {
    for (const name of quick ? kernels : [...kernels, ...programs]) {
      if (only && !only.includes(name)) continue;
      const isKernel = kernels.includes(name);
      const work = isKernel ? { kernel: name } : { program: name };
      const input = {
        ...work,
        base: "wasmvisor",
        schemes: ["deterministic"],
        rounds: rounds ?? (quick ? 15 : 31),
      };
      const [, result] = await measure(node, isKernel ? "kernel.mjs" : "program.mjs", input);
      const command = `npm run bench -- nan --only ${name} --node ${node.major}`;
      const { ratio, spread, best, ms } = result;
      rows.push({
        group: "nan",
        name,
        scheme: "deterministic",
        node: node.version,
        ratio,
        spread,
        best,
        ms,
        yardstick,
        command,
      });
      report([rows.at(-1)]);
    }
  }
  return rows;
}
