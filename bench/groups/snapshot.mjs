// What it takes to save and to restore a domain, by the size and the content of its memory.
import { measure } from "../lib/child.mjs";

const contents = { random: "random bytes", real: "text and code, a quarter empty" };

export async function run({ nodes, quick, only, rounds, report }) {
  const rows = [];
  for (const node of nodes) {
    for (const mib of quick ? [1, 16] : [1, 16, 256]) {
      for (const [content, described] of Object.entries(contents)) {
        if (only && !only.includes(content)) continue;
        const input = { mib, content, rounds: rounds ?? (mib > 16 ? 3 : quick ? 5 : 11) };
        const { save, restore, clone, fileBytes } = await measure(node, "snapshot.mjs", input);
        const common = {
          ...{ group: "snapshot", scheme: "wasmvisor", node: node.version, unit: "ms" },
          ...{ yardstick: "structuredClone of the memory", yardstickValue: clone.value },
          command: `npm run bench -- snapshot --only ${content} --node ${node.major}`,
        };
        const file = `a file of ${(fileBytes / 2 ** 20).toFixed(2)} MiB`;
        const fresh = [
          { ...common, name: `save ${mib} MiB: ${described}`, ...save, fileBytes, note: file },
          { ...common, name: `restore ${mib} MiB: ${described}`, ...restore, fileBytes, note: file },
        ];
        rows.push(...fresh);
        report(fresh);
      }
    }
  }
  return rows;
}
