import type { DomainInfo } from "../../machine/domain-info.js";
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

/** From so many domains on, those of one guest that ended alike are one line. */
const MANY = 25;

/** A line for each domain. `width`: columns of the terminal; those of less interest are left out when it is narrow. */
export function formatSummary(reports: readonly DomainReport[], paint: Paint, width?: number): string {
  const allNs = sum(reports, (info) => info.runningNs);
  const rows = grouped(reports, paint).map((group) => {
    const total = (count: (info: DomainInfo) => number) => sum(group.reports, count);
    const runningNs = total((info) => info.runningNs);
    return [
      group.name,
      group.end,
      duration(runningNs / 1e6),
      allNs === 0 ? "-" : `${((100 * runningNs) / allNs).toFixed(1)} %`,
      brief(total((info) => info.spentUnits)),
      count(total((info) => info.slices)),
      count(total((info) => info.contextSwitches)),
      count(total((info) => info.upcalls)),
      count(total((info) => info.hypercalls)),
      count(total((info) => info.pages)),
    ];
  });
  return formatTable(columns, rows, paint, width);
}

function grouped(reports: readonly DomainReport[], paint: Paint) {
  const groups = new Map<string, { name: string; end: string; reports: DomainReport[] }>();
  for (const [index, report] of reports.entries()) {
    const end = endOf(report, paint);
    const key = reports.length < MANY ? report.name : `${report.guest}\n${end}`;
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { name: paint.domain(index)(report.name), end, reports: [report] });
    } else {
      group.reports.push(report);
      group.end = `${end}, ${count(group.reports.length)} of them`;
    }
  }
  return [...groups.values()];
}

const sum = (reports: readonly DomainReport[], count: (info: DomainInfo) => number): number =>
  reports.reduce((total, { info }) => total + count(info), 0);

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
  return info.reboots === 0 ? word() : `${word()} after ${some(info.reboots, "reboot")}`;

  function word(): string {
    switch (outcome.kind) {
      case "poweroff":
        return outcome.code === 0
          ? paint.good("powered off")
          : paint.warn(`powered off, code ${outcome.code}`);
      case "crash":
        return paint.bad("crashed");
      case "destroyed":
        return stuck ? paint.warn("waits for ever") : "destroyed";
      case "budget":
        return paint.warn("spent its budget");
      case "timeout":
        return paint.warn("timed out");
    }
  }
}
