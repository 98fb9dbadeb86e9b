/** The modules that the library is made of; each is build/NAME.wasm. */
export type AssetName =
  | "translator"
  | "runtime"
  | "glue"
  | "hypervisor"
  | "hypercalls"
  | "stack-pointer"
  | "wasi";

/** The Worker that translates; see src/core/translation.ts for what is said. */
export interface TranslationWorker {
  /** Copies `message`, as structuredClone does. */
  post(message: unknown): void;
  /** Whether a process stays alive for it. */
  keepAlive(alive: boolean): void;
  /** Ends it at once, whatever it does. */
  terminate(): void;
}

/** Raw deflate (RFC 1951), beside the thread. */
export interface Compression {
  deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
  /** Rejects when it is not what deflate() gave, or becomes longer than `mostBytes`. */
  inflate(bytes: Uint8Array, mostBytes: number): Promise<Uint8Array>;
}

/** What the library needs from where it runs. */
export interface Platform {
  /** The bytes of build/NAME.wasm. Rejects when they are missing. */
  loadAsset(name: AssetName): Promise<Uint8Array<ArrayBuffer>>;
  /** Resolves after the event loop has had a turn (not just the microtasks). */
  nextTurn(): Promise<void>;
  /** A clock that never goes back, in ns since some moment. */
  nowNs(): number;
  readonly compression: Compression;
  /** Fills `bytes`, at most 65,536, with random ones that nobody can foretell. */
  fillRandom(bytes: Uint8Array<ArrayBuffer>): void;
  /** Starts src/translation-worker.*. Messages begin only after this has returned. `failed`: it ended by itself. */
  startTranslationWorker(said: (message: unknown) => void, failed: (why: unknown) => void): TranslationWorker;
}
