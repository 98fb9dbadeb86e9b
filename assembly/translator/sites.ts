// Call sites: how a call that may suspend is written in FAST and in SLOW.

import { Vector } from "../lib/vector";
import { Instr, instr, instrOffset } from "../wasm/code";
import { snapshots } from "../wasm/decode";
import { FunctionType, importedFunctions, typeAt, typeIndexOfFunction } from "../wasm/module";
import { Op, Type } from "../wasm/opcodes";
import { bulkHelper } from "./bulk";
import { siteLevels } from "./dispatch";
import { waitHelper } from "./extras";
import { indexLocal } from "./frames";
import { markOrigin } from "./hints";
import { branch, closeLabel, openBlock } from "./labels";
import {
  budgetLocal, call, dead, fast, flush, get, leave, need, needExactly, operands, out, pushAll, set, setDead, setReal,
  stackLocal,
} from "./operands";
import { budgetGlobal, fastIndex, slowIndex, threadedType } from "./output";
import { deferred, sites } from "./plan";
import { handOver, testAfterCall } from "./points";
import { has, Is, isBulk, isOpenTable } from "./survey";

/** Operands that the callee of a site takes, a table index included. */
function operandsOf(item: Instr): u32 {
  if (item.op == Op.Call || item.op == Op.ReturnCall) return typeAt(typeIndexOfFunction(item.a)).paramCount;
  if (item.op == Op.CallIndirect || item.op == Op.ReturnCallIndirect) return typeAt(item.a).paramCount + 1;
  return 3;
}

function resultsOf(item: Instr): FunctionType {
  if (item.op == Op.Call || item.op == Op.ReturnCall) return typeAt(typeIndexOfFunction(item.a));
  return typeAt(item.a);
}

/** Levels of the labels before which deferred sites have their operands in locals, by site. */
const deferredLevels = new Vector(4);

export function openDeferred(): void {
  deferredLevels.clear();
  deferredLevels.fill(sites.length, 0);
  for (let site = sites.length; site-- > 0; ) {
    if (!deferred.get(site)) continue;
    if (!fast) siteLevels.set(site, openBlock());
    deferredLevels.set(site, openBlock());
  }
}

/** The tail calls that had to leave the body of a try first. */
export function writeDeferred(): void {
  for (let site: u32 = 0; site < sites.length; site++) {
    if (!deferred.get(site)) continue;
    const i = sites.get(site);
    const item = instr(i);
    closeLabel(deferredLevels.get(site));
    operands.clear();
    const below = snapshots.get(item.d);
    for (let d: u32 = 0; d < below; d++) operands.push(snapshots.get(item.d + 1 + d));
    const type = resultsOf(item);
    pushAll(type.params, type.paramCount, false);
    if (item.op == Op.ReturnCallIndirect) operands.push(Type.I32);
    setDead(false);
    setReal(0);
    writeSite(i, item);
  }
}

export function emitSite(i: u32, item: Instr): void {
  if (!deferred.get(item.c - 1)) {
    writeSite(i, item);
    return;
  }
  if (!dead) {
    flush();
    branch(Op.Br, deferredLevels.get(item.c - 1));
  }
  leave();
}

function writeSite(i: u32, item: Instr): void {
  const site = item.c - 1;
  const op = item.op;
  const indirect = op == Op.CallIndirect || op == Op.ReturnCallIndirect;
  const throughOpen = indirect && isOpenTable(item.b);
  const count = operandsOf(item);
  if (!fast) {
    // the label is before the call; but a callee found by its identity is called where the frame is restored
    if (!throughOpen) {
      if (!dead) flush();
      closeLabel(siteLevels.get(site));
      setDead(false);
      setReal(0);
      need(count);
    } else if (!dead) needExactly(count);
  } else needExactly(count);

  if (!dead) {
    markOrigin(instrOffset(i));
    if (throughOpen) {
      handOver();
      out.byte(Op.CallIndirect);
      out.u32(item.a);
      out.u32(item.b);
      out.byte(Op.GlobalGet);
      out.u32(budgetGlobal());
    } else if (indirect) {
      const index = indexLocal(i);
      set(index);
      get(stackLocal);
      get(budgetLocal);
      get(index);
      out.byte(Op.CallIndirect);
      out.u32(threadedType(item.a));
      out.u32(item.b);
    } else {
      get(stackLocal);
      get(budgetLocal);
      call(siteCallee(item));
    }
  }
  const below = operands.length - count;
  operands.length = below;
  if (op == Op.Call || op == Op.ReturnCall || indirect) pushAll(resultsOf(item).results, resultsOf(item).resultCount, false);
  else if (!isBulk(op)) operands.push(Type.I32);
  const results = operands.length - below;
  if (!fast && throughOpen) {
    if (!dead) {
      set(budgetLocal);
      setReal(results);
      flush();
    }
    closeLabel(siteLevels.get(site));
    setDead(false);
    setReal(0);
    get(budgetLocal);
  } else setReal(results);
  testAfterCall(site);
  if (op == Op.ReturnCallIndirect || op == Op.ReturnCall) {
    need(results);
    get(budgetLocal);
    out.byte(Op.Return);
    leave();
  }
}

function siteCallee(item: Instr): u32 {
  const op = item.op;
  if (op == Op.Call || op == Op.ReturnCall) {
    // uncharged functions have no prologue that looks at the state: their SLOW copy has
    if (!fast && item.a >= importedFunctions && !has(item.a, Is.Charged)) return slowIndex(item.a);
    return fastIndex(item.a);
  }
  if (op == Op.AtomicWait32 || op == Op.AtomicWait64) return waitHelper(op, item.a);
  return bulkHelper(op, item.a, item.b);
}
