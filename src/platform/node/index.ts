import { readFile } from "node:fs/promises";
import type { AssetName, Platform } from "../../base/platform.js";

/** Node.js: the modules lie beside the compiled sources. */
export const nodePlatform: Platform = {
  async loadAsset(name: AssetName): Promise<Uint8Array<ArrayBuffer>> {
    const url = new URL(`../../../build/${name}.wasm`, import.meta.url);
    try {
      return new Uint8Array(await readFile(url));
    } catch (cause) {
      throw new Error(`${url.pathname} is missing: run \`npm run build\``, { cause });
    }
  },

  nextTurn(): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(resolve);
    });
  },
};
