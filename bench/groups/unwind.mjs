// The cost of one whole unwind and rewind, by depth, in microseconds and as a ratio to Asyncify's.
import { measure } from "../lib/child.mjs";
import { jspiFlags } from "../lib/nodes.mjs";

const depths = [1, 10, 100, 1000];
const yardstick = "Asyncify, same Node";

export async function run({ nodes, quick, only, rounds, report }) {
  const rows = [];
  for (const node of nodes) {
    const jspi = quick ? undefined : jspiFlags(node);
    const schemes = quick ? ["wasmvisor"] : ["asyncify", "wasmvisor", ...(jspi ? ["jspi"] : [])];
    let asyncify;
    for (const scheme of schemes) {
      if (only && !only.includes(scheme) && scheme !== "asyncify") continue;
      const flags = scheme === "jspi" ? jspi : [];
      const results = await measure(
        node,
        "unwind.mjs",
        { scheme, depths, samples: rounds ?? (quick ? 9 : 25) },
        flags,
      );
      if (scheme === "asyncify") asyncify = results;
      const fresh = results.map(({ depth, us, spread }, i) => ({
        group: "unwind",
        name: `depth ${depth}`,
        depth,
        scheme,
        node: node.version,
        us,
        usSpread: spread,
        ...(asyncify && scheme !== "asyncify"
          ? { ratio: us / asyncify[i].us, spread: spread.map((x) => x / asyncify[i].us), yardstick }
          : {}),
        ...(flags.length ? { flags } : {}),
        command: `npm run bench -- unwind --only ${scheme} --node ${node.major}`,
      }));
      rows.push(...fresh);
      report(fresh);
    }
  }
  return rows;
}
