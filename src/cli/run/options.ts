import type { Quantum } from "../values.js";
import type { ScheduleOptions } from "./schedules.js";

/** Options of `wv run`, as commander reads them. */
export interface RunOptions extends ScheduleOptions {
  /** Pages of 64 KiB. */
  readonly memory?: number;
  /** ms. */
  readonly timeout?: number;
  /** Units. */
  readonly budget?: number;
  readonly deterministic?: boolean;
  readonly seed?: number;
  readonly console?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verify?: boolean;
  /** ms. */
  readonly slice?: number;
  readonly quantum?: Quantum;
  /** For WASI programs: HOST::GUEST[:ro]. */
  readonly dir?: readonly string[];
  /** For WASI programs: NAME=VALUE. */
  readonly env?: readonly string[];
}
