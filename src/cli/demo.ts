import { type Command, createArgument } from "commander";
import type { Context } from "./context.js";
import { ExitCode } from "./exit-codes.js";

/** `wv demo`: what there is to see; it fails when something that it claims is not so. */
export function addDemo(program: Command, { exit }: Context): void {
  program
    .command("demo")
    .summary("see it at work")
    .description("See it at work: everything that a demonstration says was measured while it ran.")
    .addArgument(createArgument("[what]", "what to see").choices(["translator"]).default("translator"))
    .action(async () => {
      const { demonstrateTranslator } = await import("./demo/translator.js");
      if (!(await demonstrateTranslator())) exit(ExitCode.Failed);
    });
}
