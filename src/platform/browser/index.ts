import type { AssetName, Platform } from "../../base/platform.js";

const assets: Record<AssetName, URL> = {
  // Written out, so that bundlers find them.
  translator: new URL("../../../build/translator.wasm", import.meta.url),
  runtime: new URL("../../../build/runtime.wasm", import.meta.url),
  glue: new URL("../../../build/glue.wasm", import.meta.url),
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
};
