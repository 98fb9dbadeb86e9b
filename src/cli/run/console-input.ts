// The standard input as a guest's console. A terminal is in raw mode meanwhile: each key goes to the guest, Ctrl-C too, but
// for the one behind Ctrl-].
import type { ReadStream } from "node:tty";

const ESCAPE = 0x1d;

/** What is given to a guest. */
export interface InputConsole {
  /** False: wait until `ready()` resolves. */
  write(bytes: Uint8Array): boolean;
  ready(): Promise<void>;
  end(): void;
}

export interface InputEvents {
  /** Something was given to the guest, or its input has ended. */
  readonly onInput: () => void;
  /** Ctrl-] was pressed: the next key is not the guest's. */
  readonly onEscape: () => void;
  /** That key. */
  readonly onCommand: (key: string) => void;
}

export class ConsoleInput {
  readonly #stream: ReadStream;
  readonly #raw: boolean;
  readonly #console: InputConsole;
  readonly #events: InputEvents;
  #open = false;
  /** The guest has enough to read for now. */
  #held = false;
  #escaped = false;

  /** `raw`: the stream is a terminal, to be put into raw mode. */
  constructor(stream: ReadStream, raw: boolean, console: InputConsole, events: InputEvents) {
    this.#stream = stream;
    this.#raw = raw;
    this.#console = console;
    this.#events = events;
  }

  /** Whether more may come, though the guest reads nothing meanwhile. */
  get open(): boolean {
    return this.#open && !this.#held;
  }

  start(): void {
    this.#open = true;
    if (this.#raw) {
      this.#stream.setRawMode(true);
      process.on("exit", this.#restore);
      process.on("SIGCONT", this.#rawAgain);
    }
    this.#stream.on("data", this.#take).on("end", this.#ended).on("error", this.#ended);
    this.#stream.resume();
  }

  /** Gives the terminal back; the guest's input stays open. May be said twice. */
  stop(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#stream.off("data", this.#take).off("end", this.#ended).off("error", this.#ended);
    this.#restore();
    process.off("exit", this.#restore);
    process.off("SIGCONT", this.#rawAgain);
    this.#stream.pause();
    // A pipe that nobody closes would keep the process alive.
    this.#stream.unref?.();
  }

  readonly #take = (bytes: Buffer): void => {
    let rest: Buffer = bytes;
    while (rest.length > 0 && this.#open) {
      if (this.#escaped) {
        this.#escaped = false;
        this.#events.onCommand(String.fromCharCode(rest[0]!));
        rest = rest.subarray(1);
        continue;
      }
      const at = this.#raw ? rest.indexOf(ESCAPE) : -1;
      const given = at < 0 ? rest : rest.subarray(0, at);
      if (given.length > 0 && !this.#console.write(given)) this.#hold();
      rest = rest.subarray(given.length + 1);
      if (at < 0) continue;
      this.#escaped = true;
      this.#events.onEscape();
    }
    this.#events.onInput();
  };

  /** A terminal is always read: the key that takes it back may come. */
  #hold(): void {
    if (this.#held || this.#raw) return;
    this.#held = true;
    this.#stream.pause();
    this.#console.ready().then(() => {
      this.#held = false;
      if (this.#open) this.#stream.resume();
    });
  }

  readonly #ended = (): void => {
    this.stop();
    this.#console.end();
    this.#events.onInput();
  };

  readonly #restore = (): void => {
    if (this.#raw && !this.#stream.destroyed) this.#stream.setRawMode(false);
  };

  /** A shell that had stopped us has set its own modes. */
  readonly #rawAgain = (): void => {
    this.#stream.setRawMode(false);
    this.#stream.setRawMode(true);
  };
}
