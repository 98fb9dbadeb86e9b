// What stands between a guest and a function of JavaScript that may promise its result.
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
  i32Const,
  i64Const,
  localGet,
  op,
  refFunc,
  zero,
} from "./encode.js";
import { BUDGET, PINNED_LOCALS, pinnedCall, runtimeGlobals, STACK, threadedType } from "./shim-code.js";

enum Type {
  Original,
  Threaded,
  Settled,
  Push,
  Pop,
  Block,
  Resume,
  PushFunction,
  Wait,
}
/** Function indices: imports, then our own. */
enum Func {
  Target,
  Settled,
  Wait,
  Push,
  Pop,
  PushFunction,
  Block,
  Resume,
  Threaded,
  Raw,
}
/** Set by the host while the target returns: it gave a promise. */
const PROMISED = runtimeGlobals.length;

/**
 * As pinnedShim, for `host.f` that may promise: then `host.promised` is set when it returns, and the guest unwinds with a
 * frame of ours on its stack (header 0: instance 0 is the runtime). When it is rewound, `host.settled` gives the results
 * or throws, as `host.f` would have: both run in a pinned section.
 */
export function hostShim(type: FunctionType): Uint8Array<ArrayBuffer> {
  const count = type.params.length;
  const dummies = type.results.flatMap(zero);
  const rewound = [...call(Func.Pop), ...op.drop, ...call(Func.Resume), ...globalSet(BUDGET)];
  const wait = [
    ...[...i32Const(0), ...globalSet(PROMISED)],
    ...[...globalGet(BUDGET), ...call(Func.Block), ...globalSet(BUDGET)],
    ...[...call(Func.Wait), ...i64Const(0n), ...call(Func.Push)],
  ];
  const body = (locals: number, stack: Code, wrapper: Code, budget: Code): Code => [
    ...[...globalGet(BUDGET), ...i32Const(0), ...op.i32LtS, ...op.if],
    ...[...rewound, ...pinnedCall(Func.Settled, 0, locals, stack), ...budget, ...op.return],
    ...op.end,
    ...pinnedCall(Func.Target, count, locals, stack),
    ...[...globalGet(PROMISED), ...op.if],
    ...[...wait, ...wrapper, ...dummies, ...budget, ...op.return],
    ...[...op.end, ...budget],
  ];
  return encodeModule(
    [
      type,
      threadedType(type),
      { params: [], results: type.results },
      { params: [I64], results: [] },
      { params: [], results: [I64] },
      { params: [I32], results: [I32] },
      { params: [], results: [I32] },
      { params: [FUNCREF], results: [] },
      { params: [], results: [] },
    ],
    [
      { kind: "function", module: "host", name: "f", type: Type.Original },
      { kind: "function", module: "host", name: "settled", type: Type.Settled },
      { kind: "function", module: "host", name: "wait", type: Type.Wait },
      { kind: "function", module: "glue", name: "push1", type: Type.Push },
      { kind: "function", module: "glue", name: "pop1", type: Type.Pop },
      { kind: "function", module: "glue", name: "push_func", type: Type.PushFunction },
      { kind: "function", module: "runtime", name: "block", type: Type.Block },
      { kind: "function", module: "runtime", name: "resume", type: Type.Resume },
      ...runtimeGlobals,
      { kind: "global", module: "host", name: "promised" },
    ],
    [
      {
        export: "threaded",
        type: Type.Threaded,
        locals: PINNED_LOCALS,
        body: [
          ...[...localGet(count + 1), ...globalSet(BUDGET)],
          ...body(count + 2, localGet(count), [], globalGet(BUDGET)),
        ],
      },
      {
        export: "raw",
        type: Type.Original,
        locals: PINNED_LOCALS,
        // Whoever called it through a table finds on the reference stack what to call to go on.
        body: body(count, globalGet(STACK), [...refFunc(Func.Raw), ...call(Func.PushFunction)], []),
      },
    ],
  );
}
