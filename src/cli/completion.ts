import { type Command, createArgument } from "commander";
import { readCatalogue } from "./catalogue.js";
import type { ProgramModel } from "./completion/model.js";

const shells = ["bash", "zsh", "fish"] as const;

/** `wv completion SHELL`: a script that completes verbs, options and bundled guests. It runs nothing of ours. */
export function addCompletion(program: Command): void {
  const name = program.name();
  program
    .command("completion")
    .summary("print a completion script for a shell")
    .description("Print a script that lets a shell complete verbs, options, guests and files.")
    .addArgument(createArgument("<shell>", "the shell").choices(shells))
    .addHelpText(
      "after",
      `
Put one of these into the shell's start-up file:
  bash  source <(${name} completion bash)
  zsh   source <(${name} completion zsh)
  fish  ${name} completion fish | source
`,
    )
    .action(async (shell: (typeof shells)[number]) => {
      const { modelOf } = await import("./completion/model.js");
      const guests = [...(await readCatalogue()).values()];
      process.stdout.write(await scriptFor(shell, modelOf(program, guests)));
    });
}

async function scriptFor(shell: (typeof shells)[number], model: ProgramModel): Promise<string> {
  switch (shell) {
    case "bash":
      return (await import("./completion/bash.js")).bashScript(model);
    case "zsh":
      return (await import("./completion/zsh.js")).zshScript(model);
    case "fish":
      return (await import("./completion/fish.js")).fishScript(model);
  }
}
