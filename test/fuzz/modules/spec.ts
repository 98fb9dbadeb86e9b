import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface SpecModule {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Every valid module of an assembled set of specification tests (see test/spec), in a fixed order. */
export function readSpecModules(folder: string): SpecModule[] {
  const modules: SpecModule[] = [];
  for (const test of readdirSync(folder).sort()) {
    if (!existsSync(join(folder, test, "script.json"))) continue;
    for (const file of readdirSync(join(folder, test)).sort()) {
      if (!file.endsWith(".wasm")) continue;
      const bytes = new Uint8Array(readFileSync(join(folder, test, file)));
      if (WebAssembly.validate(bytes)) modules.push({ name: `${test}/${file}`, bytes });
    }
  }
  return modules;
}
