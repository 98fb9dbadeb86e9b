import { shapeOf } from "../modules/decode.js";
import { V128 } from "../modules/encode.js";
import { exposeState, OBSERVED } from "../modules/extend.js";
import { type Engine, type Outcome, ownOnly, type Subject } from "./subject.js";

const asList = (value: unknown) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** The module as it is, on the engine itself; only more of it is exported, to be looked at. */
export class NativeEngine implements Engine {
  readonly name = "native";

  spent(): undefined {
    return undefined;
  }

  async instantiate(bytes: Uint8Array, imports: Record<string, Record<string, unknown>>): Promise<Subject> {
    const shape = shapeOf(bytes);
    const module = new WebAssembly.Module(exposeState(bytes) as BufferSource);
    const { exports } = new WebAssembly.Instance(module, imports as WebAssembly.Imports);
    const seen = (kind: string, index: number) => exports[`${OBSERVED}${kind}:${index}`];
    const fn = (name: string) => exports[name] as (...args: unknown[]) => unknown;
    return {
      shape,
      linkage: exports,
      async call(name, args): Promise<Outcome> {
        try {
          return { kind: "returned", values: asList(fn(name)(...args)) };
        } catch (error) {
          return { kind: "threw", error };
        }
      },
      callNested: (name, args) => fn(name)(...args),
      memories: () =>
        ownOnly(shape, "memory", shape.memories, (_, i) => seen("memory", i) as WebAssembly.Memory),
      tables: () => ownOnly(shape, "table", shape.tables, (_, i) => seen("table", i) as WebAssembly.Table),
      globals: () =>
        ownOnly(shape, "global", shape.globals, (g, i) => {
          if (!g.mutable) return undefined;
          const export_ = seen("global", i);
          return g.type === V128 ? (export_ as () => unknown)() : (export_ as WebAssembly.Global).value;
        }),
      tag: (name) => exports[name] as unknown as WebAssembly.Tag | undefined,
      isFunction: (index, f) => seen("func", index) === f,
    };
  }
}
