import wabt from "wabt";
import { type Activation, createRuntime, instantiateSync } from "wasmvisor/translator";
import { trapKind } from "../fuzz/run/world.js";
import type { RunningBomb } from "./bombs/running.js";

/** Units that a bomb may spend in all, and in one slice. */
export const BUDGET = 3_000_000;
export const QUANTUM = 2_000;

export interface Ended {
  /** spent, stack, returned, or the kind of the trap. */
  readonly how: string;
  readonly result?: unknown;
  readonly spent: number;
  /** The most units that passed beyond a slice before the guest came to a safepoint. */
  readonly reach: number;
}

async function assemble(module: RunningBomb["module"]): Promise<Uint8Array> {
  if (typeof module === "function") return module();
  const { parseWat } = await wabt();
  const features = {
    exceptions: true,
    tail_call: true,
    multi_value: true,
    bulk_memory: true,
    reference_types: true,
  };
  const parsed = parseWat("bomb.wat", module, features);
  try {
    return new Uint8Array(parsed.toBinary({}).buffer);
  } finally {
    parsed.destroy();
  }
}

function drive(activation: Activation): Ended {
  let reach = 0;
  const ended = (how: string, result?: unknown): Ended => ({ how, result, spent: activation.spent, reach });
  try {
    for (;;) {
      const before = activation.spent;
      const outcome = activation.step(QUANTUM);
      // What was spent beyond the last slice shows in the grant that pays for it.
      reach = Math.max(reach, activation.spent - before - QUANTUM);
      if (outcome === "done") return ended("returned", activation.result);
      if (outcome !== "suspended") {
        activation.drop();
        return ended(outcome);
      }
    }
  } catch (error) {
    const { name, message } = error as Error;
    if (name === "StackOverflow") return ended("stack");
    // The engine's own overflow is what must never be.
    if (error instanceof RangeError) return ended(`native stack overflow: ${message}`);
    return ended(trapKind(error as Error).replace("trap: ", ""));
  }
}

/** Runs a bomb with a budget, in slices. A refusal to translate or instantiate is told as `limit` or by its name. */
export async function runBomb(bomb: RunningBomb): Promise<Ended> {
  const bytes = await assemble(bomb.module);
  const runtime = createRuntime();
  const imports = { env: { host: () => {}, again: () => run() } };
  const quotas = {
    ...(bomb.memoryPages === undefined ? {} : { memoryPages: bomb.memoryPages }),
    ...(bomb.tablesMax === undefined ? {} : { tablesMax: bomb.tablesMax }),
  };
  let instance: ReturnType<typeof instantiateSync>;
  try {
    instance = instantiateSync(bytes, imports, { runtime, init: false, ...quotas });
  } catch (error) {
    const { name, message } = error as Error;
    return { how: name === "TranslateError" ? "limit" : `${name}: ${message}`, spent: 0, reach: 0 };
  }
  const run = () => (instance.exports.run as () => void)();
  const init = instance.init({ budget: BUDGET });
  if (init) {
    const ended = drive(init);
    if (bomb.atInit || ended.how !== "returned") return ended;
  }
  return drive(instance.start("run", bomb.args ?? [], { budget: BUDGET }));
}
