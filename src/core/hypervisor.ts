// The instances that one machine consists of: the core, the glue over it, the entries of hypercalls.

import { CLEAR_REFERENCES_ENTRY, DROP_FUNC_ENTRY, FIRST_SLOT_ENTRY, SLOT_ENTRIES } from "../abi.js";
import type { MachineCore } from "./assets.js";
import type { HypervisorExports, HypervisorHost } from "./hypervisor-exports.js";

export interface Hypervisor {
  readonly core: HypervisorExports;
  /** Everything that the core exports: guests import some of it as `wv`. */
  readonly coreExports: WebAssembly.Exports;
  /** What build/glue.wasm exports. */
  readonly glue: WebAssembly.Exports;
  /** What build/hypercalls.wasm exports: threaded entries by name, and `raw:NAME`. */
  readonly hypercalls: WebAssembly.Exports;
  /** Hypercalls at their numbers, then the entries of each slot. Slot 0 is the core's own. */
  readonly table: WebAssembly.Table;
}

/** Instantiates the core; `configure` comes next. */
export function instantiateHypervisor(modules: MachineCore, host: HypervisorHost): Hypervisor {
  const table = new WebAssembly.Table({ element: "anyfunc", initial: FIRST_SLOT_ENTRY + SLOT_ENTRIES });
  const instantiate = (module: WebAssembly.Module, imports: Record<string, unknown>) =>
    new WebAssembly.Instance(module, imports as WebAssembly.Imports).exports;
  const core = instantiate(modules.hypervisor, { host, env: { table } });
  const glue = instantiate(modules.glue, { runtime: core });
  table.set(DROP_FUNC_ENTRY, glue.drop_func);
  table.set(CLEAR_REFERENCES_ENTRY, glue.clearReferences);
  const hypercalls = instantiate(modules.hypercalls, { core, glue, env: { table } });
  return { core: core as unknown as HypervisorExports, coreExports: core, glue, hypercalls, table };
}

/** `get` and `set` of a stack-pointer global; undefined when `global` is not one: a mutable i32. */
export function stackPointerAccess(
  module: WebAssembly.Module,
  global: WebAssembly.Global,
): { readonly get: unknown; readonly set: unknown } | undefined {
  try {
    const { get, set } = new WebAssembly.Instance(module, { guest: { sp: global } }).exports;
    return { get, set };
  } catch {
    return undefined;
  }
}
