import type { DomainInfo } from "../../machine/domain-info.js";
import type { Outcome } from "../../machine/outcome.js";
import { ExitCode } from "../exit-codes.js";

/** What became of a domain. `stuck` says of one that was destroyed that it waited for what could never come. */
export interface DomainReport {
  readonly name: string;
  readonly id: number;
  /** GUEST as the command line has it. */
  readonly guest: string;
  readonly outcome: Outcome;
  readonly stuck: boolean;
  readonly info: DomainInfo;
}

/** Why a run ended before its guests did. */
export type Stopped = "SIGINT" | "SIGTERM" | "SIGHUP";

const signalNumbers: Record<Stopped, number> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/** The exit code of a run; `EXIT_CODE_TEXTS` tells people. */
export function exitCodeOf(
  reports: readonly DomainReport[],
  stopped: Stopped | undefined,
  detached: boolean,
): number {
  if (stopped !== undefined) return 128 + signalNumbers[stopped];
  const ended = (kind: Outcome["kind"]) => reports.some(({ outcome }) => outcome.kind === kind);
  if (ended("crash")) return ExitCode.Crashed;
  if (ended("timeout")) return ExitCode.Timeout;
  if (ended("budget")) return ExitCode.Budget;
  if (!detached && reports.some(({ stuck }) => stuck)) return ExitCode.Failed;
  const codes = reports.flatMap(({ outcome }) => (outcome.kind === "poweroff" ? [outcome.code] : []));
  if (reports.length === 1)
    return codes.map((code) => (code >= 0 && code <= 255 ? code : 255))[0] ?? ExitCode.Ok;
  return codes.every((code) => code === 0) ? ExitCode.Ok : ExitCode.Failed;
}
