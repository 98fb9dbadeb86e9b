import type { Body, Frame } from "./body.js";
import { FUNCREF, type FuncType, I32, typeKey, type ValType } from "./encode.js";

type Step = (b: Body) => void;
type Write = (b: Body, share: number) => void;

/** Types for a new block: parameters from what lies on the stack, results at random. */
function blockTypes(b: Body, resultsOfAny = true): { params: ValType[]; results: ValType[] } {
  const { profile } = b.plan;
  const params: ValType[] = [];
  if (profile.multiValue && b.r.chance(0.4)) {
    const n = Math.min(b.available, b.r.below(3));
    params.push(...b.stack.slice(b.stack.length - n));
    if (b.r.chance(0.2)) params.push(b.r.pick(b.values));
  }
  const max = resultsOfAny ? (profile.multiValue ? 3 : 1) : 0;
  // Labels with equal types are what br_table needs: take the types of an outer label half of the time.
  const outer = b.labelTypes(b.r.pick(usableLabels(b)));
  const results =
    b.r.chance(0.5) && (profile.multiValue || outer.length < 2)
      ? [...outer]
      : Array.from({ length: b.r.below(max + 1) }, () => b.r.pick(b.values));
  b.need(params);
  return { params, results };
}

function finish(b: Body, write: Write, share: number): void {
  write(b, share);
  const frame = b.close();
  b.op(0x0b);
  b.stack.push(...frame.results);
}

function share(b: Body): number {
  return 1 + b.r.below(8);
}

function block(b: Body, write: Write): void {
  const { params, results } = blockTypes(b);
  b.op(0x02);
  b.blockType(params, results);
  b.open("block", params, results);
  finish(b, write, share(b));
}

function loop(b: Body, write: Write): void {
  if (b.leaf) {
    countedLoop(b, write);
    return;
  }
  const { params, results } = blockTypes(b);
  b.op(0x03);
  b.blockType(params, results);
  b.open("loop", params, results);
  b.burn();
  write(b, share(b));
  if (!b.frame.dead && b.r.chance(0.7)) {
    // Go round again, on a condition that is a value of the program's.
    const types = b.labelTypes(0);
    b.need([...types, I32]);
    b.op(0x0d, 0);
    b.pop([I32]);
  }
  finish(b, write, 0);
}

/** A loop with a counter of its own and no fuel: what compilers make of `for`. */
function countedLoop(b: Body, write: Write): void {
  if (b.countedDepth >= 2) {
    block(b, write);
    return;
  }
  const counter = b.newLocal(I32);
  b.reserved.add(counter);
  b.countedDepth++;
  b.op(0x41).s32(b.r.between(1, 5));
  b.op(0x21).u32(counter);
  b.op(0x03, 0x40);
  // Branches to this loop from inside would go round without counting: it shows no label, by a block around the body.
  b.open("loop", [], []);
  b.op(0x02, 0x40);
  b.open("block", [], []);
  const frames = b.frames as Frame[];
  const hidden = frames.length - 2;
  frames[hidden] = { ...frames[hidden]!, params: [NEVER] };
  finish(b, write, share(b));
  frames[hidden] = { ...frames[hidden]!, params: [] };
  b.op(0x20).u32(counter);
  b.op(0x41, 1, 0x6b, 0x22).u32(counter);
  b.op(0x0d, 0);
  finish(b, write, 0);
  b.countedDepth--;
}

/** A type that no value has: a label with it is never branched to. */
const NEVER: ValType = -1;

function ifElse(b: Body, write: Write): void {
  const { params, results } = blockTypes(b);
  b.push(I32);
  b.pop([I32]);
  const same = typeKey({ params, results: [] }) === typeKey({ params: results, results: [] });
  b.op(0x04);
  b.blockType(params, results);
  b.open("if", params, results);
  write(b, share(b));
  b.close();
  if (!same || b.r.chance(0.6)) {
    b.op(0x05);
    b.open("else", params, results);
    write(b, share(b));
    b.close();
  }
  b.op(0x0b);
  b.stack.push(...results);
}

function usableLabels(b: Body): number[] {
  return b.frames.flatMap((_, depth) => (b.labelTypes(depth).includes(NEVER) ? [] : [depth]));
}

function branch(b: Body): void {
  const depth = b.r.pick(usableLabels(b));
  const types = b.labelTypes(depth);
  b.need(types);
  b.op(0x0c).u32(depth);
  b.cut();
}

function branchIf(b: Body): void {
  const depth = b.r.pick(usableLabels(b));
  const types = b.labelTypes(depth);
  b.need([...types, I32]);
  b.op(0x0d).u32(depth);
  b.pop([I32]);
}

function branchTable(b: Body): void {
  const usable = usableLabels(b);
  const first = b.r.pick(usable);
  const types = b.labelTypes(first);
  const key = types.join();
  const same = usable.filter((d) => b.labelTypes(d).join() === key);
  b.need([...types, I32]);
  if (b.r.chance(0.7)) b.op(0x41, 7, 0x71);
  const targets = Array.from({ length: b.r.below(6) }, () => b.r.pick(same));
  b.op(0x0e).u32(targets.length);
  for (const t of targets) b.code.u32(t);
  b.code.u32(first);
  b.cut();
}

