// Weights are honest: what a charge covers is at most a fixed number of instructions for each unit.
import type { Region, Report } from "./frames.js";
import { instructionsPerWeight, maxUncharged, regionAllowance } from "./limits.js";
import { Refusal } from "./verdict.js";

/** Instructions that a function may run before its first charge. */
export function costOf(report: Report): number {
  const entry = report.regions[0]!;
  return entry.weight > 0 ? 0 : entry.cost;
}

export function checkWeights(reports: Map<number, Report>, costs: Map<number, number>): void {
  const weights = new Map<number, number>();
  for (const [functionIndex, { regions }] of reports) {
    weights.set(
      functionIndex,
      regions.reduce((sum, region) => sum + region.weight, 0),
    );
  }
  for (const [functionIndex, report] of reports) {
    for (const region of report.regions) checkRegion(region, report, costs);
    const most = paidBefore(report, weights) * instructionsPerWeight + maxUncharged;
    if (report.resumedCost > most) {
      refuse(report, report.regions[0]!.offset, `${report.resumedCost} instructions run after a rewind`);
    }
    for (const { callee, refund, offset } of report.refunds) {
      const weight = reports.get(callee)?.regions[0]?.weight ?? 0;
      if (weight >= refund) continue;
      const what = `${refund} is given back, but ${weight} charged at the entry`;
      throw new Refusal("refund", offset, what, functionIndex);
    }
  }
}

function checkRegion(region: Region, report: Report, costs: Map<number, number>): void {
  for (const callee of region.unknown ?? []) {
    if ((costs.get(callee) ?? 0) > 0) {
      refuse(report, region.offset, `function ${callee} is called in a circle, but not charged at its entry`);
    }
  }
  if (region === report.regions[0] && region.weight === 0) {
    if (region.cost > maxUncharged)
      refuse(report, region.offset, `${region.cost} instructions run without a charge`);
  } else if (region.cost > region.weight * instructionsPerWeight + regionAllowance) {
    refuse(report, region.offset, `${region.cost} instructions are paid for by a weight of ${region.weight}`);
  }
}

/** What runs after a rewind was paid for before, by the copy of the function that it goes back to. */
function paidBefore(report: Report, weights: Map<number, number>): number {
  let weight = 0;
  const callees = new Set(report.edges.filter((edge) => edge.tail).map((edge) => edge.callee));
  for (const callee of callees) weight += weights.get(callee) ?? 0;
  return weight;
}

function refuse(report: Report, offset: number, message: string): never {
  throw new Refusal("weight", offset, message, report.functionIndex);
}
