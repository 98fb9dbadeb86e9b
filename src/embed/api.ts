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
export { typeDeclarations } from "./declarations.js";
export { describeFrames, type Frame } from "./frames.js";
export { suspending } from "./host-functions.js";
export type { ModuleSource, TranslatedModule } from "./image.js";
export type { Embed, EmbedOptions } from "./index.js";
export type { Instance, InstantiateOptions, Untyped } from "./instance.js";
export type { Imports } from "./link.js";
export { Pace } from "./pace.js";
export type { Runtime, RuntimeOptions } from "./runtime.js";
export type { StackImage } from "./stack-image.js";
export {
  Aborted,
  BudgetSpent,
  type CallOptions,
  CallStopped,
  InstanceDropped,
  type Progress,
  type Resumable,
  type RunOptions,
  type StepOutcome,
  TimedOut,
} from "./stopped.js";
