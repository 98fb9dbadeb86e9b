/** What the verbs are given beside their own arguments. */
export interface Context {
  /** What stands behind `--`. */
  readonly passed: readonly string[];
  /** Tells the exit code of the process. */
  readonly exit: (code: number) => void;
}
