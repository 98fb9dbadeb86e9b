import type { Binaryen } from "../modules/binaryen.js";
import { type Case, run, type Transcript } from "./differential.js";
import { NativeEngine } from "./native.js";
import { atEvery, atRandom, TranslatedEngine, type TranslatedOptions, WHOLE } from "./translated.js";

export interface Difference {
  /** Which run differs from which. */
  readonly between: string;
  readonly line: number;
  readonly expected: string;
  readonly found: string;
}

const tableKey = (line: string) => /^\S+ table \d+/.exec(line)?.[0];

/** Closed tables cannot be seen in a translated module: their lines count only where both sides have them. */
function comparable(mine: readonly string[], other: readonly string[]): string[] {
  const seen = new Set(other.map(tableKey));
  return mine.filter((line) => {
    const key = tableKey(line);
    return key === undefined || seen.has(key);
  });
}

function firstDifference(between: string, expected: Transcript, found: Transcript): Difference | undefined {
  const a = comparable(expected.lines, found.lines);
  const b = comparable(found.lines, expected.lines);
  for (let line = 0; line < Math.max(a.length, b.length); line++)
    if (a[line] !== b[line])
      return { between, line, expected: a[line] ?? "(nothing)", found: b[line] ?? "(nothing)" };
  return undefined;
}

export interface CompareOptions {
  /** Stop at every safepoint and at random ones, too. */
  readonly sliced?: boolean;
  readonly verify?: boolean;
  /** Tells apart NaN bits, which engines may choose, from errors. */
  readonly binaryen?: Binaryen;
}

export interface Comparison {
  readonly difference?: Difference;
  /** Nothing was compared, since the guest did not end. */
  readonly endless: boolean;
  readonly calls: number;
}

/**
 * Runs a case natively, translated, translated with canonical NaNs, stopped at every safepoint and at random ones.
 * All must do the same; and the sliced ones spend as much budget as the unsliced one.
 */
export async function compare(of: Case, options: CompareOptions = {}): Promise<Comparison> {
  // What weak references name is kept until the event loop has had its turn: without one, memory runs out.
  await new Promise((resolve) => setImmediate(resolve));
  const translated = (name: string, slices: () => number, more: Partial<TranslatedOptions> = {}) =>
    run(new TranslatedEngine({ name, slices, ...more }), of);
  const whole = await translated("translated", WHOLE, options.verify ? { verify: true } : {});
  // What never ends would hang the native side, which cannot be stopped.
  if (whole.endless) return { endless: true, calls: 0 };
  const native = await run(new NativeEngine(), of);
  const calls = native.lines.length;
  const result = (difference: Difference | undefined): Comparison => ({
    ...(difference ? { difference } : {}),
    endless: false,
    calls,
  });
  const first = firstDifference("native and translated", native, whole);
  if (first) return result((await onlyNans(of, options)) ? undefined : first);
  if (options.sliced === false) return result(undefined);

  const modes: TranslatedOptions[] = [
    { name: "stopped at every safepoint", slices: atEvery() },
    { name: "stopped at random, and moved", slices: atRandom(of.seed), imageEvery: 3 },
  ];
  for (const { name, slices, ...more } of modes) {
    const sliced = await translated(name, slices, more);
    const difference = firstDifference(`translated and ${name}`, whole, sliced);
    if (difference) return result(difference);
    if (sliced.spent !== whole.spent) {
      const between = `budgets of translated and ${name}`;
      return result({ between, line: -1, expected: `${whole.spent}`, found: `${sliced.spent}` });
    }
  }
  const deterministic = await translated("deterministic", WHOLE, { deterministic: true });
  const last = firstDifference("native and deterministic", native, deterministic);
  return result(last && (await onlyNans(of, options)) ? undefined : last);
}

/** Whether the difference is gone once every NaN is replaced by a number. */
async function onlyNans(of: Case, options: CompareOptions): Promise<boolean> {
  const { binaryen } = options;
  if (!binaryen) return false;
  const modules: Case["modules"] = [];
  for (const { name, bytes } of of.modules) {
    const without = await binaryen.withoutNans(bytes);
    if (!without) return false;
    modules.push({ name, bytes: without });
  }
  const same = await compare({ ...of, modules }, { sliced: options.sliced ?? true });
  return !same.difference;
}
