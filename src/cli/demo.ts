import { type Command, createArgument } from "commander";
import type { Context } from "./context.js";
import { ExitCode } from "./exit-codes.js";

/** `wv demo`: what there is to see; it fails when something that it claims is not so. */
export function addDemo(program: Command, { exit }: Context): void {
  program
    .command("demo")
    .summary("see it at work")
    .description("See it at work: everything that a demonstration says was measured while it ran.")
    .addArgument(
      createArgument("[what]", "what to see").choices(["machine", "translator"]).default("machine"),
    )
    .action(async (what: "machine" | "translator") => {
      if (!(await demonstrate(what))) exit(ExitCode.Failed);
    });
}

async function demonstrate(what: "machine" | "translator"): Promise<boolean> {
  if (what === "machine") return (await import("./demo/machine.js")).demonstrateMachine();
  return (await import("./demo/translator.js")).demonstrateTranslator();
}
