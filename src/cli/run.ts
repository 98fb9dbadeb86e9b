import type { Command } from "commander";
import type { Context } from "./context.js";
import { EXIT_CODE_TEXTS } from "./exit-codes.js";
import type { RunOptions } from "./run/options.js";
import { scheduleOptions } from "./run/schedules.js";
import { parseCount, parseDuration, parseMemory, parseQuantum, parseSeed } from "./values.js";

/** `wv run`: guests side by side, until all of them have ended. */
export function addRun(program: Command, { passed, exit }: Context): void {
  const [scheduler, weight, cap] = scheduleOptions();
  program
    .command("run")
    .usage("[options] GUEST... [-- ARGUMENTS...]")
    .summary("run guests side by side")
    .description(
      "Run guests side by side, each in a domain of its own, until all have ended. What guests write goes to the standard " +
        "output, everything else to the standard error.",
    )
    .argument(
      "<guest...>",
      "[NAME=][COUNTx]MODULE, with its arguments behind it if it is quoted: 'clock 5 100'",
    )
    .option(
      "-m, --memory <size>",
      "what the memory of a guest may grow to: 16MiB, or pages of 64 KiB",
      parseMemory,
    )
    .option("-t, --timeout <time>", "end a guest that runs longer: 500ms, 2s, 5min", parseDuration)
    .option("-b, --budget <units>", "end a guest that spends more: 50000, 10k, 1.5M, 2G", parseCount)
    .option("-d, --deterministic", "virtual time and seeded randomness: the same each time, on every machine")
    .option("--seed <number>", "what random bytes are made from in deterministic mode", parseSeed)
    .option("--console <name>", "the domain that gets the standard input and the terminal; none: nobody")
    .option("--json", "print one JSON document when all is over, and nothing else")
    .option("-q, --quiet", "no summary; crashes are told nevertheless")
    .option(
      "--dir <host::guest[:ro]>",
      "WASI: a folder of the host, and where the program finds it; :ro: read only",
      (text: string, before: string[] = []) => [...before, text],
    )
    .option(
      "--env <name=value>",
      "WASI: a variable of the program's environment",
      (text: string, before: string[] = []) => [...before, text],
    )
    .option("--verify", "let the independent checker verify each translated module first")
    .addOption(scheduler!)
    .addOption(weight!)
    .addOption(cap!)
    .option(
      "--slice <time>",
      "how long a guest runs before it is another's turn (default: 10ms)",
      parseDuration,
    )
    .option(
      "--quantum <size>",
      "how long guests run before the event loop has a turn: a time up to 1s, or units (default: 1ms)",
      parseQuantum,
    )
    .addHelpText("after", helpText(program.name()))
    .action(async (guests: string[], options: RunOptions) => {
      const { runGuests } = await import("./run/command.js");
      exit(await runGuests(guests, passed, options));
    });
}

const helpText = (name: string) => `
Guests:
  MODULE is a .wasm or .wat file, - for the standard input, or the name of a
  bundled guest (${name} guests lists them). NAME= gives its domain a name,
  COUNTx runs several of it: 10xspin. What stands behind -- is the arguments of
  every guest that has none of its own. A module that imports WASI preview 1 is
  run above a kernel that serves it; its files are in memory but for --dir.

The terminal:
  The only guest, or of several the first interactive one, gets the standard
  input. A terminal is in raw mode then: every key goes to the guest, Ctrl-C
  too. Behind Ctrl-], s saves the guest to a file and q takes the terminal back;
  the guests run on then, and Ctrl-C ends them.

Exit codes:
${EXIT_CODE_TEXTS.map(([code, text]) => `  ${code.padEnd(8)}${text}`).join("\n")}

Examples:
  $ ${name} run hello
  $ ${name} run shell 10xspin                  a shell beside ten endless loops
  $ ${name} run 'clock 5 100' 'primes 100000'  arguments for each guest
  $ ${name} run -m 16MiB -t 2s -b 1G some.wasm a guest that must keep its bounds
  $ ${name} run --json -d a=some.wasm b=some.wasm -- --fast
`;
