// Host folders of a restored WASI program: no file has them, so they are given anew.
import { HostFiles } from "../../devices/host-files/service.js";
import type { Services } from "../../machine/services.js";
import { openHostFolder } from "../../platform/node/host-folder/index.js";
import { parseFolder } from "../../toolstack/wasi.js";
import { CommandError, ExitCode } from "../exit-codes.js";

/**
 * The services of a WASI program that was started with `commandLine`; `dirs`: its folders, in any order. Files in them that were open
 * are not any more. Throws a CommandError when a folder is missing, or cannot be opened.
 */
export function restoredServices(commandLine: string, dirs: readonly string[], json: boolean): Services {
  const known = commandLine.split("\0").flatMap((text) => (text.startsWith("d") ? [text.slice(1)] : []));
  const given = dirs.map((text) => ({ text, ...parseFolder(text) }));
  for (const { text, guest } of given) {
    if (!known.includes(guest)) {
      throw new CommandError(ExitCode.Usage, `--dir ${text}: the program has no folder ${guest}`);
    }
  }
  const folders = known.map((guest) => {
    const folder = given.find((one) => one.guest === guest);
    if (folder === undefined) {
      throw new CommandError(ExitCode.Usage, `the program has a folder ${guest}: give --dir HOST::${guest}`);
    }
    try {
      return openHostFolder(folder.host, { readOnly: folder.readOnly });
    } catch (cause) {
      throw new CommandError(ExitCode.Usage, `--dir ${folder.text}: ${(cause as Error).message}`, { cause });
    }
  });
  const onError = (bytes: Uint8Array) => void process.stderr.write(bytes);
  return { files: new HostFiles({ folders, ...(json ? {} : { onError }) }) };
}
