import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type Domain,
  type DomainOptions,
  Machine,
  type MachineOptions,
  type Outcome,
} from "../../src/node.js";

const folder = fileURLToPath(new URL("../../build/guests/", import.meta.url));

/** What the command line and the page list. */
export const catalogue = JSON.parse(readFileSync(`${folder}catalogue.json`, "utf8")) as {
  name: string;
  title: string;
  language: string;
  file: string;
  memoryPages: number;
  interactive: boolean;
}[];

export function bundled(name: string): Uint8Array {
  return readFileSync(`${folder}${name}.wasm`);
}

/** Gives `use` a machine of deterministic time, closed afterwards. */
export async function withMachine<T>(
  options: MachineOptions,
  use: (machine: Machine) => Promise<T>,
): Promise<T> {
  const machine = await Machine.boot({ deterministic: true, ...options });
  try {
    return await use(machine);
  } finally {
    await machine.close();
  }
}

export interface Ended {
  readonly output: string;
  readonly outcome: Outcome;
}

/** Runs one bundled guest to its end, with the memory that the catalogue says. */
export function runBundled(
  name: string,
  commandLine = "",
  machineOptions: MachineOptions = {},
  domainOptions: Partial<DomainOptions> = {},
): Promise<Ended> {
  return withMachine(machineOptions, async (machine) =>
    ended(await createBundled(machine, name, commandLine, domainOptions)),
  );
}

export function createBundled(
  machine: Machine,
  name: string,
  commandLine = "",
  options: Partial<DomainOptions> = {},
): Promise<Domain> {
  const { memoryPages } = catalogue.find((guest) => guest.name === name)!;
  return machine.create({ module: bundled(name), name, commandLine, memoryPages, ...options });
}

export async function ended(domain: Domain): Promise<Ended> {
  const outcome = await domain.ended;
  return { output: outputOf(domain), outcome };
}

export function outputOf(domain: Domain): string {
  return new TextDecoder().decode(domain.console.output);
}
