// The small modules between a guest and functions that are not part of its world.
import type { FunctionType } from "../core/manifest.js";
import {
  type Code,
  call,
  encodeModule,
  FUNCREF,
  globalGet,
  globalSet,
  I32,
  I64,
  type Import,
  i32Const,
  i64Const,
  localGet,
  localSet,
  localTee,
  op,
  tryBlock,
} from "./encode.js";

/** Type indices, function indices and global indices of the modules below. */
enum Type {
  Original,
  Threaded,
  Protected,
}
export const BUDGET = 0;
export const STACK = 1;
const PINNED = 2;
const SECTION = 3;
const SECTION_MOST = 4;
const TARGET = 0;

/** The first globals of a module of shims, in this order. */
export const runtimeGlobals: readonly Import[] = [
  { kind: "global", module: "runtime", name: "budget" },
  { kind: "global", module: "runtime", name: "stack" },
  { kind: "global", module: "runtime", name: "pinned" },
  { kind: "global", module: "runtime", name: "section" },
  { kind: "global", module: "runtime", name: "sectionMost" },
];

/** The type that a function of type `type` has between translated instances. */
export function threadedType({ params, results }: FunctionType): FunctionType {
  return { params: [...params, I32, I32], results: [...results, I32] };
}

/** Equal for equal types. */
export function typeKey({ params, results }: FunctionType): string {
  return `${params.join()}>${results.join()}`;
}

/**
 * For a function whose frame cannot be saved, `host.f` of type `type`: exports `threaded`, what guests import, and
 * `raw`, what stands for it in exports and tables. While it runs the section is pinned, and what the section may
 * not spend of the budget is withheld. That and the stack account are put back however it ends, except by a trap,
 * that no Wasm code can catch: who catches one outside puts them back (enter() or an outer shim, absolutely).
 */
export function pinnedShim(type: FunctionType): Uint8Array<ArrayBuffer> {
  const count = type.params.length;
  return encodeModule(
    [type, threadedType(type), { params: [], results: type.results }],
    [{ kind: "function", module: "host", name: "f", type: Type.Original }, ...runtimeGlobals],
    [
      {
        export: "threaded",
        type: Type.Threaded,
        locals: PINNED_LOCALS,
        body: [
          ...[...localGet(count + 1), ...globalSet(BUDGET)],
          ...pinnedCall(TARGET, count, count + 2, localGet(count)),
          ...globalGet(BUDGET),
        ],
      },
      {
        export: "raw",
        type: Type.Original,
        locals: PINNED_LOCALS,
        body: pinnedCall(TARGET, count, count, globalGet(STACK)),
      },
    ],
  );
}

/** What pinnedCall needs for itself. */
export const PINNED_LOCALS = [I32, I32, I32];

/**
 * What a call into code that is not translated takes of the stack account, for the frames of its own that it may have
 * on the native stack: so guests that recurse through the host end cleanly too.
 */
const HOST_STACK_BYTES = 2048;

/**
 * Calls the imported function `target` with the first `count` parameters, the budget being in its global. `locals`: the
 * first of three free ones. `stack`: code that gives the stack account of the caller. The type without parameters that
 * has the same results is the third of the module.
 */
export function pinnedCall(target: number, count: number, locals: number, stack: Code): Code {
  const outerPinned = locals;
  const outerStack = locals + 1;
  const surplus = locals + 2;
  const withhold = [
    ...[...globalGet(BUDGET), ...globalGet(SECTION_MOST), ...op.i32Sub, ...localSet(surplus)],
    ...[...globalGet(SECTION_MOST), ...globalSet(SECTION), ...globalGet(SECTION_MOST), ...globalSet(BUDGET)],
  ];
  const giveBack = [
    ...[...localGet(surplus), ...op.if],
    ...[...globalGet(BUDGET), ...localGet(surplus), ...op.i32Add, ...globalSet(BUDGET)],
    ...op.end,
  ];
  const begin = [
    ...[...globalGet(BUDGET), ...globalSet(SECTION)],
    ...[...globalGet(BUDGET), ...globalGet(SECTION_MOST), ...op.i32GtS, ...op.if, ...withhold, ...op.end],
  ];
  const enter = [
    ...[...globalGet(STACK), ...localSet(outerStack)],
    ...[...stack, ...i32Const(HOST_STACK_BYTES), ...op.i32Sub, ...globalSet(STACK)],
    ...[...globalGet(PINNED), ...localTee(outerPinned), ...op.i32Eqz, ...op.if, ...begin, ...op.end],
    ...[...localGet(outerPinned), ...i32Const(1), ...op.i32Add, ...globalSet(PINNED)],
  ];
  const restore = [
    ...[...localGet(outerPinned), ...globalSet(PINNED), ...localGet(outerStack), ...globalSet(STACK)],
    ...giveBack,
  ];
  const invoke = [...Array.from({ length: count }, (_, i) => localGet(i)).flat(), ...call(target)];
  if (!legacyExceptions()) return [...enter, ...invoke, ...restore];
  return [
    ...[...enter, ...tryBlock(Type.Protected), ...invoke],
    ...[...op.catchAll, ...restore, ...op.rethrow, ...op.end],
    ...restore,
  ];
}

