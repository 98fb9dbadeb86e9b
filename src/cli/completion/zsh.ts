import type { OptionModel, ProgramModel, Values } from "./model.js";

/** For zsh, sourced or as a file _NAME in a folder of $fpath. */
export function zshScript({ name, options, verbs, guests }: ProgramModel): string {
  const described = (items: readonly { name: string; description: string }[]) =>
    items.map((item) => `    ${quote(`${item.name}:${item.description}`)}`).join("\n");
  const cases = verbs.map((verb) => {
    const specs = [...verb.options.flatMap((option) => specOf(option, name))];
    if (verb.values !== "none") specs.push(quote(`*:${verb.name}:${action(verb.values, name)}`));
    return `    ${verb.name})\n      _arguments -s -S \\\n        ${specs.join(" \\\n        ")} ;;`;
  });
  return `#compdef ${name}
# zsh completion for ${name}: source <(${name} completion zsh)
_${name}_modules() {
  local -a guests=(
${described(guests.map((guest) => ({ name: guest.name, description: guest.title })))}
  )
  _describe -t guests 'bundled guest' guests
  _files -g '*.(wasm|wat)(-.)'
}
_${name}() {
  local curcontext=$curcontext state line
  local -a verbs=(
${described(verbs)}
  )
  _arguments -C -S \\
    ${options.flatMap((option) => specOf(option, name)).join(" \\\n    ")} \\
    '1: :->verb' '*:: :->rest'
  case $state in
    verb) _describe -t commands command verbs; return ;;
    rest) ;;
    *) return ;;
  esac
  case $words[1] in
${cases.join("\n")}
  esac
}
if [[ $funcstack[1] == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

/** One specification for each flag; either excludes the other. */
function specOf({ flags, description, values }: OptionModel, name: string): string[] {
  const text = description.replace(/[[\]:]/g, "\\$&");
  const value = values === undefined ? "" : `: :${action(values, name)}`;
  return flags.map((flag) => quote(`(${flags.join(" ")})${flag}[${text}]${value}`));
}

function action(values: Values, name: string): string {
  if (values === "none") return " ";
  if (values === "file") return "_files";
  if (values === "module") return `_${name}_modules`;
  return `(${values.words.join(" ")})`;
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