function leave(b: Body): void {
  if (b.r.chance(0.85)) return;
  if (b.r.chance(0.15 * (b.plan.profile.recklessness > 0 ? 1 : 0))) b.op(0x00);
  else {
    b.need(b.type.results);
    b.op(0x0f);
  }
  b.cut();
}

function called(b: Body, type: FuncType): void {
  b.pop(type.params);
  b.stack.push(...type.results);
}

function sameResults(b: Body, type: FuncType): boolean {
  return type.results.join() === b.type.results.join();
}

function call(b: Body): void {
  if (b.countedDepth > 1) return;
  const tail = b.plan.profile.tailCalls && b.r.chance(0.3);
  const from = b.plan.functions.flatMap((f, i) => (!tail || sameResults(b, f.type) ? [i] : []));
  if (!from.length) return;
  const callee = b.r.pick(from);
  const { type } = b.plan.functions[callee]!;
  if (b.r.chance(0.4)) b.push(b.r.pick(b.values)); // an outer operand, live across the call
  b.need(type.params);
  b.op(tail ? 0x12 : 0x10).u32(callee);
  called(b, type);
  if (tail) b.cut();
}

function callIndirect(b: Body): void {
  const tables = b.plan.tables.flatMap((t, i) => (t.element === FUNCREF ? [i] : []));
  if (!tables.length || b.countedDepth > 1) return;
  const table = b.r.pick(tables);
  const tail = b.plan.profile.tailCalls && b.r.chance(0.3);
  const from = b.plan.functions.map((f) => f.type).filter((t) => !tail || sameResults(b, t));
  if (!from.length) return;
  // A type that does not match the entry traps: the callee is chosen so that it often fits, see generator.ts.
  const type = b.r.pick(from);
  if (b.r.chance(0.4)) b.push(b.r.pick(b.values));
  b.need(type.params);
  const { r } = b;
  const slots = b.plan.functions.findIndex((f) => typeKey(f.type) === typeKey(type));
  const size = b.plan.tables[table]!.limits.min;
  if (r.chance(0.75)) b.op(0x41).s32(slots % size);
  else {
    b.push(I32);
    b.stack.pop();
    if (!r.chance(b.plan.profile.recklessness)) b.op(0x41).s32(size).u8(0x70);
  }
  b.op(tail ? 0x13 : 0x11).u32(b.around.typeOf(type));
  b.code.u32(table);
  called(b, type);
  if (tail) b.cut();
}

function tryCatch(b: Body, write: Write): void {
  const { params, results } = blockTypes(b);
  b.op(0x06);
  b.blockType(params, results);
  b.open("try", params, results);
  write(b, share(b));
  b.close();
  if (b.r.chance(0.15)) {
    // To an outer frame: the nearest try at or above that label gets the exception, or the caller.
    b.op(0x18).u32(b.r.below(b.frames.length));
    b.stack.push(...results);
    return;
  }
  const tags = b.r.shuffle(b.plan.tags.map((_, i) => i)).slice(0, b.r.below(b.plan.tags.length + 1));
  for (const tag of tags) {
    b.op(0x07).u32(tag);
    b.open("catch", b.plan.tags[tag]!.params, results);
    write(b, share(b));
    b.close();
  }
  if (b.r.chance(0.7)) {
    b.op(0x19);
    b.open("catch", [], results);
    write(b, share(b));
    b.close();
  }
  b.op(0x0b);
  b.stack.push(...results);
}

function throwTag(b: Body): void {
  if (!b.plan.tags.length || b.r.chance(0.6)) return;
  const tag = b.r.below(b.plan.tags.length);
  b.need(b.plan.tags[tag]!.params);
  b.op(0x08).u32(tag);
  b.cut();
}

function rethrow(b: Body): void {
  const catches = b.frames.flatMap((_, d) =>
    b.frames[b.frames.length - 1 - d]!.kind === "catch" ? [d] : [],
  );
  if (!catches.length || b.r.chance(0.6)) return;
  b.op(0x09).u32(b.r.pick(catches));
  b.cut();
}

/** The weighted steps of control flow; those that open a frame are left out where it is deep enough. */
export function controlSteps(b: Body, deep: boolean, write: Write): [number, Step][] {
  const { profile } = b.plan;
  const c = profile.control;
  const nest = deep ? 0 : c;
  const calls = b.leaf ? 0 : profile.calls;
  const eh = profile.exceptions ? 0.1 : 0;
  return [
    [nest * 0.25, (x) => block(x, write)],
    [nest * 0.3, (x) => loop(x, write)],
    [nest * 0.15, (x) => countedLoop(x, write)],
    [nest * 0.3, (x) => ifElse(x, write)],
    [c * 0.08, branch],
    [c * 0.3, branchIf],
    [c * 0.1, branchTable],
    [c * 0.1, leave],
    [calls * 0.6, call],
    [calls * 0.4, callIndirect],
    [deep ? 0 : eh, (x) => tryCatch(x, write)],
    [eh * 0.4, throwTag],
    [eh * 0.5, rethrow],
  ];
}
