import type { TableDeclaration } from "./manifest.js";

/** What engines allow for one table. */
const MAX_ELEMENTS = 10_000_000;

/** How long the tables of one instance are, as its code grows them: JS cannot see those that are not exported. */
export class TableLengths {
  readonly #tables: readonly TableDeclaration[];
  readonly #lengths: number[];

  constructor(tables: readonly TableDeclaration[]) {
    this.#tables = tables;
    this.#lengths = tables.map(({ min }) => min);
  }

  /**
   * `wv.table_grow`: whether table `index` may be grown by `delta` elements, which `grant` is asked for when the engine would
   * not refuse them. `length`: of a table that others can grow too.
   */
  mayGrow(index: number, delta: number, grant: (delta: number) => boolean, length?: number): boolean {
    const declared = this.#tables[index];
    if (declared === undefined) return false;
    const before = length ?? this.#lengths[index]!;
    if (before + delta > Math.min(declared.max ?? MAX_ELEMENTS, MAX_ELEMENTS)) return false;
    if (!grant(delta)) return false;
    this.#lengths[index] = before + delta;
    return true;
  }
}
