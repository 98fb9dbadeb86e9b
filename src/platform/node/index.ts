import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { deflateRaw, inflateRaw } from "node:zlib";
import type { AssetName, Platform, TranslationWorker } from "../../base/platform.js";

const deflateAsync = promisify(deflateRaw);
const inflateAsync = promisify(inflateRaw) as (
  bytes: Uint8Array,
  options: { maxOutputLength: number },
) => Promise<Buffer>;

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

  // The lowest level: memories are large, and what it leaves on the table is little.
  compression: {
    deflate: (bytes) => deflateAsync(bytes, { level: 1 }),
    inflate: (bytes, mostBytes) => inflateAsync(bytes, { maxOutputLength: Math.max(mostBytes, 1) }),
  },

  nowNs: () => performance.now() * 1e6,

  fillRandom(bytes: Uint8Array<ArrayBuffer>): void {
    crypto.getRandomValues(bytes);
  },

  startTranslationWorker(said, failed): TranslationWorker {
    // The same path from src/ and from dist/: a Worker needs the compiled file.
    const script = new URL("../../../dist/translation-worker.js", import.meta.url);
    const worker = new Worker(script, { execArgv: [], name: "wasmvisor-translation" });
    worker.on("message", said);
    worker.on("error", failed);
    worker.on("messageerror", failed);
    worker.on("exit", (code) => failed(new Error(`The Worker ended with exit code ${code}`)));
    return {
      post: (message) => worker.postMessage(message),
      keepAlive: (alive) => (alive ? worker.ref() : worker.unref()),
      terminate: () => void worker.terminate(),
    };
  },
};
