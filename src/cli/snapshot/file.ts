// Snapshots as files of the command line: which modules they need not carry, and under which name one is put away.
import { readFile, writeFile } from "node:fs/promises";
import { sha256 } from "../../base/digest.js";
import { SnapshotError } from "../../base/errors.js";
import type { Domain } from "../../machine/domain.js";
import { Snapshot } from "../../machine/restoring.js";
import { nodePlatform } from "../../platform/node/index.js";
import { readCatalogue } from "../catalogue.js";
import { CommandError, ExitCode } from "../exit-codes.js";
import { type ModuleSource, readModule } from "../module-source.js";
import { bytes as sized } from "../text.js";

export const EXTENSION = ".wvsnap";
/** A module of a snapshot may have so many bytes; machines have the last word. */
const MODULE_BYTES = 2 ** 30;

/** Modules by the SHA-256 of the original, hexadecimal. */
export type Modules = ReadonlyMap<string, ModuleSource>;

/** The bundled guests and the kernel of WASI programs. */
export async function bundledModules(): Promise<Modules> {
  const wasi = {
    label: "wasi",
    name: "wasi",
    bytes: await nodePlatform.loadAsset("wasi"),
    bundled: undefined,
  };
  const names = [...(await readCatalogue()).keys()];
  return byHash([wasi, ...(await Promise.all(names.map(readModule)))]);
}

export async function byHash(sources: readonly ModuleSource[]): Promise<Modules> {
  return new Map(
    await Promise.all(sources.map(async (source) => [await sha256(source.bytes), source] as const)),
  );
}

/** A snapshot's file. Throws a CommandError when it cannot be read, or is none. */
export async function readSnapshot(path: string): Promise<{ file: Uint8Array; snapshot: Snapshot }> {
  let file: Uint8Array;
  try {
    file = await readFile(path);
  } catch (cause) {
    throw new CommandError(ExitCode.Refused, `${path} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
  try {
    return { file, snapshot: new Snapshot(file) };
  } catch (cause) {
    if (!(cause instanceof SnapshotError)) throw cause;
    throw new CommandError(ExitCode.Refused, `${path}: ${cause.message}`, { cause });
  }
}

/** The modules that a snapshot carries. Throws a SnapshotError. */
export async function carriedModules(snapshot: Snapshot, name: string): Promise<Modules> {
  const carried = await snapshot.modules(nodePlatform.compression, MODULE_BYTES);
  return new Map(
    [...carried].map(([hash, bytes]) => [
      hash,
      { label: name, name, bytes: new Uint8Array(bytes), bundled: undefined },
    ]),
  );
}

export interface SaveFileOptions {
  /** Undefined: NAME.wvsnap, or NAME-2.wvsnap and so on, here. */
  readonly path?: string;
  /** Also put modules into the file that come with wasmvisor. */
  readonly withAll?: boolean;
  /** End the domain once it is copied. */
  readonly destroy?: boolean;
}

/** Saves a domain; resolves with the file's path and size. Throws a CommandError when it cannot be written. */
export async function saveToFile(
  domain: Domain,
  options: SaveFileOptions = {},
): Promise<{ path: string; size: string }> {
  const bundled = await bundledModules();
  const file = await domain.save({
    destroy: options.destroy ?? false,
    withModules: (hash) => (options.withAll ?? false) || !bundled.has(hash),
  });
  const size = sized(file.length);
  if (options.path !== undefined) return { path: await put(options.path, file, "w"), size };
  for (let number = 1; ; number++) {
    const path = `${domain.name}${number === 1 ? "" : `-${number}`}${EXTENSION}`;
    try {
      return { path: await put(path, file, "wx"), size };
    } catch (error) {
      if (((error as Error).cause as NodeJS.ErrnoException | undefined)?.code !== "EEXIST") throw error;
    }
  }
}

async function put(path: string, file: Uint8Array, flag: "w" | "wx"): Promise<string> {
  try {
    await writeFile(path, file, { flag });
    return path;
  } catch (cause) {
    throw new CommandError(ExitCode.Usage, `${path} cannot be written: ${(cause as Error).message}`, {
      cause,
    });
  }
}
