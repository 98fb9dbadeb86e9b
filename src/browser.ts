// wasmvisor in browsers: machines with many guests.
import type { Machine as BootedMachine, MachineOptions } from "./index.js";
import { bootMachine } from "./index.js";
import { browserPlatform } from "./platform/browser/index.js";

export * from "./index.js";

export type Machine = BootedMachine;

/** `await Machine.boot()` makes a machine of this platform. */
export const Machine = {
  /** Rejects with a WasmvisorError when an option is at fault. */
  boot: (options?: MachineOptions): Promise<BootedMachine> => bootMachine(browserPlatform, options),
};
