// What the entries of the translator show, apart from the functions that are bound to a platform.
export {
  describeLocation,
  FrameStoreFull,
  type GuestLocation,
  GuestTrap,
  HostMemoryExhausted,
  PinnedExceeded,
  QuotaExceeded,
  RuntimeBusy,
  StackOverflow,
  TranslateError,
  type TranslateFailure,
  VerifyError,
  WaitRefused,
  WasmvisorError,
} from "../base/errors.js";
export type { FunctionType, Manifest } from "../core/manifest.js";
export type { CodeMap, FrameSlot, Maps, ResumePoint } from "../core/maps.js";
export type { Translated, TranslateOptions } from "../core/translate.js";
export { Activation, type ActivationOptions, type ActivationStatus } from "./activation.js";
export { BudgetSpent, type Resumable, type StepOutcome } from "./budget-spent.js";
export { describeFrames, type Frame } from "./frames.js";
export type { ModuleSource, TranslatedModule } from "./image.js";
export type { Embed, EmbedOptions } from "./index.js";
export type { CallOptions, Instance, InstantiateOptions } from "./instance.js";
export type { Imports } from "./link.js";
export { Pace } from "./pace.js";
export type { Runtime, RuntimeOptions } from "./runtime.js";
export type { StackImage } from "./stack-image.js";
