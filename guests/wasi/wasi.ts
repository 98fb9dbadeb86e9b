// The WASI kernel: serves WASI preview 1 to the one program above it, that knows nothing of hypervisors. It is a guest like any
// other: it can be stopped within any call, and all that it knows lies in its own memory. docs/wasi.md says what is served.
//
//   program       imports wasi_snapshot_preview1.*, which are this module's exports
//   this kernel   calls (*.ts here), files in memory; imports hv.*
//   hypervisor    console, clocks, random bytes, the service Files

import { ShutdownReason } from "../../assembly/abi/scheduling";
import { programRun, schedShutdown } from "../lib/as/hv";
import { makeConsole } from "./console";
import { begin } from "./start";
import { makePlaces } from "./walk";

export * from "./calls";
export * from "./descriptors";
export * from "./path-open";
export * from "./paths";
export * from "./read-directory";
export * from "./time";
export * from "./transfer";

/** The exit code when there is not even memory to begin with. */
const NO_MEMORY: i32 = 125;

export function hv_start(): void {
  if (!makeConsole() || !makePlaces() || !begin()) {
    schedShutdown(ShutdownReason.Poweroff, NO_MEMORY);
  }
  programRun();
  schedShutdown(ShutdownReason.Poweroff, 0);
}
