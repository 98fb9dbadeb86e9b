/** A mistake of whoever calls this library, or a limit that they set; the message says what to do. */
export class WasmvisorError extends Error {
  override name = "WasmvisorError";
}

/** Why a module was not translated. */
export type TranslateFailure = "malformed" | "unsupported" | "limit" | "reserved-name" | "internal";

/** The translator refused a module. Nothing of it was run. */
export class TranslateError extends WasmvisorError {
  override name = "TranslateError";
  readonly code: TranslateFailure;
  /** What was met: the feature's name, the limit, or what is malformed. */
  readonly feature: string;
  /** Where in the input, in bytes from its start. */
  readonly byteOffset: number;

  constructor(code: TranslateFailure, feature: string, byteOffset: number) {
    super(`${titles[code]} at byte ${byteOffset} (0x${byteOffset.toString(16)}): ${feature}`);
    this.code = code;
    this.feature = feature;
    this.byteOffset = byteOffset;
  }
}

const titles: Record<TranslateFailure, string> = {
  malformed: "The module is malformed",
  unsupported: "The module uses a feature that is not supported",
  limit: "The module exceeds a limit",
  "reserved-name": "The module uses a reserved name",
  internal: "The translator failed (please report this)",
};

/** A translated module did not pass the independent checker. */
export class VerifyError extends WasmvisorError {
  override name = "VerifyError";
}

/** A declared minimum is above a quota; nothing was instantiated. */
export class QuotaExceeded extends WasmvisorError {
  override name = "QuotaExceeded";
  readonly quota: "memoryPages" | "tablesMax";
  readonly wanted: number;
  readonly allowed: number;

  constructor(quota: "memoryPages" | "tablesMax", wanted: number, allowed: number) {
    const what = quota === "memoryPages" ? "pages of memory" : "table elements";
    super(
      `The module declares ${wanted} ${what} at least, but ${quota} is ${allowed}: raise it or refuse the module`,
    );
    this.quota = quota;
    this.wanted = wanted;
    this.allowed = allowed;
  }
}

/** An activation was started or stepped while another one of the same runtime is running. */
export class RuntimeBusy extends WasmvisorError {
  override name = "RuntimeBusy";

  constructor() {
    super(
      "This runtime is running a guest, and a host function that it called asked for another run: " +
        "call the export itself (a pinned call), or use a runtime of its own for the other instance",
    );
  }
}

/** Where in the original module a guest ended. */
export interface GuestLocation {
  /** Index of the function in the original module. */
  readonly functionIndex: number;
  /** Its name, from the name section or the exports; undefined when it has none. */
  readonly functionName: string | undefined;
  /** Offset of the instruction in the original module, in bytes from its start; undefined when it is not known. */
  readonly byteOffset: number | undefined;
}

/** Finds out where a guest ended. It may translate the module again, so it is asked only when somebody looks. */
export type Locate = () => GuestLocation | undefined;

/** A guest trapped. The engine's own error is the `cause`. */
export class GuestTrap extends WebAssembly.RuntimeError {
  override name = "GuestTrap";
  readonly #locate: Locate;

  constructor(message: string, locate: Locate, cause: unknown) {
    super(message);
    this.#locate = locate;
    this.cause = cause;
  }

  /** Where in the original module; undefined when it is not known, as without the original bytes. */
  get location(): GuestLocation | undefined {
    return this.#locate();
  }
}

/** A pinned section (a call that came back in through JS, or a direct call from JS) spent more than its bound. */
export class PinnedExceeded extends GuestTrap {
  override name = "PinnedExceeded";
}

/** The frames of a suspended stack did not fit in `frameBytes`, or there was no memory for them. */
export class FrameStoreFull extends GuestTrap {
  override name = "FrameStoreFull";
}

/** A guest waits for a notification where it can never come: inside a pinned section. */
export class WaitRefused extends GuestTrap {
  override name = "WaitRefused";
}

/** A memory could not grow although its quota allows it; in deterministic mode that ends the guest. */
export class HostMemoryExhausted extends GuestTrap {
  override name = "HostMemoryExhausted";
}

/** The stack account is spent: a guest recursed too deep. */
export class StackOverflow extends RangeError {
  override name = "StackOverflow";
  readonly #locate: Locate;

  constructor(locate: Locate, cause: unknown) {
    super("The guest's stack account is spent: it recursed too deep");
    this.#locate = locate;
    this.cause = cause;
  }

  /** Where in the original module; undefined when it is not known. */
  get location(): GuestLocation | undefined {
    return this.#locate();
  }
}

/** One line about a location, for people. */
export function describeLocation({ functionIndex, functionName, byteOffset }: GuestLocation): string {
  const name =
    functionName === undefined ? `function ${functionIndex}` : `function ${functionIndex}, ${functionName}`;
  return byteOffset === undefined
    ? name
    : `${name}, at byte 0x${byteOffset.toString(16)} of the original module`;
}

/** What about a module or its options is refused. */
export type RefusalReason =
  /** An option has a value that is not allowed. */
  | "option"
  /** The module is larger than `quotas.moduleBytes`. */
  | "size"
  /** It is not a module that the translator can read, or the engine says that it is not valid. */
  | "malformed"
  /** It uses a feature of WebAssembly that is not supported. */
  | "feature"
  /** It declares more than the translator's limits allow. */
  | "limit"
  /** Translating it took longer than `quotas.translateMs`. */
  | "time"
  /** It imports what domains do not have. */
  | "import"
  /** An entry point is missing or has another type. */
  | "entry"
  /** It declares more memory than the domain or the machine may have, or the host has none left. */
  | "memory"
  /** It declares more table elements than the domain may have. */
  | "table"
  /** The independent checker found the translated module at fault: a bug of ours. */
  | "verify"
  /** The machine is closed, or has no room for another domain. */
  | "machine";

/** One thing that is in the way, told for people: what, where, what to do. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly message: string;
  /** Where in the module, in bytes from its start, when that is known. */
  readonly byteOffset?: number;
}

/** A domain was not created; nothing of its module was run, nothing is kept. */
export class DomainRefused extends WasmvisorError {
  override name = "DomainRefused";
  readonly reason: RefusalReason;
  /** All that is in the way, as far as it could be seen. */
  readonly refusals: readonly Refusal[];

  /** `refusals`: at least one. */
  constructor(domain: string, refusals: readonly Refusal[], options?: ErrorOptions) {
    super(`The domain ${domain} is refused: ${refusals.map(({ message }) => message).join("; ")}`, options);
    this.reason = refusals[0]!.reason;
    this.refusals = refusals;
  }
}

/** The machine failed: a bug of ours, not of a guest. */
export class MachinePanic extends WasmvisorError {
  override name = "MachinePanic";
}

/** A snapshot is damaged, was made by another version, or asks for what is not allowed. Nothing was restored. */
export class SnapshotError extends WasmvisorError {
  override name = "SnapshotError";
  /** Where, in bytes from the start of the file or of the section that is named; undefined when that says nothing. */
  readonly byteOffset: number | undefined;

  constructor(what: string, byteOffset?: number) {
    super(`The snapshot cannot be used: ${what}${byteOffset === undefined ? "" : ` (byte ${byteOffset})`}`);
    this.byteOffset = byteOffset;
  }
}
