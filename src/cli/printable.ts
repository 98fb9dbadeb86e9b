// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const controls = /\x1b\[[0-9;]*m|[\x00-\x08\x0a-\x1f\x7f-\x9f]/g;

/** Colours stay, up to the end of the line; what else could move the cursor or change the terminal becomes visible. */
export function printable(text: string): string {
  let colored = false;
  const shown = text.replace(controls, (found) => {
    if (found.length > 1) {
      colored = true;
      return found;
    }
    const code = found.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "\u2421" : `\\x${code.toString(16)}`;
  });
  return colored ? `${shown}\x1b[0m` : shown;
}
