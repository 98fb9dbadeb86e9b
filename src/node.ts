// wasmvisor on Node.js: machines with many guests.
import { WasmvisorError } from "./base/errors.js";
import type { Machine as BootedMachine, HostFolder, MachineOptions } from "./index.js";
import { bootMachine } from "./index.js";
import { openHostFolder } from "./platform/node/host-folder/index.js";
import { nodePlatform } from "./platform/node/index.js";
import { parseFolder, type WasiDomain, type WasiOptions, wasiDomain } from "./toolstack/wasi.js";

export * from "./index.js";

export type Machine = BootedMachine;

/** `await Machine.boot()` makes a machine of this platform. */
export const Machine = {
  /** Rejects with a WasmvisorError when an option is at fault. */
  boot: (options?: MachineOptions): Promise<BootedMachine> => bootMachine(nodePlatform, options),
};

export interface NodeWasiOptions extends WasiOptions {
  /** Folders of the host, each as HOST::GUEST, with :ro behind it when it is to be read only; GUEST is what the program calls it. */
  readonly dirs?: readonly string[];
}

/**
 * What to create a domain with for an ordinary WASI program (docs/wasi.md): add limits, a name, `onOutput`. Rejects with a
 * WasmvisorError when an option is at fault, or a folder cannot be opened.
 */
export async function wasiProgram(
  program: Uint8Array | ArrayBuffer,
  { dirs = [], folders = [], ...options }: NodeWasiOptions = {},
): Promise<WasiDomain> {
  const opened = [...folders];
  try {
    for (const { host, guest, readOnly } of dirs.map(parseFolder)) {
      opened.push({ guest, folder: openFolder(host, readOnly) });
    }
    return await wasiDomain(nodePlatform, program, { ...options, folders: opened });
  } catch (error) {
    for (const { folder } of opened.slice(folders.length)) folder.close();
    throw error;
  }
}

function openFolder(host: string, readOnly: boolean): HostFolder {
  try {
    return openHostFolder(host, { readOnly });
  } catch (cause) {
    throw new WasmvisorError(`${host} cannot be opened as a folder: ${(cause as Error).message}`, { cause });
  }
}
