import { type Column, formatTable } from "../table.js";
import { brief, count, duration, type Paint, some } from "../text.js";
import type { DomainReport } from "./report.js";

const columns: readonly Column[] = [
  { title: "DOMAIN" },
  { title: "ENDED" },
  { title: "CPU TIME", align: "right" },
  { title: "SHARE", align: "right" },
  { title: "BUDGET", align: "right", rank: 1 },
  { title: "SLICES", align: "right", rank: 2 },
  { title: "SWITCHES", align: "right", rank: 3 },
  { title: "UPCALLS", align: "right", rank: 4 },
  { title: "HYPERCALLS", align: "right", rank: 5 },
  { title: "PAGES", align: "right", rank: 6 },
];

/** One line for each domain. `width`: columns of the terminal; those of less interest are left out when it is narrow. */
export function formatSummary(reports: readonly DomainReport[], paint: Paint, width?: number): string {
  const allNs = reports.reduce((sum, { info }) => sum + info.runningNs, 0);
  const rows = reports.map((report, index) => {
    const { name, info } = report;
    return [
      paint.domain(index)(name),
      endOf(report, paint),
      duration(info.runningNs / 1e6),
      allNs === 0 ? "-" : `${((100 * info.runningNs) / allNs).toFixed(1)} %`,
      brief(info.spentUnits),
      count(info.slices),
      count(info.contextSwitches),
      count(info.upcalls),
      count(info.hypercalls),
      `${info.pages}`,
    ];
  });
  return formatTable(columns, rows, paint, width);
}

/** The summary of a domain that ran alone: a line. */
export function formatAlone(report: DomainReport, paint: Paint): string {
  const { name, info } = report;
  const facts = [
    `${duration(info.runningNs / 1e6)} of CPU time`,
    `${brief(info.spentUnits)} units`,
    some(info.slices, "slice"),
    ...(info.contextSwitches === 0 ? [] : [`${count(info.contextSwitches)} context switches`]),
    ...(info.upcalls === 0 ? [] : [some(info.upcalls, "upcall")]),
    some(info.hypercalls, "hypercall"),
    some(info.pages, "page"),
  ].join(", ");
  return `${paint.dim("●")} ${paint.strong(name)} ${endOf(report, paint)} ${paint.dim(`(${facts})`)}`;
}

/** How a domain ended, in a few words. */
function endOf({ outcome, stuck, info }: DomainReport, paint: Paint): string {
  const rebooted = info.reboots === 0 ? "" : ` after ${some(info.reboots, "reboot")}`;
  return word() + paint.dim(rebooted);

  function word(): string {
    switch (outcome.kind) {
      case "poweroff":
        return outcome.code === 0
          ? paint.good("powered off")
          : paint.warn(`powered off, code ${outcome.code}`);
      case "crash":
        return paint.bad("crashed");
      case "destroyed":
        return stuck ? paint.warn("stuck, destroyed") : "destroyed";
      case "budget":
        return paint.warn("spent its budget");
      case "timeout":
        return paint.warn("timed out");
    }
  }
}
