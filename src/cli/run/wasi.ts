// `wv run` of an ordinary WASI program: what it is given of the host.
import { once } from "node:events";
import { WasmvisorError } from "../../base/errors.js";
import { type WasiDomain, type WasiOptions, wasiProgram } from "../../node.js";
import { parseFolder } from "../../toolstack/wasi.js";
import { CommandError, ExitCode } from "../exit-codes.js";

/** What the command line says for WASI programs. */
export interface WasiPlan {
  /** The program's own name first. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** HOST::GUEST[:ro] */
  readonly dirs: readonly string[];
  readonly terminals: readonly (0 | 1 | 2)[];
  /** Standard error goes where ours goes; else it goes to the console. */
  readonly errorApart: boolean;
}

export function planWasi(
  args: readonly string[],
  options: { readonly env?: readonly string[]; readonly dir?: readonly string[] },
  alone: boolean,
): WasiPlan {
  const env: Record<string, string> = {};
  const terminals = ([0, 1, 2] as const).filter((fd) => alone && streams[fd].isTTY === true);
  const { columns, rows } = process.stdout;
  if (terminals.includes(1)) {
    if (columns > 0 && rows > 0) Object.assign(env, { COLUMNS: `${columns}`, LINES: `${rows}` });
    if (process.env.TERM) env.TERM = process.env.TERM;
  }
  for (const text of options.env ?? []) {
    const at = text.indexOf("=");
    if (at < 1) throw new CommandError(ExitCode.Usage, `--env ${text}: NAME=VALUE is wanted`);
    env[text.slice(0, at)] = text.slice(at + 1);
  }
  return { args, env, dirs: options.dir ?? [], terminals, errorApart: alone };
}

const streams = [process.stdin, process.stdout, process.stderr] as const;

/** Rejects with a CommandError when a folder cannot be opened. */
export async function wasiDomainOf(bytes: Uint8Array<ArrayBuffer>, plan: WasiPlan): Promise<WasiDomain> {
  const { args, env, dirs, terminals, errorApart } = plan;
  const onError: WasiOptions["onError"] = async (part) => {
    if (!process.stderr.write(part)) await once(process.stderr, "drain");
  };
  try {
    for (const text of dirs) parseFolder(text);
    return await wasiProgram(bytes, { args, env, dirs, terminals, ...(errorApart && { onError }) });
  } catch (error) {
    if (!(error instanceof WasmvisorError)) throw error;
    throw new CommandError(ExitCode.Usage, `--dir or --env: ${error.message}`, { cause: error });
  }
}
