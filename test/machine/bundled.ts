import { readFile } from "node:fs/promises";

/** The module of a bundled guest. */
export async function guestBytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(new URL(`../../build/guests/${name}.wasm`, import.meta.url)));
}
