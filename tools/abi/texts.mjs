/** What `wv inspect` says about each hypercall: how its description begins. @param {import("./model.mjs").Abi} abi */
export function textsOf({ hypercalls }) {
  const rows = hypercalls.map(({ name, description }) => {
    const [text] = description.replace(/ \(see [^)]*\)|`/g, "").match(/^.*?(?=\.( |$)|; )/);
    return `  ${name}: ${JSON.stringify(text)},`;
  });
  return [
    "// Generated from assembly/abi by `npm run abi`.",
    "",
    "/** What each hypercall does, in a few words, by the name that guests import. */",
    "// biome-ignore format: a line for each.",
    "export const HYPERCALL_TEXTS: Readonly<Record<string, string>> = {",
    ...rows,
    "};",
    "",
  ].join("\n");
}
