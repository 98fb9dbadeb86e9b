import { plainLength } from "./text.js";

/** Breaks text between words; the first line begins with `head`, the others with `indent`. */
export function wrap(text: string, width: number, head: string, indent: string): string[] {
  const lines: string[] = [];
  let line = head;
  let empty = true;
  for (const word of text.split(" ")) {
    if (!empty && plainLength(line) + 1 + plainLength(word) > width) {
      lines.push(line);
      line = indent;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line.trimEnd()];
}
