import type { CrashRecord, Outcome } from "../../machine/outcome.js";
import type { Capture, CapturedConsoles } from "./consoles.js";
import type { DomainReport } from "./report.js";
import type { SessionResult } from "./session.js";

/** What a guest wrote: text when it is UTF-8, else base64. */
interface ConsoleDocument {
  readonly encoding: "utf8" | "base64";
  readonly data: string;
  /** Bytes that were written; `data` has at most the first 16 MiB of them. */
  readonly bytes: number;
}

/** What `wv run --json` prints: times in ns, memory in pages of 64 KiB, budgets in units. */
export interface RunDocument {
  readonly exitCode: number;
  readonly deterministic: boolean;
  /** The signal that ended the run. */
  readonly stoppedBy?: string;
  readonly domains: readonly (Omit<DomainReport, "info" | "outcome" | "id" | "name"> &
    DomainReport["info"] & { readonly outcome: OutcomeDocument; readonly console: ConsoleDocument })[];
  /** What depends on the machine that it ran on; not in deterministic mode. */
  readonly host?: SessionResult["stats"];
}

type OutcomeDocument =
  | { readonly kind: Exclude<Outcome["kind"], "crash" | "poweroff"> }
  | { readonly kind: "poweroff"; readonly code: number }
  | ({ readonly kind: "crash" } & CrashRecord);

export function runDocument(
  { reports, stopped, stats }: SessionResult,
  exitCode: number,
  deterministic: boolean,
  consoles: CapturedConsoles,
): RunDocument {
  return {
    exitCode,
    deterministic,
    ...(stopped === undefined ? {} : { stoppedBy: stopped }),
    domains: reports.map(({ name, guest, outcome, stuck, info }) => ({
      ...info,
      guest,
      outcome: outcome.kind === "crash" ? { kind: "crash", ...outcome.record } : outcome,
      stuck,
      console: consoleDocument(consoles.of(name)),
    })),
    ...(deterministic ? {} : { host: stats }),
  };
}

function consoleDocument(capture: Capture): ConsoleDocument {
  const { bytes, total } = capture;
  try {
    const data = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { encoding: "utf8", data, bytes: total };
  } catch {
    return { encoding: "base64", data: bytes.toString("base64"), bytes: total };
  }
}
