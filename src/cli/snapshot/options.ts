import type { RunOptions } from "../run/options.js";

/** Options of `wv save`, as commander reads them. */
export interface SaveOptions extends RunOptions {
  readonly output: string;
  /** ms. */
  readonly after: number;
  readonly withModules?: boolean;
}

/** Options of `wv restore`, as commander reads them. */
export interface RestoreOptions {
  readonly module?: readonly string[];
  /** Pages of 64 KiB. */
  readonly memory?: number;
  /** ms. */
  readonly timeout?: number;
  /** Units. */
  readonly budget?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verify?: boolean;
  readonly dir?: readonly string[];
}
