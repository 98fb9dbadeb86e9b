// Who may have how much of the CPU: --scheduler, --weight and --cap.
import { createOption, InvalidArgumentError, type Option } from "commander";
import { Credit } from "../../sched/credit.js";
import { RoundRobin } from "../../sched/round-robin.js";
import { DEFAULT_SCHEDULE, type Schedule, scheduleFault } from "../../sched/schedule.js";
import type { Scheduler } from "../../sched/scheduler.js";
import { CommandError, ExitCode } from "../exit-codes.js";

export type SchedulerName = "credit" | "rr";

export interface ScheduleOptions {
  readonly scheduler: SchedulerName;
  /** By the name of a domain, or of all copies of a guest. */
  readonly weight?: ReadonlyMap<string, number>;
  /** The same; percent. */
  readonly cap?: ReadonlyMap<string, number>;
}

export const scheduleOptions = (): Option[] => [
  createOption("--scheduler <name>", "who runs when: credit goes by weights and caps, rr is round robin")
    .choices(["credit", "rr"] satisfies SchedulerName[])
    .default("credit"),
  createOption(
    "--weight <name=number>",
    `the part of the CPU of a guest beside others, 1 to 65535 (default: ${DEFAULT_SCHEDULE.weight})`,
  ).argParser(named("weight")),
  createOption(
    "--cap <name=percent>",
    "the most CPU of a guest, in percent; 0: no bound (default: 0)",
  ).argParser(named("cap")),
];

/** What the domain `name` may have, one of the copies of `group`. */
export function scheduleOf({ weight, cap }: ScheduleOptions, name: string, group: string): Schedule {
  const given = (values?: ReadonlyMap<string, number>) => values?.get(name) ?? values?.get(group);
  return { weight: given(weight) ?? DEFAULT_SCHEDULE.weight, cap: given(cap) ?? DEFAULT_SCHEDULE.cap };
}

/** Throws a CommandError when an option is for somebody who is not there. */
export function checkSchedules(
  { scheduler, weight, cap }: ScheduleOptions,
  names: ReadonlySet<string>,
): void {
  for (const [option, values] of Object.entries({ weight, cap })) {
    if (values === undefined) continue;
    const refuse = (why: string) => {
      throw new CommandError(ExitCode.Usage, `--${option}: ${why}`);
    };
    if (scheduler === "rr") refuse("round robin gives all the same: use --scheduler credit");
    for (const name of values.keys()) if (!names.has(name)) refuse(`there is no domain ${name}`);
  }
}

export function schedulerOf(name: SchedulerName, sliceMs = 10): Scheduler {
  const options = { sliceNs: sliceMs * 1e6 };
  return name === "rr" ? new RoundRobin(options) : new Credit(options);
}

function named(key: keyof Schedule) {
  return (text: string, before: ReadonlyMap<string, number> = new Map()): ReadonlyMap<string, number> => {
    const [, name, digits] = /^(.+)=(\d+(?:\.\d+)?)%?$/.exec(text) ?? [];
    if (name === undefined)
      throw new InvalidArgumentError(`It is NAME=NUMBER: shell=${key === "cap" ? 20 : 512}.`);
    const value = Number(digits);
    const fault = scheduleFault({ ...DEFAULT_SCHEDULE, [key]: value });
    if (fault !== undefined) throw new InvalidArgumentError(`The ${fault}.`);
    return new Map([...before, [name, value]]);
  };
}
