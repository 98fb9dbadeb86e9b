// Weights are honest: what a charge covers is at most a fixed number of instructions for each unit.

import type { Region, Report } from "./frames.js";
import { instructionsPerWeight, maxUncharged, regionAllowance } from "./limits.js";
import { Refusal } from "./verdict.js";

/** Instructions that a call of a function may run before its first charge; call graphs are already acyclic. */
export function checkWeights(reports: Map<number, Report>): void {
  const costs = new Map<number, number>();
  for (const root of reports.keys()) costOf(root, reports, costs);
  for (const [functionIndex, report] of reports) {
    for (const region of report.regions) {
      const isEntry = region === report.regions[0];
      if (isEntry ? region.weight === 0 : !region.repeats) continue;
      const cost = regionCost(region, costs);
      if (cost <= region.weight * instructionsPerWeight + regionAllowance) continue;
      const what = `${cost} instructions are paid for by a weight of ${region.weight}`;
      throw new Refusal("weight", region.offset, what, functionIndex);
    }
    if (costs.get(functionIndex)! > maxUncharged) {
      const what = `${costs.get(functionIndex)} instructions run without a charge of the function's own`;
      throw new Refusal("weight", report.regions[0]!.offset, what, functionIndex);
    }
    checkResumed(report, costs);
    for (const { callee, refund, offset } of report.refunds) {
      const weight = reports.get(callee)?.regions[0]?.weight ?? 0;
      if (weight >= refund) continue;
      throw new Refusal(
        "refund",
        offset,
        `${refund} is given back, but ${weight} charged at the entry`,
        functionIndex,
      );
    }
  }
}

function regionCost(region: Region, costs: Map<number, number>): number {
  let cost = region.cost;
  for (const callee of region.callees) cost += costs.get(callee) ?? 0;
  return cost;
}

/** Without recursion, since chains of calls can be long. */
function costOf(root: number, reports: Map<number, Report>, costs: Map<number, number>): void {
  const path = [root];
  while (path.length > 0) {
    const node = path[path.length - 1]!;
    const entry = reports.get(node)?.regions[0];
    const charged = entry === undefined || entry.weight > 0;
    const missing = charged || costs.has(node) ? [] : entry.callees.filter((callee) => !costs.has(callee));
    if (missing.length > 0 && path.length <= reports.size) path.push(...missing.slice(0, 1));
    else {
      if (!costs.has(node)) costs.set(node, charged ? 0 : Math.min(regionCost(entry, costs), 1e9));
      path.pop();
    }
  }
}

/** What runs after a rewind was paid for before, by the copy of the function that was suspended. */
function checkResumed(_report: Report, _costs: Map<number, number>): void {}
