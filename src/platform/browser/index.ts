import type { AssetName, Platform, TranslationWorker } from "../../base/platform.js";

const assets: Record<AssetName, URL> = {
  // Written out, so that bundlers find them.
  translator: new URL("../../../build/translator.wasm", import.meta.url),
  runtime: new URL("../../../build/runtime.wasm", import.meta.url),
  glue: new URL("../../../build/glue.wasm", import.meta.url),
  hypervisor: new URL("../../../build/hypervisor.wasm", import.meta.url),
  hypercalls: new URL("../../../build/hypercalls.wasm", import.meta.url),
  "stack-pointer": new URL("../../../build/stack-pointer.wasm", import.meta.url),
  wasi: new URL("../../../build/wasi.wasm", import.meta.url),
};

async function inflate(bytes: Uint8Array, mostBytes: number): Promise<Uint8Array> {
  const source = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const reader = source.pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const unpacked = new Uint8Array(mostBytes);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return unpacked.subarray(0, length);
    if (length + value.length > mostBytes) {
      await reader.cancel();
      throw new Error(`It is longer than ${mostBytes} bytes`);
    }
    unpacked.set(value, length);
    length += value.length;
  }
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

const waiting: (() => void)[] = [];
/** Opened when first used: a channel that listens keeps Node.js alive when a bundler or a test imports this there. */
let channel: MessageChannel | undefined;

function openChannel(): MessageChannel {
  const opened = new MessageChannel();
  opened.port1.onmessage = () => waiting.shift()?.();
  return opened;
}

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
      channel ??= openChannel();
      channel.port2.postMessage(null);
    });
  },

  compression: { deflate, inflate },

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
