import { CommandError, ExitCode } from "../exit-codes.js";

/** A GUEST of the command line: `[NAME=][COUNTx]MODULE [ARGUMENTS]`, one word of the shell's. */
export interface GuestArgument {
  /** undefined: called as the module is. */
  readonly name: string | undefined;
  readonly count: number;
  /** A path, `-`, or the name of a bundled guest. */
  readonly module: string;
  /** What stands behind the first space. */
  readonly args: string;
}

/** How many domains one GUEST may ask for. */
const COUNT_MAX = 100_000;

/**
 * Reads a GUEST; a file whose name looks like a count or has a `=` is reached as `./NAME`. A space ends the module,
 * unless `isFile` knows a file of the whole name. Throws a CommandError.
 */
export function parseGuestArgument(text: string, isFile: (path: string) => boolean): GuestArgument {
  const [, name, called] = text.match(/^([^=/\\. ]*)=(.*)$/s) ?? [undefined, undefined, text];
  const [, digits, rest] = called!.match(/^([1-9]\d*)x(.+)$/s) ?? [undefined, "1", called!];
  const [, module, args] = isFile(rest!) ? [undefined, rest!, ""] : rest!.match(/^(\S*)\s*(.*?)\s*$/s)!;
  const refuse = (why: string): never => {
    throw new CommandError(
      ExitCode.Usage,
      `${text}: ${why}; a guest is [NAME=][COUNTx]MODULE, as in web=hello.wasm or 10xspin`,
    );
  };
  if (name === "") refuse("the name is empty");
  if (name !== undefined && !/^[\w-]{1,64}$/.test(name)) {
    refuse("a name has up to 64 letters, digits, - and _");
  }
  if (module === "") refuse("the module is missing");
  const count = Number(digits);
  if (count > COUNT_MAX) refuse(`at most ${COUNT_MAX} of one guest`);
  return { name, count, module: module!, args: args! };
}

/** Names of the domains: `NAME`, or `NAME-1` and so on where there are several of one. All are different. */
export function nameDomains(
  wanted: readonly { readonly name: string; readonly count: number }[],
): string[][] {
  const totals = new Map<string, number>();
  for (const { name, count } of wanted) totals.set(name, (totals.get(name) ?? 0) + count);
  const used = new Set(totals.keys());
  const numbers = new Map<string, number>();
  return wanted.map(({ name, count }) =>
    Array.from({ length: count }, () => {
      if (totals.get(name) === 1) return name;
      let number = numbers.get(name) ?? 0;
      do number += 1;
      while (used.has(`${name}-${number}`));
      numbers.set(name, number);
      used.add(`${name}-${number}`);
      return `${name}-${number}`;
    }),
  );
}
