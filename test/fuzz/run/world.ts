import { type Shape, shapeOf } from "../modules/decode.js";
import type { Import } from "../modules/encode.js";
import { EXTERNREF, F32, F64, FUNCREF, I32, I64, V128, type ValType } from "../modules/encode.js";
import { REFUEL } from "../modules/generator.js";
import type { Subject } from "./subject.js";

const VALUE_NAMES: Record<ValType, string> = {
  [I32]: "i32",
  [I64]: "i64",
  [F32]: "f32",
  [F64]: "f64",
  [V128]: "v128",
  [FUNCREF]: "anyfunc",
  [EXTERNREF]: "externref",
};

/** What the host throws into a guest. */
export class HostError extends Error {}

/** Nested calls that host functions may make into the guest during one run. */
const NESTED_CALLS = 12;

/**
 * The host of one run: serves any import by its type, always the same way, and writes down what the guest asks.
 * Functions named `again` and `call-export*` call back into the guest, `throws` and `throw` throw.
 */
export class World {
  readonly log: string[] = [];
  readonly subjects: { name: string; subject: Subject }[] = [];
  readonly memories: WebAssembly.Memory[] = [];
  readonly tables: WebAssembly.Table[] = [];
  readonly globals: WebAssembly.Global[] = [];
  readonly tags: { name: string; tag: WebAssembly.Tag }[] = [];
  private readonly made = new Map<string, unknown>();
  private readonly objects: { id: number }[] = [{ id: 0 }, { id: 1 }, { id: 2 }];
  private calls = 0;
  private nested = 0;
  private depth = 0;

  object(n: number): unknown {
    return this.objects[n % this.objects.length];
  }

  /** A value in words that are the same for equal values of two runs. NaNs are all alike. */
  show(value: unknown): string {
    if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
    if (typeof value === "bigint") return `${value}n`;
    if (Array.isArray(value)) return `[${value.map((v) => this.show(v)).join(" ")}]`;
    if (typeof value === "function") return this.functionName(value);
    if (value !== null && typeof value === "object" && "id" in value)
      return `object${(value as { id: number }).id}`;
    return String(value);
  }

  functionName(fn: unknown): string {
    for (const { name, subject } of this.subjects) {
      const imported = subject.shape.imports.filter((i) => i.kind === "func");
      for (let i = 0; i < subject.shape.funcs.length; i++) {
        if (!subject.isFunction(i, fn)) continue;
        // A host function may be one Wasm function for each instance that imports it, or one for all.
        const from = imported[i];
        return from ? `${from.module}.${from.name}` : `${name}.${i}`;
      }
    }
    return "function";
  }

  error(error: unknown): string {
    if (error instanceof HostError) return error.message;
    const Exception = (
      WebAssembly as unknown as { Exception?: new () => { is(tag: WebAssembly.Tag): boolean } }
    ).Exception;
    if (Exception && error instanceof Exception) {
      const mine = [
        ...this.tags,
        ...this.subjects.flatMap(({ name, subject }) =>
          subject.shape.exports
            .filter((e) => e.kind === "tag")
            .map((e) => ({ name: `${name}.${e.name}`, tag: subject.tag(e.name)! })),
        ),
      ].find((t) => error.is(t.tag));
      return `exception ${mine?.name ?? "of an unknown tag"}`;
    }
    return error instanceof Error ? trapKind(error) : `threw ${this.show(error)}`;
  }

  value(type: ValType, n: number): unknown {
    switch (type) {
      case I32:
        return [0, 1, -1, 7, 1000, 0x7fffffff, 64, -0x80000000][n % 8];
      case I64:
        return [0n, 1n, -1n, 12345678901n, -(1n << 63n), 255n][n % 6];
      case F32:
      case F64:
        return [0, 1.5, -1, -0, 1e10, 0.1][n % 6];
      case EXTERNREF:
        return n % 3 === 2 ? null : this.object(n);
      default:
        return null;
    }
  }

  private hostFunction(
    module: string,
    name: string,
    results: readonly ValType[],
  ): (...args: unknown[]) => unknown {
    return (...args) => {
      const n = this.calls++;
      if (this.log.length < 5000)
        this.log.push(`${module}.${name}(${args.map((a) => this.show(a)).join(" ")})`);
      if (/^(again|call-export|call-ref)/.test(name)) this.reenter(n);
      if (/^throws?$/.test(name) && n % 3 !== 2) {
        const tag = this.tags[0];
        if (n % 3 === 0 && tag) throw this.exception(tag.tag, n);
        throw new HostError(`host error ${n % 5}`);
      }
      const values = results.map((t, i) => this.value(t, n * 7 + i * 3));
      return values.length < 2 ? values[0] : values;
    };
  }

