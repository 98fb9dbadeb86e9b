import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { buffer } from "node:stream/consumers";
import { type BundledGuest, bundledFile, readCatalogue } from "./catalogue.js";
import { CommandError, ExitCode } from "./exit-codes.js";

/** A module that the command line names. */
export interface ModuleSource {
  /** As it was written, for messages. */
  readonly label: string;
  /** What a domain with it is called when nobody says otherwise. */
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly bundled: BundledGuest | undefined;
}

/**
 * Reads a module: a path of a .wasm or .wat file, `-` for the standard input, or the name of a bundled guest (a file of that
 * name needs a `./` before it). Throws a CommandError.
 */
export async function readModule(text: string): Promise<ModuleSource> {
  const bundled = /^[\w-]+$/.test(text) ? (await readCatalogue()).get(text) : undefined;
  const bytes = new Uint8Array(await readBytes(text, bundled));
  const source = { label: text, name: nameOf(text), bundled };
  if (isBinary(bytes)) return { ...source, bytes };
  if (isWat(text, bytes)) return { ...source, bytes: await assemble(text, bytes) };
  throw new CommandError(
    ExitCode.Refused,
    `${text} is not a WebAssembly module: it does not begin with the bytes 00 61 73 6d, nor is it WebAssembly text`,
  );
}

async function readBytes(text: string, bundled: BundledGuest | undefined): Promise<Uint8Array> {
  if (text === "-") {
    if (process.stdin.isTTY) {
      throw new CommandError(ExitCode.Usage, "-: the standard input is a terminal; pipe a module into it");
    }
    return buffer(process.stdin);
  }
  try {
    return await readFile(bundled === undefined ? text : bundledFile(bundled));
  } catch (cause) {
    throw new CommandError(ExitCode.Refused, await whyUnreadable(text, cause as NodeJS.ErrnoException), {
      cause,
    });
  }
}

async function whyUnreadable(text: string, { code, message }: NodeJS.ErrnoException): Promise<string> {
  if (code === "EISDIR") return `${text} is a folder, not a module`;
  if (code === "EACCES") return `${text} may not be read`;
  if (code !== "ENOENT") return `${text} cannot be read: ${message}`;
  const names = [...(await readCatalogue()).keys()].join(", ");
  return `${text} is neither a file nor a bundled guest; bundled are: ${names}`;
}

function nameOf(text: string): string {
  if (text === "-") return "stdin";
  return (
    basename(text)
      .replace(/\.(wasm|wat)$/, "")
      .replace(/[^\w-]/g, "-")
      .slice(0, 64) || "guest"
  );
}

function isBinary(bytes: Uint8Array): boolean {
  return [0x00, 0x61, 0x73, 0x6d].every((byte, at) => bytes[at] === byte);
}

function isWat(text: string, bytes: Uint8Array): boolean {
  return text.endsWith(".wat") || /^\s*(\(|;)/.test(new TextDecoder().decode(bytes.subarray(0, 1000)));
}

const watFeatures = {
  ...{ exceptions: true, mutable_globals: true, sat_float_to_int: true, sign_extension: true, simd: true },
  ...{ threads: true, multi_value: true, tail_call: true, bulk_memory: true, reference_types: true },
  extended_const: true,
};

async function assemble(path: string, bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const { default: load } = await import("wabt");
  const wabt = await load();
  let module: ReturnType<typeof wabt.parseWat> | undefined;
  try {
    module = wabt.parseWat(path, bytes, watFeatures);
    module.resolveNames();
    // wabt takes features here; its types do not say so.
    (module as { validate(features: object): void }).validate(watFeatures);
    return new Uint8Array(module.toBinary({ write_debug_names: true }).buffer);
  } catch (cause) {
    // The first line that wabt prints is a title of its own.
    const text = (cause as Error).message.replace(/^[^\n]* failed:\n/, "").trimEnd();
    throw new CommandError(ExitCode.Refused, text, { cause });
  } finally {
    module?.destroy();
  }
}
