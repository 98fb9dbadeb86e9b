/** The modules that the library is made of; each is build/NAME.wasm. */
export type AssetName = "translator" | "runtime" | "glue";

/** What the library needs from where it runs. */
export interface Platform {
  /** The bytes of build/NAME.wasm. Rejects when they are missing. */
  loadAsset(name: AssetName): Promise<Uint8Array<ArrayBuffer>>;
  /** Resolves after the event loop has had a turn (not just the microtasks). */
  nextTurn(): Promise<void>;
}