  private exception(tag: WebAssembly.Tag, n: number): unknown {
    const { Exception } = WebAssembly as unknown as {
      Exception: new (tag: WebAssembly.Tag, payload: unknown[]) => unknown;
    };
    return new Exception(tag, [n]);
  }

  private reenter(n: number): void {
    if (this.depth > 0 || this.nested >= NESTED_CALLS) return;
    const callable = this.subjects.flatMap(({ name, subject }) =>
      callableExports(subject.shape)
        .filter((e) => e.name !== REFUEL) // more fuel could let the guest run for ever
        .map((e) => ({ name, subject, e })),
    );
    if (!callable.length) return;
    const { name, subject, e } = callable[n % callable.length]!;
    this.nested++;
    this.depth++;
    try {
      const result = subject.callNested(
        e.name,
        e.params.map((t, i) => this.value(t, n + i)),
      );
      this.log.push(`nested ${name}.${e.name}: ${this.show(result)}`);
    } catch (error) {
      this.log.push(`nested ${name}.${e.name} threw ${this.error(error)}`);
      // Traps pass through the host; a guest's exception stops here every other time.
      if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError || n % 2) throw error;
    } finally {
      this.depth--;
    }
  }

  private make(i: Import): unknown {
    switch (i.kind) {
      case "func":
        return this.hostFunction(i.module, i.name, i.type.results);
      case "memory": {
        const { min, max, shared } = i.limits;
        const memory = new WebAssembly.Memory({
          initial: min,
          ...(max === undefined ? {} : { maximum: max }),
          ...(shared ? { shared } : {}),
        });
        this.memories.push(memory);
        return memory;
      }
      case "table": {
        const table = new WebAssembly.Table({
          initial: i.limits.min,
          ...(i.limits.max === undefined ? {} : { maximum: i.limits.max }),
          element: VALUE_NAMES[i.element] as WebAssembly.TableKind,
        });
        this.tables.push(table);
        return table;
      }
      case "global": {
        const descriptor = { value: VALUE_NAMES[i.type] as WebAssembly.ValueType, mutable: i.mutable };
        const global =
          i.type === V128 ? undefined : new WebAssembly.Global(descriptor, this.value(i.type, 1) as never);
        if (global) this.globals.push(global);
        return global;
      }
      case "tag": {
        const { Tag } = WebAssembly as unknown as {
          Tag: new (d: { parameters: string[] }) => WebAssembly.Tag;
        };
        const tag = new Tag({ parameters: i.params.map((t) => VALUE_NAMES[t]!) });
        this.tags.push({ name: `${i.module}.${i.name}`, tag });
        return tag;
      }
    }
  }

  /** An import object for the module: from earlier subjects by their name, else of the host's making. */
  imports(bytes: Uint8Array): Record<string, Record<string, unknown>> {
    const imports: Record<string, Record<string, unknown>> = {};
    for (const i of shapeOf(bytes).imports) {
      const from = this.subjects.find((s) => s.name === i.module);
      const key = JSON.stringify(i);
      if (!from && !this.made.has(key)) this.made.set(key, this.make(i));
      imports[i.module] ??= {};
      imports[i.module]![i.name] = from ? from.subject.linkage[i.name] : this.made.get(key);
    }
    return imports;
  }
}

/** Exported functions that JS can call: without v128 in their types. */
export function callableExports(shape: Shape): { name: string; params: readonly ValType[] }[] {
  return shape.exports.flatMap((e) => {
    const type = e.kind === "func" ? shape.funcs[e.index] : undefined;
    if (!type || type.params.includes(V128) || type.results.includes(V128)) return [];
    return [{ name: e.name, params: type.params }];
  });
}

const TRAPS: readonly [RegExp, string][] = [
  [/unreachable/, "unreachable"],
  [/(divide|remainder) by zero/, "division by zero"],
  [/divide result unrepresentable/, "integer overflow"],
  [/float unrepresentable/, "invalid conversion"],
  [/memory access out of bounds|data segment/, "memory out of bounds"],
  [
    /element segment|table (index|access|element)|table\.(get|set|grow|fill|copy|init)/,
    "table out of bounds",
  ],
  [/null function|signature mismatch/, "indirect call"],
  [/unaligned/, "unaligned atomic"],
];

/** The engine's message of a trap, as a kind. Running out of stack is one kind, however it is found. */
export function trapKind(error: Error): string {
  if (error instanceof RangeError) return "stack exhausted";
  if (!(error instanceof WebAssembly.RuntimeError)) return `${error.name}: ${error.message}`;
  if (!/^(GuestTrap|RuntimeError)$/.test(error.name)) return `trap: ${error.name}`;
  return `trap: ${TRAPS.find(([pattern]) => pattern.test(error.message))?.[1] ?? error.message}`;
}