/**
 * For a wrapper W(f) of this runtime whose threaded twin is not at hand, such as one read from a table:
 * it can be suspended. What it pushed for itself when it unwound is not needed here, the call is direct.
 */
export function wrapperShim(type: FunctionType): Uint8Array<ArrayBuffer> {
  const count = type.params.length;
  const popFunc = 1;
  const body = [
    ...[
      ...localGet(count + 1),
      ...i32Const(0),
      ...op.i32LtS,
      ...op.if,
      ...call(popFunc),
      ...op.drop,
      ...op.end,
    ],
    ...[...localGet(count), ...globalSet(STACK), ...localGet(count + 1), ...globalSet(BUDGET)],
    ...[...type.params.flatMap((_, i) => localGet(i)), ...call(TARGET), ...globalGet(BUDGET)],
  ];
  return encodeModule(
    [type, threadedType(type), { params: [], results: [FUNCREF] }],
    [
      { kind: "function", module: "host", name: "f", type: 0 },
      { kind: "function", module: "glue", name: "pop_func", type: 2 },
      ...runtimeGlobals,
    ],
    [{ export: "threaded", type: 1, locals: [], body }],
  );
}

/** Does nothing but import `probe.f` with this type: it links only when a Wasm function has it. */
export function probe(type: FunctionType): Uint8Array<ArrayBuffer> {
  return encodeModule([type], [{ kind: "function", module: "probe", name: "f", type: 0 }], []);
}

/**
 * `size` and `grow` of one memory. `limitPages`: growth within it must not fail, as no program may see what
 * the host has left (deterministic mode); undefined: growth may fail at any time, as natively.
 */
export function memoryShim(shared: boolean, limitPages: number | undefined): Uint8Array<ArrayBuffer> {
  const hostMemory = 0;
  const result = 1;
  const grow = [...localGet(0), ...op.memoryGrow];
  const wide = (code: Code): Code => [...code, ...op.i64ExtendI32U];
  const sum = [...wide(op.memorySize), ...wide(localGet(0)), ...op.i64Add];
  const checked = [
    ...[...grow, ...localTee(result), ...i32Const(-1), ...op.i32Eq],
    ...[...sum, ...i64Const(BigInt(limitPages ?? 0)), ...op.i64LeU, ...op.i32And],
    ...[...op.if, ...call(hostMemory), ...op.unreachable, ...op.end, ...localGet(result)],
  ];
  return encodeModule(
    [
      { params: [], results: [I32] },
      { params: [I32], results: [I32] },
      { params: [], results: [] },
    ],
    [
      { kind: "function", module: "runtime", name: "hostMemory", type: 2 },
      { kind: "memory", module: "host", name: "memory", shared },
    ],
    [
      { export: "size", type: 0, locals: [], body: op.memorySize },
      { export: "grow", type: 1, locals: [I32], body: limitPages === undefined ? grow : checked },
    ],
  );
}

/**
 * `wait32` and `wait64` of one memory: a frame of its own (its header is 0: instance 0 is the runtime)
 * marks the wait while the context sleeps.
 */
export function waitShim(): Uint8Array<ArrayBuffer> {
  const [push, pop, block, resume, wait, woken] = [0, 1, 2, 3, 4, 5];
  const TIMED_OUT = 2;
  const addr = 0;
  const timeout = 2;
  const b = 4;
  const body = [
    ...[...localGet(b), ...i32Const(0), ...op.i32LtS, ...op.if],
    ...[...call(pop), ...op.drop, ...call(woken), ...call(resume), ...op.return, ...op.end],
    ...[...localGet(timeout), ...op.i64Eqz, ...op.if],
    ...[...i32Const(TIMED_OUT), ...localGet(b), ...op.return, ...op.end],
    ...[...localGet(b), ...call(block), ...localSet(b)],
    ...[...localGet(addr), ...localGet(timeout), ...call(wait)],
    ...[...i64Const(0n), ...call(push), ...i32Const(0), ...localGet(b)],
  ];
  return encodeModule(
    [
      { params: [I64], results: [] },
      { params: [], results: [I64] },
      { params: [I32], results: [I32] },
      { params: [], results: [I32] },
      { params: [I32, I64], results: [] },
      { params: [I32, I32, I64, I32, I32], results: [I32, I32] },
      { params: [I32, I64, I64, I32, I32], results: [I32, I32] },
    ],
    [
      { kind: "function", module: "glue", name: "push1", type: 0 },
      { kind: "function", module: "glue", name: "pop1", type: 1 },
      { kind: "function", module: "runtime", name: "block", type: 2 },
      { kind: "function", module: "runtime", name: "resume", type: 3 },
      { kind: "function", module: "host", name: "wait", type: 4 },
      { kind: "function", module: "host", name: "woken", type: 3 },
    ],
    [
      { export: "wait32", type: 5, locals: [], body },
      { export: "wait64", type: 6, locals: [], body },
    ],
  );
}

let exceptionsKnown: boolean | undefined;

/** Whether the engine has try and catch_all of the first exception proposal. */
function legacyExceptions(): boolean {
  exceptionsKnown ??= WebAssembly.validate(
    encodeModule(
      [{ params: [], results: [] }],
      [],
      [{ export: "f", type: 0, locals: [], body: [0x06, 0x40, ...op.catchAll, ...op.rethrow, ...op.end] }],
    ),
  );
  return exceptionsKnown;
}
