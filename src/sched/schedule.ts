/** What a vCPU may have. Which of them count, and how, is the scheduler's matter. */
export interface Schedule {
  /** Its part of the time beside others, from 1 to 65,535; 256 is usual. */
  readonly weight: number;
  /** The most that it gets, in percent of a physical CPU, up to 100; 0: no bound. */
  readonly cap: number;
}

export const DEFAULT_SCHEDULE: Schedule = { weight: 256, cap: 0 };

const LARGEST_WEIGHT = 65_535;

/** What is wrong with it; undefined: nothing. */
export function scheduleFault({ weight, cap }: Schedule): string | undefined {
  if (!(Number.isInteger(weight) && weight >= 1 && weight <= LARGEST_WEIGHT)) {
    return `weight is ${weight}: it must be a whole number from 1 to ${LARGEST_WEIGHT}`;
  }
  if (!(cap >= 0 && cap <= 100)) return `cap is ${cap}: it must be a percentage up to 100, 0 for none`;
  return undefined;
}
