import type { ContextId } from "../base/ids.js";
import type { AnyFunction } from "./functions.js";
import type { Runtime } from "./runtime.js";

/** A suspended stack as data. */
export interface StackImage {
  /** The cells of all frames, the innermost first; the last cell is the header of the outermost frame. */
  readonly cells: BigUint64Array;
  /** The function references that frames hold, the topmost first: the first is the wrapper that was called. */
  readonly functions: readonly AnyFunction[];
  /** The host references that frames hold, the topmost first. */
  readonly externals: readonly unknown[];
  /** The debt of the safepoint where it stopped, in units (not positive). */
  readonly left: number;
  /** Arguments of the right types to call the wrapper with. */
  readonly dummies: readonly unknown[];
}

/** Copies the stack of a context that is not running. */
export function readStack(
  runtime: Runtime,
  context: ContextId,
  left: number,
  dummies: readonly unknown[],
): StackImage {
  return within(runtime, context, () => {
    const { exports, glue } = runtime;
    const base = exports.base.value as number;
    const cells = new BigUint64Array(exports.memory.buffer.slice(base, base + exports.usedBytes()));
    const walk = (table: WebAssembly.Table, top: number): unknown[] => {
      const references: unknown[] = [];
      for (let slot = top; slot !== 0; slot = exports.slotBelow(slot)) references.push(table.get(slot));
      return references;
    };
    return {
      cells,
      functions: walk(glue.functions, exports.funcs.value as number) as AnyFunction[],
      externals: walk(glue.externals, exports.externs.value as number),
      left,
      dummies,
    };
  });
}

/** Puts an image into an empty context. */
export function writeStack(runtime: Runtime, context: ContextId, image: StackImage): void {
  within(runtime, context, () => {
    const { exports, glue } = runtime;
    exports.reserve(image.cells.byteLength);
    const sp = exports.sp.value as number;
    new BigUint64Array(exports.memory.buffer, sp, image.cells.length).set(image.cells);
    exports.sp.value = sp + image.cells.byteLength;
    for (const reference of image.functions.toReversed()) glue.push_func(reference);
    for (const reference of image.externals.toReversed()) glue.push_extern(reference);
  });
}

function within<T>(runtime: Runtime, context: ContextId, act: () => T): T {
  const { exports } = runtime;
  const outer = exports.context.value as ContextId;
  exports.switchContext(context);
  try {
    return act();
  } finally {
    exports.switchContext(outer);
  }
}
