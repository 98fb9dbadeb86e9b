import { CommandError, ExitCode } from "../exit-codes.js";
import { conduct, machineOptions, planDomains, planInput } from "../run/command.js";
import { saveToFile } from "./file.js";
import type { SaveOptions } from "./options.js";

/** Runs a guest for a while and saves it; resolves with the exit code. */
export async function saveGuest(
  guest: string,
  passed: readonly string[],
  options: SaveOptions,
): Promise<number> {
  const plans = await planDomains([guest], passed, options);
  if (plans.length !== 1) throw new CommandError(ExitCode.Usage, `${guest}: one guest is saved at a time`);
  const { output: path, withModules: withAll = false } = options;
  const input = await planInput(plans, options);
  let saved = false;
  const code = await conduct(plans, input, machineOptions(options), options, {
    afterMs: options.after,
    save: async (domain) => {
      const { size } = await saveToFile(domain, { path, withAll, destroy: true });
      saved = true;
      return `Saved ${domain.name} as ${path} (${size}).`;
    },
  });
  if (saved || code === ExitCode.Crashed || code > 128) return code;
  throw new CommandError(
    ExitCode.Failed,
    `${plans[0]!.name} ended before it was to be saved: no file was written`,
  );
}
