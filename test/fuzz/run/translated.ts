import {
  Activation,
  createRuntime,
  type Instance,
  instantiateSync,
  type Runtime,
} from "wasmvisor/translator";
import { shapeOf } from "../modules/decode.js";
import { V128 } from "../modules/encode.js";
import { Random } from "../random.js";
import { EndlessStart, type Engine, type Outcome, ownOnly, type Subject } from "./subject.js";

export interface TranslatedOptions {
  readonly name: string;
  /** How many units each slice of a call gets. */
  readonly slices: () => number;
  /** Units after which a call counts as endless. */
  readonly limit?: number;
  readonly deterministic?: boolean;
  /** At every so manieth stop the suspended stack is taken away as an image, and another made from it goes on. */
  readonly imageEvery?: number;
  readonly verify?: boolean;
}

/** Never stopped, stopped at every safepoint, or at random ones. */
export const WHOLE = () => 2 ** 30;
/** Long runs only at the first so many: each stop of a deep stack costs. */
const MANY_STOPS = 20_000;
export function atEvery(): () => number {
  let stops = 0;
  return () => (++stops <= MANY_STOPS ? 1 : 100_000);
}
export function atRandom(seed: number): () => number {
  const r = new Random(seed);
  let stops = 0;
  return () => (++stops <= MANY_STOPS ? Math.floor(3_000 ** (r.u32() / 2 ** 32)) : 100_000);
}

/** The deepest of our cases call some hundred functions that keep much on their stacks. */
const STACK_BYTES = 600 * 1024;
/** Ten times what any case of ours spends. */
const LIMIT = 2_000_000;

/** The module translated, run with the library as its users do, in slices. One for each run. */
export class TranslatedEngine implements Engine {
  readonly name: string;
  private readonly runtime: Runtime;
  private total = 0;
  private stops = 0;

  constructor(private readonly options: TranslatedOptions) {
    this.name = options.name;
    this.runtime = createRuntime({ stackBytes: STACK_BYTES });
  }

  /** Of calls that ended with a trap nothing is counted: there it is known to a slice only. */
  spent(): number {
    return this.total;
  }

  private drive(first: Activation): Outcome {
    let activation = first;
    let before = 0;
    try {
      for (;;) {
        const outcome = activation.step(this.options.slices());
        if (outcome === "done") break;
        if (outcome !== "suspended") {
          activation.drop();
          return { kind: "endless" };
        }
        if (this.options.imageEvery && ++this.stops % this.options.imageEvery === 0) {
          before += activation.spent;
          activation = this.moved(activation);
        }
      }
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError))
        this.total += before + activation.spent;
      return { kind: "threw", error };
    }
    this.total += before + activation.spent;
    const { result } = activation;
    return {
      kind: "returned",
      values: result === undefined ? [] : Array.isArray(result) ? result : [result],
    };
  }

  /** The same call as another activation, made from the image of its stack. */
  private moved(activation: Activation): Activation {
    const image = activation.image();
    const budget = activation.budget - activation.spent;
    activation.drop();
    return Activation.restore(this.runtime, image, { budget });
  }

  async instantiate(bytes: Uint8Array, imports: Record<string, Record<string, unknown>>): Promise<Subject> {
    const shape = shapeOf(bytes);
    const { runtime } = this;
    const { deterministic = false, verify = false, limit = LIMIT } = this.options;
    const instance = instantiateSync(bytes, imports, { runtime, init: false, deterministic, verify });
    const init = instance.init({ budget: limit });
    if (init) {
      const outcome = this.drive(init);
      if (outcome.kind === "threw") throw outcome.error;
      if (outcome.kind === "endless") throw new EndlessStart();
    }
    return {
      shape,
      linkage: instance.exports,
      call: async (name, args) => this.drive(instance.start(name, args, { budget: limit })),
      callNested: (name, args) => (instance.exports[name] as (...args: unknown[]) => unknown)(...args),
      memories: () => ownOnly(shape, "memory", shape.memories, () => instance.memory),
      tables: () =>
        ownOnly(shape, "table", shape.tables, (_, i) => instance.native[`wv:tab:${i}`] as WebAssembly.Table),
      globals: () =>
        ownOnly(shape, "global", shape.globals, (g, i) => {
          if (!g.mutable) return undefined;
          if (g.type === V128) return (instance.native[`wv:gget:${i}`] as () => unknown)();
          return (instance.native[`wv:g:${i}`] as WebAssembly.Global).value;
        }),
      tag: (name) => instance.exports[name] as unknown as WebAssembly.Tag | undefined,
      isFunction: (index, f) => standsFor(instance, shape.exports, index).includes(f),
    };
  }
}

/** What JS may meet for a function of the original module. */
function standsFor(
  instance: Instance,
  exports: readonly { name: string; kind: string; index: number }[],
  index: number,
): unknown[] {
  const exported = exports
    .filter((e) => e.kind === "func" && e.index === index)
    .map((e) => instance.exports[e.name]);
  try {
    return [...exported, instance.reference(index)];
  } catch {
    return exported; // no reference ever holds it
  }
}
