/** Every exit code of the command line but those that guests choose; `wv run --help` and docs/cli.md list them. */
export enum ExitCode {
  /** All went well: every guest powered off with code 0, or was left with Ctrl-]. */
  Ok = 0,
  /** Of several guests, one powered off with another code; or one waits for what can never come. */
  Failed = 1,
  /** The command line is wrong. */
  Usage = 2,
  /** A module cannot be read, is malformed, or is refused. */
  Refused = 3,
  /** wasmvisor itself failed: a bug. */
  Internal = 70,
  /** A guest ran into --timeout. */
  Timeout = 124,
  /** A guest spent its --budget. */
  Budget = 125,
  /** A guest crashed. */
  Crashed = 134,
  /** Whoever read the standard output does not any more. */
  BrokenPipe = 141,
}

/** What is printed of them, in order. A signal's code is 128 and its number. */
export const EXIT_CODE_TEXTS: readonly (readonly [code: string, meaning: string])[] = [
  ["0", "every guest powered off with code 0, or was left with Ctrl-]"],
  ["0-255", "one guest: the code that it powered off with (255 for others)"],
  ["1", "several guests: one powered off with another code than 0"],
  ["1", "a guest waits for what never comes"],
  ["2", "the command line is wrong"],
  ["3", "a module cannot be read, is malformed, or is refused"],
  ["70", "wasmvisor itself failed: please report it"],
  ["124", "a guest ran into --timeout"],
  ["125", "a guest spent its --budget"],
  ["134", "a guest crashed"],
  ["128+N", "ended by signal N: 130 is Ctrl-C, 141 that nobody reads the output"],
];

/** A failure that the user has to know of: its message is all that is printed, without a stack. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
