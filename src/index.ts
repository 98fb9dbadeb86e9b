// The runtime-neutral public API: for a platform that has no entry of its own, and for tools that only check.
// `wasmvisor` and `wasmvisor/translator` bind the same to Node.js or to a browser.

export {
  DomainRefused,
  MachinePanic,
  type Refusal,
  type RefusalReason,
  SnapshotError,
} from "./base/errors.js";
export * from "./base/host-folder.js";
export type { AssetName, Platform, TranslationWorker } from "./base/platform.js";
export {
  assertVerified,
  describeProblem,
  type Problem,
  type Stats,
  type Verdict,
  verify,
} from "./checker/index.js";
export { type Core, loadCore, loadMachineCore, type MachineCore } from "./core/assets.js";
export * from "./embed/api.js";
export { createEmbed } from "./embed/index.js";
export * from "./machine/index.js";
export { Credit, type CreditOptions } from "./sched/credit.js";
export { RoundRobin, type RoundRobinOptions } from "./sched/round-robin.js";
export { DEFAULT_SCHEDULE, type Schedule } from "./sched/schedule.js";
export type { LeaveReason, Scheduler, Slice } from "./sched/scheduler.js";
export { importsWasi, type WasiDomain, type WasiOptions, wasiDomain } from "./toolstack/wasi.js";
