// The modules that work.mjs runs, on Node.js: bundled guests, and texts in this folder.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import wabt from "wabt";
import { root } from "../../support/packages.mjs";
import { moduleNames } from "./work.mjs";

const here = dirname(fileURLToPath(import.meta.url));

/** @returns {Promise<Record<string, Uint8Array>>} */
export async function loadModules() {
  const { parseWat } = await wabt();
  const load = (name) => {
    const text = join(here, `${name}.wat`);
    if (!existsSync(text)) return readFileSync(join(root, `build/guests/${name}.wasm`));
    const module = parseWat(text, readFileSync(text, "utf8"));
    return module.toBinary({ write_debug_names: true }).buffer;
  };
  return Object.fromEntries(moduleNames.map((name) => [name, new Uint8Array(load(name))]));
}
