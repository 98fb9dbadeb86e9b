// `wv run` behind its options: reads the modules, runs a session, prints what became of it.
import { existsSync } from "node:fs";
import type { Domain } from "../../machine/domain.js";
import type { MachineOptions } from "../../machine/options.js";
import { importsWasi } from "../../toolstack/wasi.js";
import { CommandError, ExitCode } from "../exit-codes.js";
import { type ModuleSource, readModule } from "../module-source.js";
import { saveToFile } from "../snapshot/file.js";
import { paintFor } from "../text.js";
import { CapturedConsoles, type Consoles, MergedConsoles, Output, PlainConsole } from "./consoles.js";
import { formatCrash } from "./crash.js";
import { runDocument } from "./document.js";
import { nameDomains, parseGuestArgument } from "./guest-argument.js";
import type { RunOptions } from "./options.js";
import { exitCodeOf } from "./report.js";
import { checkSchedules, scheduleOf, schedulerOf } from "./schedules.js";
import { type DomainPlan, type NewDomainPlan, Session, type SessionResult } from "./session.js";
import { formatAlone, formatSummary } from "./summary.js";
import { planWasi } from "./wasi.js";

/** Whoever has a command line may load large modules, such as compilers, and wait for them. */
const QUOTAS = { moduleBytes: 256 * 1024 * 1024, translateMs: 300_000 };

interface Planned extends NewDomainPlan {
  readonly source: ModuleSource;
}

/** A domain that is to be saved when it has run for so long. `save` resolves with what to tell. */
export interface Saving {
  readonly afterMs: number;
  readonly save: (domain: Domain) => Promise<string>;
}

/** Runs guests; resolves with the exit code. Throws a CommandError when a module or an option is refused. */
export async function runGuests(
  words: readonly string[],
  passed: readonly string[],
  options: RunOptions,
): Promise<number> {
  const plans = await planDomains(words, passed, options);
  return conduct(plans, await planInput(plans, options), machineOptions(options), options);
}

/** Runs domains and tells of them; resolves with the exit code. */
export async function conduct(
  plans: readonly DomainPlan[],
  inputFor: string | undefined,
  machine: MachineOptions,
  options: Pick<RunOptions, "json" | "quiet">,
  saving?: Saving,
): Promise<number> {
  const { deterministic = false } = machine;
  // A WASI program expects a terminal that edits lines.
  const wasi = plans.some(({ name, wasi }) => name === inputFor && wasi);
  const raw = inputFor !== undefined && process.stdin.isTTY === true && !options.json && !wasi;
  const output = new Output(process.stdout);
  const captured = new CapturedConsoles();
  const paint = paintFor(process.stderr);
  const notice = (text: string) => {
    if (!options.quiet) process.stderr.write(`${output.midLine ? "\n" : ""}${paint.dim(text)}\n`);
  };
  const session = new Session({
    machine,
    plans,
    inputFor,
    raw,
    ahead: deterministic && !raw,
    consoles: options.json ? captured : consolesFor(output, plans, raw ? inputFor : undefined),
    onStart: () => {
      if (raw) notice(`The terminal is ${inputFor}'s now; Ctrl-] takes it back, or saves ${inputFor}.`);
    },
    onEscape: () => notice(`Ctrl-]: s saves ${inputFor}, q takes the terminal back, any other key goes on.`),
    onResume: () => notice("It goes on."),
    saving: saving && {
      ...saving,
      save: async (domain) => notice(await saving.save(domain)),
    },
    onSave: (domain) =>
      saveToFile(domain).then(
        ({ path, size }) =>
          notice(`Saved ${domain.name} as ${path} (${size}): wv restore ${path}. It goes on.`),
        (error: Error) => notice(`${domain.name} was not saved: ${error.message}`),
      ),
    onDetach: () => notice("The terminal is yours again; the guests run on. Ctrl-C ends the run."),
  });
  const result = await session.run();
  const exitCode = exitCodeOf(result.reports, result.stopped, result.detached);
  if (raw && output.wroteEscapes) output.put("\x1b[0m\x1b[?25h");
  if (options.json) {
    const document = runDocument(result, exitCode, deterministic, captured);
    output.put(`${JSON.stringify(document, undefined, 2)}\n`);
  } else {
    tell(result, output, options);
  }
  return exitCode;
}

