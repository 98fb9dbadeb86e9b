// What the shells' scripts need to know of commander's tree.
import type { Command, Option } from "commander";

/** What completes a value: one of these words, a file, a module (a bundled guest or a file), or nothing. */
export type Values = { readonly words: readonly string[] } | "file" | "module" | "none";

export interface OptionModel {
  /** `-m` and `--memory`, those that there are. */
  readonly flags: readonly string[];
  readonly description: string;
  /** undefined: it takes no value. */
  readonly values: Values | undefined;
}

export interface VerbModel {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionModel[];
  /** What completes what is not an option. */
  readonly values: Values;
}

export interface ProgramModel {
  readonly name: string;
  readonly options: readonly OptionModel[];
  readonly verbs: readonly VerbModel[];
  /** Bundled guests. */
  readonly guests: readonly { readonly name: string; readonly title: string }[];
}

/** By the name that help has for a value: `<out>`. */
const valuesByName: Readonly<Record<string, Values>> = {
  guest: "module",
  module: "module",
  out: "file",
  file: "file",
};

export function modelOf(program: Command, guests: ProgramModel["guests"]): ProgramModel {
  const help = program.createHelp();
  const options = (command: Command) => help.visibleOptions(command).map(optionModel);
  const verbs = help.visibleCommands(program);
  return {
    ...{ name: program.name(), guests, options: options(program) },
    verbs: verbs.map((verb) => ({
      name: verb.name(),
      description: verb.summary() || verb.description(),
      options: options(verb),
      values: verb.name() === "help" ? { words: verbs.map((one) => one.name()) } : argumentValues(verb),
    })),
  };
}

function argumentValues(verb: Command): Values {
  const [argument] = verb.registeredArguments;
  if (argument === undefined) return "none";
  return argument.argChoices ? { words: argument.argChoices } : (valuesByName[argument.name()] ?? "none");
}

function optionModel({ short, long, description, required, argChoices, flags }: Option): OptionModel {
  const values = argChoices
    ? { words: argChoices }
    : (valuesByName[flags.match(/<(\w+)>/)?.[1] ?? ""] ?? "none");
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    description,
    values: required ? values : undefined,
  };
}
