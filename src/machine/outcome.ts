import type { GuestLocation } from "../base/errors.js";

/** How a domain ended. */
export type Outcome =
  /** It shut itself down with this code, like a program's exit code. */
  | { readonly kind: "poweroff"; readonly code: number }
  | { readonly kind: "crash"; readonly record: CrashRecord }
  | { readonly kind: "destroyed" }
  /** It spent all units that it was given. */
  | { readonly kind: "budget" }
  | { readonly kind: "timeout" };

/** What is known of a guest that crashed, at the moment when it did. */
export interface CrashRecord {
  /** In a few words: "trap", "stack overflow", .. (see `causeTexts`). */
  readonly cause: string;
  /** What the engine or the core says about it. */
  readonly message: string;
  /** Where: the innermost place of `stack`. */
  readonly location?: GuestLocation;
  /** Innermost first, at most 100; empty when the engine does not tell. */
  readonly stack: readonly GuestLocation[];
  /** The context that ran. */
  readonly context: number;
  /** The stack-pointer global, where the guest has one. */
  readonly stackPointer?: number;
  readonly pages: number;
  /** Name of the hypercall that was entered last. */
  readonly lastHypercall?: string;
  readonly upcallsMasked: boolean;
  readonly spentUnits: number;
  /** When the guest asked for it (`sched_shutdown` with reason Crash): its code. */
  readonly code?: number;
}
