// What a domain needs to run an ordinary WASI program: the kernel of guests/wasi, what the kernel is told, the service Files.
import { WasmvisorError } from "../base/errors.js";
import type { HostFolder } from "../base/host-folder.js";
import type { Platform } from "../base/platform.js";
import { HostFiles } from "../devices/host-files/service.js";
import type { DomainOptions } from "../machine/index.js";

export interface WasiOptions {
  /** The program's own name first. Default: that name is "program". */
  readonly args?: readonly string[];
  /** Its environment. Default: empty. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Folders of the host, by the names that the program finds them under: usually absolute paths. They are closed when the
   * domain ends. What no folder covers is a file system in memory, empty at first.
   */
  readonly folders?: readonly { readonly guest: string; readonly folder: HostFolder }[];
  /** Which of the streams 0, 1 and 2 are terminals. Default: none. */
  readonly terminals?: readonly (0 | 1 | 2)[];
  /** Takes standard error. Default: it goes to the console, as standard output does. */
  readonly onError?: (bytes: Uint8Array) => void | Promise<void>;
}

/** What to create a domain with: add limits, a name, `onOutput`. */
export type WasiDomain = Required<
  Pick<DomainOptions, "module" | "program" | "commandLine" | "services" | "stackBytes">
>;

/** Compilers and interpreters recurse deep. More than this may be more than engines have on their main thread. */
const STACK_BYTES = 640 * 1024;

/** Whether a module is for WASI preview 1, or what was before it. */
export function importsWasi(module: WebAssembly.Module): boolean {
  return WebAssembly.Module.imports(module).some((imported) => imported.module.startsWith("wasi_"));
}

/** For a program that imports WASI preview 1 and exports _start. Throws a WasmvisorError when an option has a NUL, or a variable no name. */
export async function wasiDomain(
  platform: Platform,
  program: Uint8Array | ArrayBuffer,
  options: WasiOptions = {},
): Promise<WasiDomain> {
  const { args = ["program"], env = {}, folders = [], terminals = [], onError } = options;
  // guests/wasi/start.ts reads this.
  const strings = [
    ...args.map((text) => `a${text}`),
    ...Object.entries(env).map(([name, value]) => {
      if (name === "" || name.includes("="))
        fault(`a variable of the environment is named ${JSON.stringify(name)}`);
      return `e${name}=${value}`;
    }),
    ...folders.map(({ guest }) => {
      if (guest === "") fault("a folder has no name for the program");
      return `d${guest}`;
    }),
    `t${terminals.join("")}`,
  ];
  for (const text of strings) {
    if (text.includes("\0")) fault(`${JSON.stringify(text.slice(1, 40))} has a NUL`);
  }
  return {
    module: await platform.loadAsset("wasi"),
    program: { module: program },
    commandLine: `${strings.join("\0")}\0`,
    stackBytes: STACK_BYTES,
    services: { files: new HostFiles({ folders: folders.map(({ folder }) => folder), onError }) },
  };
}

function fault(what: string): never {
  throw new WasmvisorError(`WASI program: ${what}`);
}

/** HOST, HOST::GUEST, and either with :ro behind it; GUEST is HOST when it is not said. */
export function parseFolder(text: string): { host: string; guest: string; readOnly: boolean } {
  const readOnly = text.endsWith(":ro");
  const rest = readOnly ? text.slice(0, -3) : text;
  const at = rest.lastIndexOf("::");
  const [host, guest] = at < 0 ? [rest, rest] : [rest.slice(0, at), rest.slice(at + 2)];
  if (host === "" || guest === "")
    throw new WasmvisorError(`${JSON.stringify(text)}: HOST::GUEST or HOST::GUEST:ro is wanted`);
  return { host, guest, readOnly };
}
