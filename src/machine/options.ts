import { DomainRefused, type Refusal, WasmvisorError } from "../base/errors.js";
import { largestStackAccount } from "../core/native-stack.js";
import { DEFAULT_SCHEDULE, type Schedule, scheduleFault } from "../sched/schedule.js";
import type { Scheduler } from "../sched/scheduler.js";
import type { Services } from "./services.js";

/** Caps that hold for each domain of a machine, whatever is asked for. */
export interface Quotas {
  /** Bytes of an original module. */
  readonly moduleBytes: number;
  /** How long the translation of a module may take, in ms; then its Worker is ended. */
  readonly translateMs: number;
  /** Elements that the tables of a domain may have together. */
  readonly tableElements: number;
  /** Domains that exist at a time. */
  readonly domains: number;
}

export const DEFAULT_QUOTAS: Quotas = {
  moduleBytes: 32 * 1024 * 1024,
  translateMs: 30_000,
  tableElements: 131_072,
  domains: 65_536,
};

export interface MachineOptions {
  /** Pages of 64 KiB that the memories of all domains may have together. Default: 65,536 (4 GiB). */
  readonly memoryPages?: number;
  /** Who runs when. Default: Credit with slices of `sliceMs`. */
  readonly scheduler?: Scheduler;
  /**
   * The same domains, created in the same order with the same input, do exactly the same each time, on every engine: the
   * clock is virtual (1 ns for each unit of budget that anybody spends; it jumps to the next deadline when all sleep),
   * random bytes come from `seed`, quanta have `quantumUnits`. The machine stands still while a domain is being
   * created. Input must come at points that repeat: before the first turn of the event loop after a domain was created, from an
   * `onOutput`, or when `settled()` has said "idle".
   */
  readonly deterministic?: boolean;
  /** Where random bytes begin in deterministic mode. Default: 1. */
  readonly seed?: number;
  /** Wall clock at machine time 0, in ns since 1970. Default: now; in deterministic mode 2000-01-01. */
  readonly wallClockNs?: number;
  /** Length of the default scheduler's slices. Default: 10. */
  readonly sliceMs?: number;
  /** The longest that guests hold the event loop. Default: 1. */
  readonly quantumMs?: number;
  /** Units of a quantum, instead of as many as run in `quantumMs`. Default in deterministic mode: 1,000,000. */
  readonly quantumUnits?: number;
  readonly quotas?: Partial<Quotas>;
  /** Entries of the trace, a power of two. Default: 4096. */
  readonly traceEntries?: number;
}

/** Takes console output; false: not now. */
export type ConsoleBackEnd = ((bytes: Uint8Array) => void) | ((bytes: Uint8Array) => boolean);

export interface DomainOptions {
  /** The original module. */
  readonly module: Uint8Array | ArrayBuffer;
  /** At most 64 bytes of UTF-8. Default: domain-ID. */
  readonly name?: string;
  /** Pages of 64 KiB that its memory may have. Default: what the module declares at most, but no more than 256. */
  readonly memoryPages?: number;
  /** Contexts that it may have at a time. Default: 256. */
  readonly contextsMax?: number;
  /** Elements that its tables may have together. Default: `quotas.tableElements`. */
  readonly tableElements?: number;
  /** Stack account of each context, in bytes of native stack; at most `machine.stats().largestStackBytes`. Default: 384 KiB. */
  readonly stackBytes?: number;
  /** Bytes that the frames of each suspended context may take. Default: twice `stackBytes`. */
  readonly frameBytes?: number;
  /** Bytes that the frames of all its contexts may take together. Default: 16 MiB, or `frameBytes` when that is more. */
  readonly allFrameBytes?: number;
  /** At most 65,536 bytes of UTF-8. */
  readonly commandLine?: string;
  /**
   * A program above `module`, which is its kernel then (docs/core.md, section 5). It imports functions that the kernel exports;
   * `memoryPages` and `tableElements` are for both. Default of `memoryPages` then: 16,384.
   */
  readonly program?: { readonly module: Uint8Array | ArrayBuffer };
  /** Services of the host that it may call. Default: none. */
  readonly services?: Services;
  /** Its part of the CPU beside others, from 1 to 65,535, if the scheduler knows weights. Default: 256. */
  readonly weight?: number;
  /** The most CPU that it gets, in percent, if the scheduler knows caps; 0: no bound. Default: 0. */
  readonly cap?: number;
  /** Units that it may spend in all; then it ends. Default: no bound. */
  readonly budget?: number;
  /** Machine time after which it ends. Default: no bound. */
  readonly timeoutMs?: number;
  /** Create it paused: it runs after `unpause()`. */
  readonly paused?: boolean;
  /** Have the independent checker look at the translated module first. */
  readonly verify?: boolean;
  /**
   * Takes console output. Returns false when it cannot take it now: the same bytes are offered again after
   * `console.drain()`, and the guest waits once its console is full. What it throws is reported as an uncaught error.
   */
  readonly onOutput?: ConsoleBackEnd;
}

