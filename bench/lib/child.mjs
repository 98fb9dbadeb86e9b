// Runs a measuring script in a process of its own, on any Node, and reads the JSON that it prints.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { benchDir, root } from "./paths.mjs";

/** @param node `{ path }`; @param script a file below bench/measure; @param input its argument; @param flags of Node. */
export function measure(node, script, input, flags = []) {
  const args = [...flags, "--no-warnings", join(benchDir, "measure", script), JSON.stringify(input)];
  return new Promise((resolve, reject) => {
    const child = spawn(node.path, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let [output, complaints] = ["", ""];
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      complaints += chunk;
    });
    child.on("error", reject);
    child.on("close", (status) => {
      if (status === 0) resolve(JSON.parse(output));
      else
        reject(
          new Error(
            `bench: ${script} ${JSON.stringify(input)} failed on Node ${node.version}:\n${complaints.slice(-1500)}`,
          ),
        );
    });
  });
}
