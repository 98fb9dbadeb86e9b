import type { AssetName, Platform, TranslationWorker } from "../../base/platform.js";

const assets: Record<AssetName, URL> = {
  // Written out, so that bundlers find them.
  translator: new URL("../../../build/translator.wasm", import.meta.url),
  runtime: new URL("../../../build/runtime.wasm", import.meta.url),
  glue: new URL("../../../build/glue.wasm", import.meta.url),
  hypervisor: new URL("../../../build/hypervisor.wasm", import.meta.url),
  hypercalls: new URL("../../../build/hypercalls.wasm", import.meta.url),
  "stack-pointer": new URL("../../../build/stack-pointer.wasm", import.meta.url),
};

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();

/** A browser: the modules are fetched from where this file was. */
export const browserPlatform: Platform = {
  async loadAsset(name: AssetName): Promise<Uint8Array<ArrayBuffer>> {
    const response = await fetch(assets[name]);
    if (!response.ok) throw new Error(`${assets[name].href} could not be loaded: status ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  },

  // A timer would be held back to 4 ms; a message is not.
  nextTurn(): Promise<void> {
    return new Promise((resolve) => {
      waiting.push(resolve);
      channel.port2.postMessage(null);
    });
  },

  nowNs: () => performance.now() * 1e6,

  fillRandom(bytes: Uint8Array<ArrayBuffer>): void {
    crypto.getRandomValues(bytes);
  },

  startTranslationWorker(said, failed): TranslationWorker {
    const worker = new Worker(new URL("../../../dist/translation-worker.browser.js", import.meta.url), {
      type: "module",
      name: "wasmvisor-translation",
    });
    worker.onmessage = ({ data }) => said(data);
    worker.onmessageerror = failed;
    worker.onerror = (event) =>
      failed(event.error ?? new Error(event.message || "The Worker could not be loaded"));
    return {
      post: (message) => worker.postMessage(message),
      keepAlive: () => undefined,
      terminate: () => worker.terminate(),
    };
  },
};
