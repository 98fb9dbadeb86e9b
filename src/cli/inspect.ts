import type { Command } from "commander";
import type { Context } from "./context.js";
import { ExitCode } from "./exit-codes.js";

/** `wv inspect`: what a module is, and what of it would be refused. */
export function addInspect(program: Command, { exit }: Context): void {
  program
    .command("inspect")
    .summary("tell what a module needs, and what would be refused")
    .description(
      "Tell what a module is made of, which hypercalls it uses, and what of it would be refused. Nothing of it is run. " +
        "The exit code is 3 when it would be refused.",
    )
    .argument("<module>", "a .wasm or .wat file, a bundled guest, or - for the standard input")
    .option("--json", "print a JSON document")
    .action(async (module: string, { json }: { json?: boolean }) => {
      const { inspectModule } = await import("./inspect/command.js");
      if (!(await inspectModule(module, json ?? false))) exit(ExitCode.Refused);
    });
}
