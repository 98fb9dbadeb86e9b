import type { GuestLocation } from "../../base/errors.js";
import type { CrashRecord } from "../../machine/outcome.js";
import { printable } from "../printable.js";
import { count, type Paint, some } from "../text.js";

/** Places of a stack that are printed: the innermost ones, then the outermost. */
const INNER_FRAMES = 10;
const OUTER_FRAMES = 3;

/** A crash record, for people: several lines. Names come from the guest, so they are made printable. */
export function formatCrash(name: string, record: CrashRecord, paint: Paint): string {
  const { cause, message, code } = record;
  const asked = code === undefined ? "" : `, code ${code}`;
  const why = printable(cause === message ? cause : `${cause}: ${message}`);
  return [
    `${paint.bad("✗")} ${paint.strong(name)} crashed: ${paint.bad(why)}${asked}`,
    ...formatStack(record.stack, paint),
    ...registers(record).map((line) => `    ${paint.dim(line)}`),
  ].join("\n");
}

function formatStack(stack: readonly GuestLocation[], paint: Paint): string[] {
  const hidden = stack.length - INNER_FRAMES - OUTER_FRAMES;
  const shown = hidden > 1 ? [...stack.slice(0, INNER_FRAMES), ...stack.slice(-OUTER_FRAMES)] : stack;
  const titles = shown.map(titleOf);
  const width = Math.min(Math.max(0, ...titles.map((title) => title.length)), 40);
  const lines = shown.map(({ byteOffset, functionName, functionIndex }, at) => {
    const place = byteOffset === undefined ? "" : `at byte 0x${byteOffset.toString(16)}`;
    const index = functionName === undefined ? "" : `function ${functionIndex}`;
    const where = [place, index].filter((text) => text !== "").join(", ");
    return `    ${paint.dim(at === 0 ? "in" : "by")} ${titles[at]!.padEnd(width)}  ${paint.dim(where)}`.trimEnd();
  });
  if (hidden > 1) lines.splice(INNER_FRAMES, 0, paint.dim(`       .. ${count(hidden)} more ..`));
  return lines;
}

function titleOf({ functionName, functionIndex }: GuestLocation): string {
  return functionName === undefined ? `function ${functionIndex}` : printable(functionName);
}

function registers(record: CrashRecord): string[] {
  const { context, stackPointer, pages, lastHypercall, upcallsMasked, spentUnits } = record;
  const sp = stackPointer === undefined ? "" : `, stack pointer 0x${(stackPointer >>> 0).toString(16)}`;
  return [
    `context ${context}${sp}, upcalls ${upcallsMasked ? "masked" : "unmasked"}`,
    `${lastHypercall === undefined ? "no hypercall yet" : `last hypercall ${lastHypercall}`}, ${some(pages, "page")}, ` +
      `${count(spentUnits)} units spent`,
  ];
}
