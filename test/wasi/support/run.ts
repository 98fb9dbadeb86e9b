// Runs a WASI program in a machine, or under node:wasi; tells what it wrote and how it ended.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WASI } from "node:wasi";
import {
  type DomainOptions,
  Machine,
  type MachineOptions,
  type NodeWasiOptions,
  wasiProgram,
} from "../../../src/node.js";

export function program(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`../programs/${name}.wasm`, import.meta.url)));
}

export interface Ran {
  code: number | string;
  stdout: string;
  stderr: string;
}

export interface RunOptions extends NodeWasiOptions {
  readonly input?: string;
  readonly machine?: MachineOptions;
  readonly domain?: Partial<DomainOptions>;
}

export async function run(wasm: Uint8Array, options: RunOptions = {}): Promise<Ran> {
  const { input = "", machine: machineOptions = {}, domain: domainOptions = {}, ...wasi } = options;
  const machine = await Machine.boot(machineOptions);
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  try {
    const parts = await wasiProgram(wasm, {
      ...wasi,
      onError: (bytes) => void stderr.push(Buffer.from(bytes)),
    });
    const domain = await machine.create({
      ...parts,
      ...domainOptions,
      onOutput: (bytes) => void stdout.push(Buffer.from(bytes)),
    });
    domain.console.write(input);
    domain.console.end();
    const outcome = await domain.ended;
    return {
      code:
        outcome.kind === "poweroff"
          ? outcome.code
          : outcome.kind === "crash"
            ? outcome.record.message
            : outcome.kind,
      stdout: Buffer.concat(stdout).toString(),
      stderr: Buffer.concat(stderr).toString(),
    };
  } finally {
    await machine.close();
  }
}

/** The same under node:wasi. */
export async function runUnderNode(
  wasm: Uint8Array<ArrayBuffer>,
  { args = ["program"], env = {}, input = "" }: RunOptions,
  preopens: Record<string, string>,
): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), "wv-wasi-"));
  const file = (name: string) => join(folder, name);
  writeFileSync(file("in"), input);
  const [stdin, stdout, stderr] = [
    openSync(file("in"), "r"),
    openSync(file("out"), "w"),
    openSync(file("err"), "w"),
  ];
  const wasi = new WASI({
    version: "preview1",
    args: [...args],
    env,
    preopens,
    stdin,
    stdout,
    stderr,
    returnOnExit: true,
  });
  const instance = await WebAssembly.instantiate(
    await WebAssembly.compile(wasm),
    wasi.getImportObject() as WebAssembly.Imports,
  );
  const code = wasi.start(instance);
  for (const fd of [stdin, stdout, stderr]) closeSync(fd);
  const ran = { code, stdout: readFileSync(file("out"), "utf8"), stderr: readFileSync(file("err"), "utf8") };
  rmSync(folder, { recursive: true });
  return ran;
}
