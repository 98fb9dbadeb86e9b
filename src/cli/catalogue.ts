import { readFile } from "node:fs/promises";
import { CommandError, ExitCode } from "./exit-codes.js";

/** A guest that comes with wasmvisor. */
export interface BundledGuest {
  readonly name: string;
  /** What it does, then how it is called where it takes arguments. */
  readonly title: string;
  readonly language: string;
  /** The file beside the catalogue. */
  readonly file: string;
  /** Most pages of 64 KiB that it needs. */
  readonly memoryPages: number;
  /** It is made to talk to a person. */
  readonly interactive?: boolean;
}

const folder = new URL("../../build/guests/", import.meta.url);

/** The bundled guests, by name. */
export async function readCatalogue(): Promise<ReadonlyMap<string, BundledGuest>> {
  const url = new URL("catalogue.json", folder);
  let guests: readonly BundledGuest[];
  try {
    guests = JSON.parse(await readFile(url, "utf8")) as readonly BundledGuest[];
  } catch (cause) {
    const message = `${url.pathname} is missing or damaged: run \`npm run build\``;
    throw new CommandError(ExitCode.Internal, message, { cause });
  }
  return new Map(guests.map((guest) => [guest.name, guest]));
}

export function bundledFile(guest: BundledGuest): URL {
  return new URL(guest.file, folder);
}
