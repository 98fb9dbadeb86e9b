// The runtime-neutral public API: for a platform that has no entry of its own, and for tools that only check.
// `wasmvisor/translator` binds the same to Node.js or to a browser.
export type { AssetName, Platform } from "./base/platform.js";
export {
  assertVerified,
  describeProblem,
  type Problem,
  type Stats,
  type Verdict,
  verify,
} from "./checker/index.js";
export { type Core, loadCore } from "./core/assets.js";
export * from "./embed/api.js";
export { createEmbed } from "./embed/index.js";
