import type { Platform } from "../base/platform.js";

/** The compiled modules of the library and the platform they came from; load them once, use them everywhere. */
export interface Core {
  readonly platform: Platform;
  readonly translator: WebAssembly.Module;
  readonly runtime: WebAssembly.Module;
  readonly glue: WebAssembly.Module;
}

/** Loads and compiles what the library is made of. Rejects when a file is missing. */
export async function loadCore(platform: Platform): Promise<Core> {
  const compile = async (name: "translator" | "runtime" | "glue") =>
    WebAssembly.compile(await platform.loadAsset(name));
  const [translator, runtime, glue] = await Promise.all([
    compile("translator"),
    compile("runtime"),
    compile("glue"),
  ]);
  return { platform, translator, runtime, glue };
}
