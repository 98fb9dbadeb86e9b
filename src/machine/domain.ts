import type { DomainConsole } from "./console.js";
import type { DomainInfo, DomainState } from "./domain-info.js";
import type { Outcome } from "./outcome.js";

/** A guest with all that it owns. */
export interface Domain {
  /** Unique in its machine, from 1 up. */
  readonly id: number;
  readonly name: string;
  readonly state: DomainState;
  readonly console: Pick<DomainConsole, "write" | "end" | "drain" | "output">;
  /** How it ended. Never rejects. */
  readonly ended: Promise<Outcome>;
  info(): DomainInfo;
  /** Stops it where it is, at its next safepoint at the latest. Its timer runs on. Of no effect twice. */
  pause(): void;
  unpause(): void;
  /** Ends it at once, whatever it does, and forgets it: the machine lists it no longer. */
  destroy(): void;
}
