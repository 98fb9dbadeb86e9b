import type { OptionModel, ProgramModel, Values } from "./model.js";

/** For fish. */
export function fishScript({ name, options, verbs, guests }: ProgramModel): string {
  const lines = [`# fish completion for ${name}: ${name} completion fish | source`, `complete -c ${name} -f`];
  const add = (...words: string[]) => lines.push(`complete -c ${name} ${words.join(" ")}`);
  const none = ["-n", "__fish_use_subcommand"];
  for (const option of options) add(...none, ...specOf(option));
  for (const { name: verb, description } of verbs) add(...none, "-a", verb, "-d", quote(description));
  for (const verb of verbs) {
    const within = ["-n", quote(`__fish_seen_subcommand_from ${verb.name}`)];
    for (const option of verb.options) add(...within, ...specOf(option));
    if (verb.values === "module") {
      for (const guest of guests) add(...within, "-a", guest.name, "-d", quote(guest.title));
    }
    if (verb.values === "module" || verb.values === "file") add(...within, "-F");
    else if (verb.values !== "none") add(...within, "-a", quote(verb.values.words.join(" ")));
  }
  return `${lines.join("\n")}\n`;
}

function specOf({ flags, description, values }: OptionModel): string[] {
  const names = flags.flatMap((flag) =>
    flag.startsWith("--") ? ["-l", flag.slice(2)] : ["-s", flag.slice(1)],
  );
  return [...names, ...valuesOf(values), "-d", quote(description)];
}

function valuesOf(values: Values | undefined): string[] {
  if (values === undefined) return [];
  if (values === "none") return ["-x"];
  if (values === "file" || values === "module") return ["-r", "-F"];
  return ["-x", "-a", quote(values.words.join(" "))];
}

const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
