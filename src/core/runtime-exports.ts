import type { ContextId } from "../base/ids.js";
import type { Core } from "./assets.js";

/** What assembly/runtime.ts exports to the host; what guests import of it is among them under the same names. */
export interface RuntimeExports {
  readonly memory: WebAssembly.Memory;
  readonly budget: WebAssembly.Global;
  readonly stack: WebAssembly.Global;
  readonly pinned: WebAssembly.Global;
  readonly section: WebAssembly.Global;
  readonly sectionMost: WebAssembly.Global;
  readonly idle: WebAssembly.Global;
  /** The current context. */
  readonly context: WebAssembly.Global;
  readonly base: WebAssembly.Global;
  readonly sp: WebAssembly.Global;
  readonly funcs: WebAssembly.Global;
  readonly externs: WebAssembly.Global;
  readonly held: WebAssembly.Global;

  suspend(budget: number): number;
  peek(): bigint;
  resume(): number;
  handoff(budget: number): void;
  overflow(): void;

  block(budget: number): number;
  hostMemory(): void;
  /** Traps. */
  refuseException(): void;

  configure(stackBytes: number, quantum: number, pinnedBound: number, direct: ContextId): void;
  /** `rewinding`: 1 when the context has frames. */
  enter(context: ContextId, left: number, rest: number, rewinding: number): void;
  /** 0 done, 1 suspended, 2 waiting. */
  leave(): number;
  abandon(): void;
  left(): number;
  grantedPinned(): number;
  renewDirect(): void;
  takeCause(): number;

  /** 0 when there is no memory for it. */
  newContext(quotaBytes: number): ContextId;
  switchContext(context: ContextId): void;
  freeContext(context: ContextId): void;
  clearCells(): void;
  usedBytes(): number;
  reserve(bytes: number): void;
  slotBelow(slot: number): number;
}

/** What assembly/frame/glue.wat exports. */
export interface GlueExports {
  readonly functions: WebAssembly.Table;
  readonly externals: WebAssembly.Table;
  push_func(reference: unknown): void;
  pop_func(): unknown;
  push_extern(reference: unknown): void;
  pop_extern(): unknown;
  clearReferences(): void;
}

/** One frame store with its control state and its glue. */
export interface RuntimeCore {
  readonly runtime: RuntimeExports;
  readonly glue: GlueExports;
}

/** Instantiates the runtime and the glue over it. `directGrant`: see assembly/frame/control.ts. */
export function instantiateRuntime(core: Core, directGrant: () => void): RuntimeCore {
  const runtime = new WebAssembly.Instance(core.runtime, { host: { directGrant } }).exports;
  const glue = new WebAssembly.Instance(core.glue, { runtime }).exports;
  return {
    runtime: runtime as unknown as RuntimeExports,
    glue: glue as unknown as GlueExports,
  };
}
