import type { OptionModel, ProgramModel, Values } from "./model.js";

/** For bash 4 and later; it needs no other package. */
export function bashScript({ name, options, verbs, guests }: ProgramModel): string {
  const guestNames = guests.map((guest) => guest.name).join(" ");
  const candidates = (values: Values): string => {
    if (values === "none") return "";
    if (values === "file") return "files=1";
    if (values === "module") return `words="${guestNames}" files=1`;
    return `words="${values.words.join(" ")}"`;
  };
  const cases = verbs.map((verb) => {
    const valued = verb.options.filter(({ values }) => values !== undefined);
    return [
      `    ${verb.name})`,
      `      flags="${flagsOf(verb.options)}"`,
      `      case $prev in`,
      ...valued.map(({ flags, values }) => `        ${flags.join("|")}) flags= ; ${candidates(values!)} ;;`),
      `        *) ${candidates(verb.values)} ;;`,
      `      esac ;;`,
    ].join("\n");
  });
  return `# bash completion for ${name}: source <(${name} completion bash)
_${name}_complete() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} verb=\${COMP_WORDS[1]}
  local words= flags= files=
  COMPREPLY=()
  [[ $COMP_CWORD -eq 1 ]] && verb=
  case $verb in
    "") flags="${flagsOf(options)}" words="${verbs.map((verb) => verb.name).join(" ")}" ;;
${cases.join("\n")}
  esac
  [[ $cur == -* ]] && words=$flags files=
  [[ -n $words ]] && mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
  if [[ -n $files ]]; then
    local found
    mapfile -t found < <(compgen -f -- "$cur")
    compopt -o filenames 2>/dev/null
    COMPREPLY+=("\${found[@]}")
  fi
}
complete -F _${name}_complete ${name}
`;
}

function flagsOf(options: readonly OptionModel[]): string {
  return options.flatMap(({ flags }) => flags).join(" ");
}
