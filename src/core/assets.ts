import type { AssetName, Platform } from "../base/platform.js";

/** The compiled modules of the library and the platform they came from; load them once, use them everywhere. */
export interface Core {
  readonly platform: Platform;
  readonly translator: WebAssembly.Module;
  readonly runtime: WebAssembly.Module;
  readonly glue: WebAssembly.Module;
}

/** The compiled modules that machines are made of. */
export interface MachineCore {
  readonly platform: Platform;
  readonly translator: WebAssembly.Module;
  readonly glue: WebAssembly.Module;
  readonly hypervisor: WebAssembly.Module;
  readonly hypercalls: WebAssembly.Module;
  readonly stackPointer: WebAssembly.Module;
}

/** Loads and compiles what the library is made of. Rejects when a file is missing. */
export async function loadCore(platform: Platform): Promise<Core> {
  const [translator, runtime, glue] = await compileAll(platform, ["translator", "runtime", "glue"]);
  return { platform, translator: translator!, runtime: runtime!, glue: glue! };
}

const machineCores = new WeakMap<Platform, Promise<MachineCore>>();

/** Loads and compiles what machines are made of, once for each platform. Rejects when a file is missing. */
export function loadMachineCore(platform: Platform): Promise<MachineCore> {
  let core = machineCores.get(platform);
  if (core === undefined) {
    core = loadMachine(platform);
    machineCores.set(platform, core);
    core.catch(() => machineCores.delete(platform));
  }
  return core;
}

async function loadMachine(platform: Platform): Promise<MachineCore> {
  const names = ["translator", "glue", "hypervisor", "hypercalls", "stack-pointer"] as const;
  const [translator, glue, hypervisor, hypercalls, stackPointer] = await compileAll(platform, names);
  return {
    platform,
    translator: translator!,
    glue: glue!,
    hypervisor: hypervisor!,
    hypercalls: hypercalls!,
    stackPointer: stackPointer!,
  };
}

function compileAll(platform: Platform, names: readonly AssetName[]): Promise<WebAssembly.Module[]> {
  return Promise.all(names.map(async (name) => WebAssembly.compile(await platform.loadAsset(name))));
}
