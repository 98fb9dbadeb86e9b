// node:wasi, called as if a program did: the yardstick.
import { WASI } from "node:wasi";
import type { WasiCalls } from "./driver.js";

type Calls = Record<string, (...args: (number | bigint)[]) => number>;

export class NodeWasi implements WasiCalls {
  readonly memory = new WebAssembly.Memory({ initial: 4 });
  readonly #calls: Calls;

  /** `preopens`: guest paths to folders of the host. */
  constructor(preopens: Record<string, string>) {
    const wasi = new WASI({ version: "preview1", preopens, args: ["program"], returnOnExit: true });
    wasi.initialize({ exports: { memory: this.memory } });
    this.#calls = wasi.wasiImport as Calls;
  }

  call(name: string, ...args: (number | bigint)[]): number {
    return this.#calls[name]!(...args);
  }
}