/** What the words of a command line ask for. */
export async function planDomains(
  words: readonly string[],
  passed: readonly string[],
  options: RunOptions,
): Promise<Planned[]> {
  const sources = new Map<string, ModuleSource>();
  const wanted: { name: string; count: number; guest: string; source: ModuleSource; args: string }[] = [];
  for (const guest of words) {
    const { name, count, module, args } = parseGuestArgument(guest, existsSync);
    const source = sources.get(module) ?? (await readModule(module));
    sources.set(module, source);
    wanted.push({ name: name ?? source.name, count, guest, source, args });
  }
  const names = nameDomains(wanted);
  checkSchedules(options, new Set([...names.flat(), ...wanted.map(({ name }) => name)]));
  const alone = names.flat().length === 1 && !options.json;
  const wasi = new Map<ModuleSource, boolean>();
  for (const { source } of wanted) wasi.set(source, wasi.get(source) ?? (await isWasi(source)));
  return wanted.flatMap(({ name: group, guest, source, args }, index) =>
    names[index]!.map((name) => ({
      wasi: wasi.get(source)
        ? planWasi([source.name, ...(args === "" ? passed : args.split(/\s+/))], options, alone)
        : undefined,
      ...{ name, guest, source, bytes: source.bytes },
      commandLine: args === "" ? passed.join(" ") : args,
      memoryPages: options.memory,
      budget: options.budget,
      timeoutMs: options.timeout,
      verify: options.verify ?? false,
      schedule: scheduleOf(options, name, group),
    })),
  );
}

/** Who gets the standard input. */
export async function planInput(
  plans: readonly Pick<Planned, "name" | "source">[],
  { console }: Pick<RunOptions, "console">,
): Promise<string | undefined> {
  if (console !== undefined) {
    if (console === "none") return undefined;
    if (plans.some(({ name }) => name === console)) return console;
    const names = plans.slice(0, 5).map(({ name }) => name);
    const listed = plans.length > 5 ? `${names.join(", ")}, ..` : names.join(", ");
    throw new CommandError(
      ExitCode.Usage,
      `--console ${console}: there is no such domain; there are: ${listed}`,
    );
  }
  if (plans.some(({ source }) => source.label === "-")) return undefined;
  if (plans.length === 1) return (await canRead(plans[0]!.source)) ? plans[0]!.name : undefined;
  return plans.find(({ source }) => source.bundled?.interactive)?.name;
}

async function isWasi({ bundled, bytes }: ModuleSource): Promise<boolean> {
  return bundled === undefined && (await WebAssembly.compile(bytes).then(importsWasi, () => false));
}

/** A terminal of which nobody reads would be a terminal without Ctrl-C. */
async function canRead({ bundled, bytes }: ModuleSource): Promise<boolean> {
  if (bundled !== undefined) return bundled.interactive ?? false;
  const imports = await WebAssembly.compile(bytes).then(WebAssembly.Module.imports, () => []);
  return imports.some(
    ({ module, name }) =>
      (module === "hv" && (name === "console_read" || name === "hypercall")) ||
      (module.startsWith("wasi_") && name === "fd_read"),
  );
}

export function machineOptions({
  deterministic,
  seed,
  slice,
  quantum,
  scheduler = "credit",
}: Partial<RunOptions>): MachineOptions {
  if (seed !== undefined && !deterministic) {
    throw new CommandError(ExitCode.Usage, "--seed has a meaning with --deterministic alone");
  }
  if (quantum !== undefined && "ms" in quantum && (deterministic || quantum.ms > 1000)) {
    const why = deterministic ? "with --deterministic it is a number of units" : "it is 1s at most";
    throw new CommandError(ExitCode.Usage, `--quantum: ${why}`);
  }
  return {
    deterministic: deterministic ?? false,
    quotas: QUOTAS,
    ...(seed === undefined ? {} : { seed }),
    scheduler: schedulerOf(scheduler, slice),
    ...(quantum === undefined
      ? {}
      : "ms" in quantum
        ? { quantumMs: quantum.ms }
        : { quantumUnits: quantum.units }),
  };
}

function consolesFor(output: Output, plans: readonly DomainPlan[], foreground: string | undefined): Consoles {
  if (plans.length === 1) return new PlainConsole(output);
  const names = plans.map(({ name }) => name);
  const tellsCrashes = process.stdout.isTTY === true;
  return new MergedConsoles(output, names, foreground, paintFor(process.stdout), tellsCrashes);
}

function tell(
  { reports, stopped }: SessionResult,
  output: Output,
  { quiet }: Pick<RunOptions, "quiet">,
): void {
  const paint = paintFor(process.stderr);
  const texts: string[] = [];
  for (const { name, outcome } of reports) {
    if (outcome.kind === "crash") texts.push(formatCrash(name, outcome.record, paint));
  }
  if (!quiet) {
    if (stopped !== undefined) texts.push(paint.warn(`Stopped by ${stopped}.`));
    const width = process.stderr.isTTY ? process.stderr.columns : undefined;
    texts.push(reports.length === 1 ? formatAlone(reports[0]!, paint) : formatSummary(reports, paint, width));
  }
  if (texts.length === 0) return;
  if (output.midLine && process.stderr.isTTY) process.stderr.write("\n");
  process.stderr.write(`${texts.join("\n\n")}\n`);
}
