import type { Schedule } from "../sched/schedule.js";
import type { DomainConsole } from "./console.js";
import type { DomainInfo, DomainState } from "./domain-info.js";
import type { Outcome } from "./outcome.js";

export interface SaveOptions {
  /**
   * Also put the original modules into the file (never translated code): all, none, or those of which a SHA-256 (hexadecimal) says so.
   * Default: all.
   */
  readonly withModules?: boolean | ((hash: string) => boolean);
  /** Destroy the domain once it is copied: it goes on elsewhere. */
  readonly destroy?: boolean;
}

/** A guest with all that it owns. */
export interface Domain {
  /** Unique in its machine, from 1 up. */
  readonly id: number;
  readonly name: string;
  readonly state: DomainState;
  readonly console: Pick<DomainConsole, "write" | "ready" | "end" | "drain" | "output">;
  /** How it ended. Never rejects. */
  readonly ended: Promise<Outcome>;
  info(): DomainInfo;
  /** What its scheduler was told that it may have. */
  readonly schedule: Schedule;
  /** Changes that at once, for this life and later ones. Throws a WasmvisorError when a value is at fault. */
  setSchedule(change: Partial<Schedule>): void;
  /** Stops it where it is, at its next safepoint at the latest. Its timer runs on. Of no effect twice. */
  pause(): void;
  unpause(): void;
  /**
   * All that it is now, as a file that `machine.restore` goes on from, here or elsewhere; it runs on meanwhile, but for the
   * moment of copying. Rejects with a SnapshotError when it has ended or holds something that cannot be saved. Output that an
   * `onOutput` is being given while it saves counts as not taken.
   */
  save(options?: SaveOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** Once this has resolved, save() copies within the call, so that a scheduler, say, can save at an exact moment. */
  prepareSave(): Promise<void>;
  /** Ends it at once, whatever it does, and forgets it: the machine lists it no longer. */
  destroy(): void;
}
