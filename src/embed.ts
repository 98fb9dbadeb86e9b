// wasmvisor/embed on Node.js: any Wasm module, metered, bounded and suspendable anywhere, called from a program.
import { assertVerified } from "./checker/index.js";
import { loadCore } from "./core/assets.js";
import { createEmbed } from "./embed/index.js";
import { nodePlatform } from "./platform/node/index.js";

export * from "./embed/api.js";

export const { translate, createRuntime, instantiate, instantiateSync, explain } = createEmbed(
  await loadCore(nodePlatform),
  assertVerified,
);
