import { call, guest } from "./wat.js";

/** A hostile guest, and what has to become of it. */
export interface Villain {
  readonly name: string;
  readonly module: string | (() => Uint8Array);
  /** The program above it. */
  readonly program?: string;
  /**
   * A crash whose cause matches; a poweroff; "held": it is alive when the witnesses are done, and has had no more than
   * its share; "refused": with a message that matches `refusal`, before anything of it ran.
   */
  readonly ends: RegExp | "poweroff" | "held" | "refused";
  readonly refusal?: RegExp;
  readonly options?: {
    readonly memoryPages?: number;
    readonly contextsMax?: number;
    readonly stackBytes?: number;
    readonly tableElements?: number;
  };
  /** Whoever takes its output refuses always. */
  readonly unheard?: boolean;
}

export const forever = (body: string) => `(loop $forever ${body} (br $forever))`;
export const start = (body: string, locals = "") => `(func (export "hv_start") ${locals} ${body})`;
export const drop = (name: string, ...values: string[]) => `(drop ${call(name, ...values)})`;
/** A guest with all hypercalls and a page of memory. */
export const all = (body: string, memory = "(memory 1)") => guest({ imports: ["all"], memory, body });
/** One with nothing. */
export const bare = (body: string) => `(module ${body})`;
