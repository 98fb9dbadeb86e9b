// This file is shared by asc and tsc and must remain portable; it imports nothing.

/** Ports of the virtual interrupts; event channels are numbered from FIRST_CHANNEL on. */
export enum Virq {
  /** The one-shot timer expired. */
  Timer = 0,
  /** The console has input, or its input ended. */
  Console = 1,
}

/** The first port that is not a virtual interrupt. */
export const FIRST_CHANNEL = 16;
