// The global in which a compiled program keeps the top of the stack that it has in its memory.
import { ByteReader, customSection } from "../core/byte-reader.js";
import type { Manifest } from "../core/manifest.js";

const NAME = "__stack_pointer";
const I32 = 0x7f;
/** Subsection of the name section. */
const GLOBAL_NAMES = 7;

/** Whether a module may have such a stack: it has a global that can be its top. */
export function mayHaveStack({ globals }: Manifest): boolean {
  return globals.some(({ type, mutable }) => type === I32 && mutable);
}

/**
 * What the global is found by: the module exports it as `__stack_pointer`, or calls it so in its name section. Undefined
 * when it says neither (programs that were stripped), or when it is not its own.
 */
export function stackPointerOf(
  native: WebAssembly.Exports,
  manifest: Manifest,
  original: Uint8Array | undefined,
): WebAssembly.Global | undefined {
  const exported = native[NAME];
  if (exported instanceof WebAssembly.Global && typeof exported.value === "number") return exported;
  const index = original === undefined ? undefined : indexByName(original);
  if (index === undefined || manifest.globals[index]?.type !== I32) return undefined;
  const global = native[`wv:g:${index}`];
  return global instanceof WebAssembly.Global ? global : undefined;
}

function indexByName(module: Uint8Array): number | undefined {
  try {
    const section = customSection(module, "name");
    if (section === undefined) return undefined;
    const reader = new ByteReader(section);
    while (!reader.atEnd) {
      const id = reader.byte();
      const body = new ByteReader(reader.vector());
      if (id !== GLOBAL_NAMES) continue;
      for (let left = body.unsigned(); left > 0; left--) {
        const index = body.unsigned();
        if (body.name() === NAME) return index;
      }
    }
  } catch {
    // A name section is not validated: one that cannot be read says nothing.
  }
  return undefined;
}
