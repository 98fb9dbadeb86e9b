import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import type { Stats } from "../checker/index.js";
import type { Translated } from "../core/translate.js";
import { CommandError, ExitCode } from "./exit-codes.js";
import { type ModuleSource, readModule } from "./module-source.js";
import { count, duration, paintFor, some } from "./text.js";

interface Options {
  readonly output: string;
  readonly stats?: boolean;
  readonly verify?: boolean;
  readonly deterministic?: boolean;
}

/** `wv translate`: what the translator makes of a module, as a file. */
export function addTranslate(program: Command): void {
  program
    .command("translate")
    .summary("rewrite a module as the hypervisor would")
    .description(
      "Rewrite a module so that it is metered and can be stopped anywhere, as the hypervisor does when it loads one.",
    )
    .argument("<module>", "a .wasm or .wat file, a bundled guest, or - for the standard input")
    .requiredOption(
      "-o, --output <out>",
      "where to write the translated module, or - for the standard output",
    )
    .option("--deterministic", "the same NaNs on every engine, and growth that fails by quota alone")
    .option("--verify", "let the independent checker verify the result; nothing is written when it fails")
    .option("--stats", "print what was found and done (to the standard error)")
    .action(translateFile);
}

async function translateFile(input: string, options: Options): Promise<void> {
  if (options.output === "-" && process.stdout.isTTY) {
    throw new CommandError(
      ExitCode.Usage,
      "-o -: the standard output is a terminal; name a file, or pipe it",
    );
  }
  const source = await readModule(input);
  const { translate } = await import("../translator.js");
  const startedAt = performance.now();
  const translated = inContext(source, () =>
    translate(source.bytes, { deterministic: options.deterministic ?? false }),
  );
  const tookMs = performance.now() - startedAt;
  await refuseInvalid(source, translated);

  const checked = options.verify ? await check(source, translated) : undefined;
  if (options.output === "-") process.stdout.write(translated.bytes);
  else await write(options.output, translated.bytes);
  if (options.stats) process.stderr.write(`${describe(source, translated, tookMs, checked)}\n`);
}

/** The translator takes what it is given for valid: the engine says whether it was. */
async function refuseInvalid({ label, bytes }: ModuleSource, translated: Translated): Promise<void> {
  if (WebAssembly.validate(translated.bytes)) return;
  try {
    await WebAssembly.compile(bytes);
  } catch (cause) {
    const message = (cause as Error).message.replace(/^WebAssembly\.compile\(\): /, "");
    throw new CommandError(ExitCode.Refused, `${label} is not valid: ${message}`, { cause });
  }
  throw new Error(`the engine refuses the translation of ${label}, which is valid`);
}

async function check({ label }: ModuleSource, { bytes }: Translated): Promise<Stats> {
  const { assertVerified } = await import("../checker/index.js");
  try {
    return assertVerified(bytes);
  } catch (cause) {
    throw new CommandError(ExitCode.Internal, `${label}: ${(cause as Error).message}\nPlease report this.`, {
      cause,
    });
  }
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes);
  } catch (cause) {
    throw new CommandError(ExitCode.Usage, `${path} cannot be written: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** Runs `act`; what it throws says which file it was about. */
export function inContext<T>({ label }: ModuleSource, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw new CommandError(ExitCode.Refused, `${label}: ${(cause as Error).message}`, { cause });
  }
}

function describe(
  { label, bytes }: ModuleSource,
  { bytes: output, manifest }: Translated,
  tookMs: number,
  checked: Stats | undefined,
): string {
  const paint = paintFor(process.stderr);
  const megabytesPerSecond = bytes.length / 1000 / tookMs;
  const { functions } = manifest;
  const suspendable = functions.filter((one) => one.suspendable).length;
  const lines: [string, string][] = [
    [
      "size",
      `${count(bytes.length)} -> ${count(output.length)} bytes, ${(output.length / bytes.length).toFixed(2)} times`,
    ],
    ["time", `${duration(tookMs)}, ${megabytesPerSecond.toFixed(1)} MB/s`],
    [
      "functions",
      `${count(functions.length)}, of which ${count(suspendable)} can be stopped, at ${some(manifest.gidCount, "point")}`,
    ],
    ["imports", some(manifest.functionImports.length, "function")],
  ];
  if (checked !== undefined) {
    lines.push([
      "checker",
      `it holds: ${count(checked.instructions)} instructions, ${some(checked.loops, "loop")}`,
    ]);
  }
  const title = paint.heading(label);
  return [title, ...lines.map(([name, text]) => `  ${paint.dim(name.padEnd(10))} ${text}`)].join("\n");
}
