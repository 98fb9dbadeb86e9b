// Metering as one would do it with Binaryen: a global counter, charged and tested at every function entry and every
// loop header. Alone it is the yardstick 'metering'; with Asyncify over it, the yardstick 'Asyncify'.
//
// Works on Binaryen's text form, where each line that begins with '(' is one expression and indentation is nesting:
//
//   (loop $l            (loop $l
//    BODY          ->    (global.set $fuel (i32.sub (global.get $fuel) (i32.const LINES OF BODY OUTSIDE INNER LOOPS)))
//   )                    (if (i32.lt_s (global.get $fuel) (i32.const 0)) (then (call $exhausted)))
//                        BODY )

const declarations = [
  ' (import "env" "exhausted" (func $metering_exhausted))',
  " (global $metering_fuel (mut i32) (i32.const 2147483647))",
  ' (export "metering_fuel" (global $metering_fuel))',
];

const charge = (weight, indent) => [
  `${indent}(global.set $metering_fuel (i32.sub (global.get $metering_fuel) (i32.const ${weight})))`,
  `${indent}(if (i32.lt_s (global.get $metering_fuel) (i32.const 0)) (then (call $metering_exhausted)))`,
];

/** The text of a module in, the metered text out. The import `env.exhausted` is what a suspension would be. */
export function meterText(text) {
  const lines = text.split("\n");
  const owners = [];
  const charges = new Map(); // line after which to charge -> { weight, indent }
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at];
    const indent = line.length - line.trimStart().length;
    while (owners.length > 0 && owners.at(-1).indent >= indent && line.trim() !== "") owners.pop();
    if (owners.length > 0 && line[indent] === "(" && !isLocal(line, indent)) owners.at(-1).charge.weight++;
    const isFunction = indent === 1 && line.startsWith(" (func ");
    if (!isFunction && !line.startsWith("(loop", indent)) continue;
    let position = at;
    if (isFunction) while (isLocal(lines[position + 1], 2)) position++;
    const entry = { weight: 1, indent: " ".repeat(indent + 1) };
    charges.set(position, entry);
    owners.push({ indent, charge: entry });
  }
  const out = [];
  let declared = false;
  for (let at = 0; at < lines.length; at++) {
    out.push(lines[at]);
    if (!declared && lines[at].startsWith("(module")) {
      out.push(declarations[0]);
      declared = true;
    }
    const entry = charges.get(at);
    if (entry) out.push(...charge(entry.weight, entry.indent));
  }
  const end = out.lastIndexOf(")");
  out.splice(end, 0, ...declarations.slice(1));
  return out.join("\n");
}

const isLocal = (line, indent) => line.startsWith("(local ", indent);
