import type { Command } from "commander";
import type { Context } from "./context.js";
import type { RestoreOptions } from "./snapshot/options.js";
import { parseCount, parseDuration, parseMemory } from "./values.js";

const listed = (text: string, before: string[] = []) => [...before, text];

/** `wv restore`: goes on with a guest that was saved. */
export function addRestore(program: Command, { exit }: Context): void {
  program
    .command("restore")
    .summary("go on with a guest that was saved")
    .description(
      "Go on with a guest where it was when it was saved, with what is left of its limits. The terminal, the output and the " +
        "exit codes are as for `run`. A file that is damaged or says what is not possible is refused with exit code 3.",
    )
    .argument("<file>", "what `save`, or Ctrl-] and s, wrote")
    .option("--module <file>", "a module that the file does not carry; bundled guests are known", listed)
    .option("-m, --memory <size>", "what its memory may grow to: 16MiB, or pages of 64 KiB", parseMemory)
    .option("-t, --timeout <time>", "end it when it runs longer: 500ms, 2s, 5min", parseDuration)
    .option("-b, --budget <units>", "end it when it has spent so much in all", parseCount)
    .option("--json", "print one JSON document when all is over, and nothing else")
    .option("-q, --quiet", "no summary; crashes are told nevertheless")
    .option("--dir <host::guest[:ro]>", "WASI: a folder that the program had, by the name it knows", listed)
    .option("--verify", "let the independent checker verify the translated modules first")
    .action(async (file: string, options: RestoreOptions) => {
      const { restoreFile } = await import("./snapshot/restore.js");
      exit(await restoreFile(file, options));
    });
}
