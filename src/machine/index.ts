// What the entries of the library show of machines.

export type { Domain, SaveOptions } from "./domain.js";
export type { DomainInfo, DomainState, VcpuState } from "./domain-info.js";
export type { GuestInspection, Inspection } from "./inspection.js";
export { bootMachine, type Machine, type MachineStats, type Settled } from "./machine.js";
export type { ConsoleBackEnd, DomainOptions, MachineOptions, Quotas, RestoreOptions } from "./options.js";
export { DEFAULT_QUOTAS } from "./options.js";
export type { CrashRecord, Outcome } from "./outcome.js";
export type { ServiceBackEnd, Services } from "./services.js";
export type { TraceEvent } from "./trace.js";
