import type { RestoreOptions as MachineRestoreOptions } from "../../machine/options.js";
import { CommandError, ExitCode } from "../exit-codes.js";
import { readModule } from "../module-source.js";
import { conduct, planInput } from "../run/command.js";
import { bundledModules, byHash, carriedModules, readSnapshot } from "./file.js";
import type { RestoreOptions } from "./options.js";
import { restoredServices } from "./wasi.js";

/** Goes on with a saved guest; resolves with the exit code. */
export async function restoreFile(path: string, options: RestoreOptions): Promise<number> {
  const { file, snapshot } = await readSnapshot(path);
  const { deterministic, instances, options: before } = snapshot.subject;
  const name = before.name ?? "guest";
  const given = await byHash(await Promise.all((options.module ?? []).map(readModule)));
  const modules = new Map([...(await carriedModules(snapshot, name)), ...(await bundledModules()), ...given]);
  const sources = instances.map(({ hash }) => {
    const source = modules.get(hash);
    if (source !== undefined) return source;
    const message = `${path}: the module with the SHA-256 ${hash} is not in it: give it with --module`;
    throw new CommandError(ExitCode.Refused, message);
  });
  // A kernel and a program above it: an ordinary WASI program.
  const [source, program] = sources;
  const services =
    program && restoredServices(before.commandLine ?? "", options.dir ?? [], options.json ?? false);
  const { memory, budget, timeout, verify } = options;
  const limits: MachineRestoreOptions = {
    ...(memory !== undefined && { memoryPages: memory }),
    ...(budget !== undefined && { budget }),
    ...(timeout !== undefined && { timeoutMs: timeout }),
    ...(verify !== undefined && { verify }),
    ...(services !== undefined && { services }),
    findModule: (hash) => modules.get(hash)?.bytes,
  };
  const plan = {
    name,
    guest: path,
    wasi: program !== undefined,
    source: program ?? source!,
    restored: { file, options: limits },
  };
  const input = await planInput([plan], {});
  return conduct([plan], input, { deterministic }, options);
}
