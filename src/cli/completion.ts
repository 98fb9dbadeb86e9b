import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";

/** `wv completion SHELL`; the scripts it prints ask `wv complete -- WORDS...`, which is not listed. */
export function addCompletion(program: Command): void {
  tab(program, { completionCommandName: "completion" });
}
