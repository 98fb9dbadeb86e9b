import type { Command } from "commander";
import type { Context } from "./context.js";
import type { SaveOptions } from "./snapshot/options.js";
import { parseCount, parseDuration, parseMemory } from "./values.js";

const listed = (text: string, before: string[] = []) => [...before, text];

/** `wv save`: runs a guest for a while, then puts it into a file. */
export function addSave(program: Command, { passed, exit }: Context): void {
  program
    .command("save")
    .usage("[options] GUEST -o FILE --after TIME [-- ARGUMENTS...]")
    .summary("run a guest for a while, then save it")
    .description(
      "Run a guest for a while, then save it as it is and end it: `restore` goes on from the file, on any machine. " +
        "Ctrl-] and then s saves a guest of `run`.",
    )
    .argument("<guest>", "as for `run`")
    .requiredOption("-o, --output <file>", "the snapshot's file")
    .requiredOption("--after <time>", "how long it runs: 500ms, 2s, 5min", parseDuration)
    .option("--with-modules", "also put modules into the file that come with wasmvisor")
    .option("-m, --memory <size>", "what its memory may grow to: 16MiB, or pages of 64 KiB", parseMemory)
    .option("-b, --budget <units>", "end it when it spends more: 50000, 10k, 1.5M, 2G", parseCount)
    .option("-d, --deterministic", "virtual time and seeded randomness, also behind the restoration")
    .option("-q, --quiet", "no summary; crashes are told nevertheless")
    .option("--dir <host::guest[:ro]>", "WASI: a folder of the host, as for `run`", listed)
    .option("--env <name=value>", "WASI: a variable of the program's environment", listed)
    .action(async (guest: string, options: SaveOptions) => {
      const { saveGuest } = await import("./snapshot/save.js");
      exit(await saveGuest(guest, passed, options));
    });
}
