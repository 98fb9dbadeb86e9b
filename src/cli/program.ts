import { readFileSync } from "node:fs";
import { type Command, CommanderError, createCommand } from "commander";
import { MachinePanic, WasmvisorError } from "../base/errors.js";
import { addCompletion } from "./completion.js";
import type { Context } from "./context.js";
import { addDemo } from "./demo.js";
import { CommandError, ExitCode } from "./exit-codes.js";
import { addGuests } from "./guests.js";
import { addInspect } from "./inspect.js";
import { addRestore } from "./restore.js";
import { addRun } from "./run.js";
import { addSave } from "./save.js";
import { paintFor } from "./text.js";
import { addTranslate } from "./translate.js";

/** The command line's tree: one file for each verb. `name`: what it was called as. */
export function createProgram(name: string, context: Context): Command {
  const program = createCommand(name)
    .description("Run WebAssembly guests side by side, each metered, bounded, and stopped at any point.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help for a command")
    .configureHelp({ showGlobalOptions: false })
    .showHelpAfterError(`${name} --help, or ${name} VERB --help, says more.`)
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error:/, `${paintFor(process.stderr).bad(name)}:`)),
    })
    .exitOverride();
  addRun(program, context);
  addSave(program, context);
  addRestore(program, context);
  addTranslate(program);
  addInspect(program, context);
  addGuests(program);
  addDemo(program, context);
  addCompletion(program);
  program.addHelpText(
    "after",
    `
Examples:
  $ ${name} run hello                  a bundled guest
  $ ${name} run shell 10xspin          a shell that answers beside ten endless loops
  $ ${name} run --timeout 2s some.wasm a module of your own
  $ ${name} inspect some.wasm          what it needs, and what would be refused
`,
  );
  return program;
}

/** Runs a command line; resolves with the exit code. All failures are printed. */
export async function runCommandLine(name: string, words: readonly string[]): Promise<number> {
  let code: number = ExitCode.Ok;
  // Only `run` and `save` pass words on. To the others `--` means what it does everywhere: no options behind it.
  const cut = words[0] === "run" || words[0] === "save" ? words.indexOf("--") : -1;
  const own = cut < 0 ? words : words.slice(0, cut);
  const passed = cut < 0 ? [] : words.slice(cut + 1);
  const program = createProgram(name, {
    passed,
    exit: (wanted) => {
      code = wanted;
    },
  });
  try {
    await program.parseAsync(own, { from: "user" });
    return code;
  } catch (error) {
    return explain(name, error);
  }
}

function explain(name: string, error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.Ok : ExitCode.Usage;
  const paint = paintFor(process.stderr);
  const say = (text: string) => process.stderr.write(`${paint.bad(name)}: ${text}\n`);
  if (error instanceof CommandError && error.exitCode !== ExitCode.Internal) {
    say(error.message);
    return error.exitCode;
  }
  if (error instanceof WasmvisorError && !(error instanceof MachinePanic)) {
    say(error.message);
    return ExitCode.Refused;
  }
  say(error instanceof CommandError ? error.message : `internal error: ${(error as Error)?.stack ?? error}`);
  return ExitCode.Internal;
}

function packageVersion(): string {
  const url = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(url, "utf8")) as { version: string }).version;
}
