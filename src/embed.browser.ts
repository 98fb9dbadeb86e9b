// wasmvisor/embed in browsers: any Wasm module, metered, bounded and suspendable anywhere, called from a program.
import { assertVerified } from "./checker/index.js";
import { loadCore } from "./core/assets.js";
import { createEmbed } from "./embed/index.js";
import { browserPlatform } from "./platform/browser/index.js";

export * from "./embed/api.js";

export const { translate, createRuntime, instantiate, instantiateSync, explain } = createEmbed(
  await loadCore(browserPlatform),
  assertVerified,
);
