// What a snapshot says about its domain as a whole: section Subject, as JSON. The state is in the other sections.

import { SnapshotError } from "../base/errors.js";
import { DEFAULT_SCHEDULE } from "../sched/schedule.js";
import type { DomainOptions, DomainSettings } from "./options.js";

export const LIBRARY_NAME = "wasmvisor";
/** A Subject is at most this long: a command line of 64 KiB is six times as long when all its bytes are escaped. */
const SUBJECT_BYTES = 524_288;

/** One instance of the domain: the guest is number 1, a program above it number 2. */
export interface InstanceSubject {
  readonly number: number;
  /** SHA-256 of the original module, hexadecimal. */
  readonly hash: string;
}

export interface Subject {
  readonly kind: "domain";
  /** Whether it was saved on a machine in deterministic mode, which translates differently. */
  readonly deterministic: boolean;
  /** What the domain was created with, and may be created with again. */
  readonly options: Omit<DomainOptions, "module" | "program" | "services" | "onOutput" | "paused" | "verify">;
  readonly instances: readonly InstanceSubject[];
  readonly reboots: number;
  /** What earlier lives counted, and the slices of the present one, of which the core knows nothing. */
  readonly before: LifeCounts | undefined;
}

/** What is added up over all lives of a domain; times in ns. */
export type LifeCounts = Readonly<Record<(typeof lifeCounts)[number], number>>;

export const lifeCounts = [
  "runningNs",
  "runnableNs",
  "blockedNs",
  "offlineNs",
  "spentUnits",
  "slices",
  "quanta",
  "hypercalls",
  "upcalls",
  "contextSwitches",
] as const;

/** `timeoutNs`: what is left of it. */
export function optionsOf(settings: DomainSettings, timeoutNs: number): Subject["options"] {
  const {
    name,
    memoryPages,
    contextsMax,
    tableElements,
    stackBytes,
    frameBytes,
    allFrameBytes,
    commandLine,
    budget,
    schedule: { weight, cap },
  } = settings;
  return {
    ...{ name, contextsMax, tableElements, stackBytes, frameBytes, allFrameBytes, commandLine },
    ...(memoryPages !== undefined && { memoryPages }),
    ...(weight !== DEFAULT_SCHEDULE.weight && { weight }),
    ...(cap !== DEFAULT_SCHEDULE.cap && { cap }),
    ...(budget !== Number.POSITIVE_INFINITY && { budget }),
    ...(timeoutNs !== Number.POSITIVE_INFINITY && { timeoutMs: timeoutNs / 1e6 }),
  };
}

export function writeSubject(subject: Subject): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(subject));
}

/**
 * Throws a SnapshotError when the shape is wrong. The values of the options are checked like anybody's, when the domain
 * is created.
 */
export function readSubject(bytes: Uint8Array): Subject {
  const refuse = (what: string): never => {
    throw new SnapshotError(`section Subject: ${what}`);
  };
  if (bytes.length > SUBJECT_BYTES)
    refuse(`it has ${bytes.length} bytes, at most ${SUBJECT_BYTES} are allowed`);
  let subject: unknown;
  try {
    subject = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return refuse("it is not JSON");
  }
  const { kind, deterministic, options, instances, reboots, before } =
    record(subject) ?? refuse("it is not an object");
  if (kind !== "domain") refuse("it is not of a domain");
  if (typeof deterministic !== "boolean" || !isCount(reboots)) refuse("a field is of another type");
  const given = record(options) ?? refuse("it has no options");
  const texts = ["name", "commandLine"];
  const numbers = [
    ...["memoryPages", "contextsMax", "tableElements", "stackBytes", "frameBytes", "allFrameBytes"],
    ...["budget", "timeoutMs", "weight", "cap"],
  ];
  for (const [name, value] of Object.entries(given)) {
    const wanted = texts.includes(name) ? "string" : numbers.includes(name) ? "number" : undefined;
    if (typeof value !== wanted) refuse(`option ${name} is unknown or of another type`);
  }
  const counts = before === undefined ? {} : (record(before) ?? refuse("what was counted is not an object"));
  if (before !== undefined && !lifeCounts.every((name) => isCount(counts[name]))) {
    refuse("what was counted before is not all numbers");
  }
  if (!Array.isArray(instances) || instances.length < 1 || instances.length > 2) {
    return refuse("it has no instances, or more than two");
  }
  for (const [index, instance] of instances.entries()) {
    const { number, hash } = record(instance) ?? refuse("an instance is not an object");
    if (number !== index + 1 || typeof hash !== "string" || !/^[0-9a-f]{64}$/.test(hash)) {
      refuse(`instance ${index + 1} is not described`);
    }
  }
  return subject as Subject;
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
