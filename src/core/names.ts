import { ByteReader, customSection } from "./byte-reader.js";

/** Subsections of the name section. */
export enum NameKind {
  Functions = 1,
  Globals = 7,
}

/** Names by index from a module's name section; empty when there is none that can be read. */
export function namesOf(module: Uint8Array, kind: NameKind): Map<number, string> {
  const names = new Map<number, string>();
  try {
    const section = customSection(module, "name");
    if (section === undefined) return names;
    const reader = new ByteReader(section);
    while (!reader.atEnd) {
      const id = reader.byte();
      const body = new ByteReader(reader.vector());
      if (id !== kind) continue;
      for (let left = body.unsigned(); left > 0; left--) {
        const index = body.unsigned();
        names.set(index, body.name());
      }
    }
  } catch {
    // A name section is not validated: what could be read before it breaks is good enough.
  }
  return names;
}

/** Name of an original function: from the name section, else from an export. */
export function functionName(
  index: number,
  names: ReadonlyMap<number, string>,
  exports: ReadonlyMap<string, number>,
): string | undefined {
  const name = names.get(index);
  if (name !== undefined) return name;
  for (const [exported, exportedIndex] of exports) {
    if (exportedIndex === index) return exported;
  }
  return undefined;
}
