/** running: it can run, or waits for something. paused: until unpause(). ended: see `Domain.ended`. */
export type DomainState = "running" | "paused" | "ended";

/** What the vCPU of a domain does. */
export type VcpuState = "running" | "runnable" | "blocked" | "offline";

/** What is known of a domain now, or was when it ended. Counts and times are of all its lives, when it rebooted. */
export interface DomainInfo {
  readonly id: number;
  readonly name: string;
  readonly state: DomainState;
  readonly runState: VcpuState;
  /** Pages of 64 KiB that its memory has. */
  readonly pages: number;
  readonly maximumPages: number;
  readonly contexts: number;
  readonly runningNs: number;
  readonly runnableNs: number;
  readonly blockedNs: number;
  readonly offlineNs: number;
  /** Units of budget. */
  readonly spentUnits: number;
  /** Turns on the physical CPU that the scheduler gave it, however long. */
  readonly slices: number;
  /** How often it was let run; a slice is a chain of quanta. */
  readonly quanta: number;
  readonly hypercalls: number;
  readonly upcalls: number;
  readonly contextSwitches: number;
  readonly reboots: number;
  /** Bytes that the core keeps for it: records, frames, console. */
  readonly coreBytes: number;
}