/** What may be said otherwise than in the snapshot. */
export type RestoreOptions = Partial<Omit<DomainOptions, "module" | "program">> & {
  /** The original module of this SHA-256 (hexadecimal), if it is at hand; else the snapshot must carry it. */
  readonly findModule?: (hash: string) => Promise<Uint8Array | undefined> | Uint8Array | undefined;
};

/** MachineOptions with all defaults filled in. */
export interface MachineSettings {
  readonly memoryPages: number;
  readonly deterministic: boolean;
  readonly seed: number;
  readonly wallClockNs: number;
  readonly sliceNs: number;
  readonly quantumNs: number;
  readonly quantumUnits: number | undefined;
  readonly quotas: Quotas;
  readonly traceEntries: number;
  /** Bytes that the stack accounts of domains may have: this thread's native stack bears no more. */
  readonly largestStackBytes: number;
}

/** DomainOptions but module and back-end, with all defaults filled in that do not depend on the module. */
export interface DomainSettings {
  readonly name: string;
  /** Undefined: see DomainOptions. */
  readonly memoryPages: number | undefined;
  readonly contextsMax: number;
  readonly tableElements: number;
  readonly stackBytes: number;
  readonly frameBytes: number;
  readonly allFrameBytes: number;
  readonly commandLine: string;
  readonly budget: number;
  readonly timeoutNs: number;
  readonly schedule: Schedule;
}

const LARGEST_PAGES = 65_536;
/** The largest region of the core's memory. */
const LARGEST_FRAME_BYTES = 1 << 26;
const LARGEST_I32 = 0x7fff_ffff;
const NAME_BYTES = 64;
const COMMAND_LINE_BYTES = 65_536;
const DEFAULT_STACK_BYTES = 384 * 1024;
const DEFAULT_ALL_FRAME_BYTES = 16 * 1024 * 1024;
const YEAR_2000_NS = 946_684_800_000 * 1e6;

/** Throws a WasmvisorError that names the option at fault. */
export function machineSettings(options: MachineOptions): MachineSettings {
  const fault = (message: string) => {
    throw new WasmvisorError(message);
  };
  const number = checker(fault);
  const deterministic = options.deterministic ?? false;
  const quotas = { ...DEFAULT_QUOTAS, ...options.quotas };
  number("quotas.moduleBytes", quotas.moduleBytes, 8, 2 ** 30);
  number("quotas.tableElements", quotas.tableElements, 0, 10_000_000);
  number("quotas.domains", quotas.domains, 0, 500_000);
  if (!(quotas.translateMs > 0)) fault(`quotas.translateMs is ${quotas.translateMs}: it must be above 0`);
  const sliceMs = options.sliceMs ?? 10;
  if (!(sliceMs > 0)) fault(`sliceMs is ${sliceMs}: it must be above 0`);
  const quantumMs = options.quantumMs ?? 1;
  if (!(quantumMs > 0 && quantumMs <= 1000))
    fault(`quantumMs is ${quantumMs}: it must be above 0, at most 1000`);
  const quantumUnits = options.quantumUnits ?? (deterministic ? 1_000_000 : undefined);
  if (quantumUnits !== undefined) number("quantumUnits", quantumUnits, 1, 2 ** 30);
  const traceEntries = number("traceEntries", options.traceEntries ?? 4096, 1, 1 << 20);
  if ((traceEntries & (traceEntries - 1)) !== 0)
    fault(`traceEntries is ${traceEntries}: it must be a power of two`);
  return {
    memoryPages: number("memoryPages", options.memoryPages ?? LARGEST_PAGES, 0, 2 ** 32),
    deterministic,
    seed: number("seed", options.seed ?? 1, 0, Number.MAX_SAFE_INTEGER),
    wallClockNs: options.wallClockNs ?? (deterministic ? YEAR_2000_NS : Date.now() * 1e6),
    sliceNs: sliceMs * 1e6,
    quantumNs: quantumMs * 1e6,
    quantumUnits,
    quotas,
    traceEntries,
    largestStackBytes: largestStackAccount(),
  };
}

