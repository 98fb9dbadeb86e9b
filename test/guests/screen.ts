/** Cursor movement and erasing as far as the shell uses them; what else there is shows up as it is. */
const ESCAPE = String.fromCharCode(27);
const SEQUENCE = new RegExp(`${ESCAPE}\\[(\\d*)([A-Z])`, "y");

/** What a terminal shows after such output: its lines, without blanks at their ends. */
export function screenOf(output: string): string[] {
  let lines = [""];
  let row = 0;
  let column = 0;
  for (let at = 0; at < output.length; at++) {
    const line = lines[row]!;
    SEQUENCE.lastIndex = at;
    const [sequence, count, command] = SEQUENCE.exec(output) ?? [];
    if (sequence !== undefined) {
      at += sequence.length - 1;
      if (command === "K") lines[row] = line.slice(0, column);
      else if (command === "C") column += Number(count || 1);
      else if (command === "H") row = column = 0;
      else if (command === "J" && count === "2") lines = lines.slice(0, 1).map(() => "");
      else throw new Error(`the screen does not know ${JSON.stringify(sequence)}`);
    } else if (output[at] === "\r") {
      column = 0;
    } else if (output[at] === "\n") {
      row++;
      column = 0;
      lines[row] ??= "";
    } else {
      lines[row] = line.slice(0, column).padEnd(column) + output[at] + line.slice(column + 1);
      column++;
    }
  }
  return lines.map((line) => line.trimEnd());
}
