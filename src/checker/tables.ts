// What tables hold: either threaded functions alone (closed tables), or references of the original type alone.
import type { Overview } from "./effects.js";
import { type Module, ValueType } from "./module.js";
import { Refusal } from "./verdict.js";

type Kind = "threaded" | "plain";

export class Tables {
  private readonly kinds: (Kind | undefined)[] = [];
  private readonly segmentsOf = new Map<number, number[]>();
  private readonly neighbours = new Map<number, number[]>();

  constructor(
    private readonly module: Module,
    overview: Overview,
    private readonly demand: (functionIndex: number, kind: Kind, offset: number) => void,
  ) {
    const add = (map: Map<number, number[]>, key: number, value: number): void => {
      const list = map.get(key);
      if (list) list.push(value);
      else map.set(key, [value]);
    };
    const known = (table: number, offset: number): number => {
      if (!module.tables[table]) throw new Refusal("malformed", offset, `there is no table ${table}`);
      return table;
    };
    const seen = new Set<string>();
    for (const { table, segment, offset } of overview.initialised) {
      if (!module.elements[segment])
        throw new Refusal("malformed", offset, `there is no element segment ${segment}`);
      if (seen.has(`${table} ${segment}`)) continue;
      seen.add(`${table} ${segment}`);
      add(this.segmentsOf, known(table, offset), segment);
    }
    for (const { from, to, offset } of overview.copies) {
      if (seen.has(`${from}=${to}`)) continue;
      seen.add(`${from}=${to}`);
      add(this.neighbours, known(from, offset), to);
      add(this.neighbours, known(to, offset), from);
    }
  }

  /** Every table that outsiders see, or whose entries leave it, holds references of the original type. */
  start(overview: Overview): void {
    for (const { mode, offset } of this.module.elements) {
      if (mode === 0)
        throw new Refusal("sections", offset, "an active element segment is written at every instantiation");
    }
    for (const table of overview.plainTables)
      this.settle(table, "plain", this.module.tables[table]?.offset ?? 0);
  }

  /** A table is used as one of this kind; the tables that it is copied to and from are of the same kind. */
  settle(table: number, kind: Kind, offset: number): void {
    const waiting = [table];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const has = this.kinds[next];
      if (has === kind) continue;
      if (has !== undefined) {
        throw new Refusal("table-kind", offset, `table ${next} is used as ${kind}, and elsewhere as ${has}`);
      }
      this.kinds[next] = kind;
      this.settleEntries(next, kind);
      waiting.push(...(this.neighbours.get(next) ?? []));
    }
  }

  private settleEntries(table: number, kind: Kind): void {
    if (this.module.tables[table]?.elementType !== ValueType.FuncRef) return;
    for (const index of this.segmentsOf.get(table) ?? []) {
      const segment = this.module.elements[index]!;
      if (segment.holdsGlobals && kind === "threaded") {
        throw new Refusal(
          "table-kind",
          segment.offset,
          "a table of threaded functions is filled from a global",
        );
      }
      for (const functionIndex of segment.functions) this.demand(functionIndex, kind, segment.offset);
    }
  }
}