/** Throws a DomainRefused that names the option at fault. */
export function domainSettings(options: DomainOptions, id: number, machine: MachineSettings): DomainSettings {
  const { largestStackBytes, quotas } = machine;
  const name = options.name ?? `domain-${id}`;
  const fault = (message: string) => {
    const refusal: Refusal = { reason: "option", message };
    throw new DomainRefused(JSON.stringify(name), [refusal]);
  };
  const number = checker(fault);
  const text = (option: string, value: string, most: number) => {
    const length = new TextEncoder().encode(value).length;
    if (length > most) fault(`${option} has ${length} bytes of UTF-8: at most ${most} are allowed`);
    return value;
  };
  const stackBytes = number("stackBytes", options.stackBytes ?? DEFAULT_STACK_BYTES, 1024, LARGEST_I32);
  if (stackBytes > largestStackBytes) {
    fault(
      `stackBytes is ${stackBytes}, more than the ${largestStackBytes} that the native stack of this thread bears: ` +
        "ask for less, or give the thread more (Node.js: --stack-size, or resourceLimits.stackSizeMb of a Worker)",
    );
  }
  const frameBytes = number(
    "frameBytes",
    options.frameBytes ?? Math.min(2 * stackBytes, LARGEST_FRAME_BYTES),
    64,
    LARGEST_FRAME_BYTES,
  );
  const allFrameBytes = options.allFrameBytes ?? Math.max(frameBytes, DEFAULT_ALL_FRAME_BYTES);
  const budget = options.budget ?? Number.POSITIVE_INFINITY;
  if (budget !== Number.POSITIVE_INFINITY) number("budget", budget, 0, Number.MAX_SAFE_INTEGER);
  const timeoutMs = options.timeoutMs ?? Number.POSITIVE_INFINITY;
  if (!(timeoutMs >= 0)) fault(`timeoutMs is ${timeoutMs}: it must be a number of milliseconds, at least 0`);
  const { weight = DEFAULT_SCHEDULE.weight, cap = DEFAULT_SCHEDULE.cap } = options;
  const scheduleIsWrong = scheduleFault({ weight, cap });
  if (scheduleIsWrong !== undefined) fault(scheduleIsWrong);
  return {
    name: text("name", name, NAME_BYTES),
    memoryPages:
      options.memoryPages === undefined
        ? undefined
        : number("memoryPages", options.memoryPages, 0, LARGEST_PAGES),
    contextsMax: number("contextsMax", options.contextsMax ?? 256, 1, 65_536),
    tableElements: number(
      "tableElements",
      options.tableElements ?? quotas.tableElements,
      0,
      quotas.tableElements,
    ),
    stackBytes,
    frameBytes,
    allFrameBytes: number("allFrameBytes", allFrameBytes, frameBytes, 2 ** 31),
    commandLine: text("commandLine", options.commandLine ?? "", COMMAND_LINE_BYTES),
    budget,
    timeoutNs: timeoutMs * 1e6,
    schedule: { weight, cap },
  };
}

function checker(fault: (message: string) => void) {
  return (name: string, value: number, least: number, most: number): number => {
    if (!(Number.isInteger(value) && value >= least && value <= most)) {
      fault(`${name} is ${value}: it must be a whole number from ${least} to ${most}`);
    }
    return value;
  };
}
