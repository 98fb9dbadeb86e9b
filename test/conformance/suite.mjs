// Runs conformance guests on a machine. Neutral: all that it needs is what it is given, in Node.js or in a browser.

/** From good to bad: the worst of what a guest tells is its verdict. */
export const VERDICTS = ["Success", "Skip", "Error", "Failure"];
/** Ways to run machines that a guest must not notice. */
export const MODES = {
  default: {},
  every: { quantumUnits: 1 },
  deterministic: { deterministic: true },
};

const BUDGET = 2_000_000_000;
const LIVES = 3;

/**
 * @typedef {import("./head.mjs").Head & { name: string, bytes: Uint8Array }} Guest
 * @typedef {{ name: string, title: string, verdict: string, told: string[], output: string }} Result
 */

/** As plain data, to be sent to where the guests are run. */
export function toJson(guests) {
  return JSON.stringify(guests, (_, value) =>
    value instanceof Uint8Array ? { base64: btoa(String.fromCharCode(...value)) } : value,
  );
}

export function fromJson(text) {
  return JSON.parse(text, (_, value) =>
    typeof value?.base64 === "string" ? Uint8Array.from(atob(value.base64), (c) => c.charCodeAt(0)) : value,
  );
}

/**
 * The service that guests with a line `@service` may call. By a request's first byte: `e` it is sent back; `z` 65,536 zeros
 * come back; `n` nothing does, `l` the same but later; all else fails.
 */
async function answerTo(request) {
  switch (String.fromCharCode(request[0])) {
    case "e":
      return request;
    case "z":
      return new Uint8Array(65_536);
    case "n":
      return new Uint8Array(0);
    case "l":
      await new Promise((resolve) => setTimeout(resolve, 1));
      return new Uint8Array(0);
    default:
      throw new Error("no such request");
  }
}

/** Runs a guest, and the one beside it, on a machine that nobody else uses. @returns {Promise<Result>} */
export async function runGuest(machine, guest, guests) {
  const { name, title } = guest;
  try {
    const beside = guests.filter((other) => other.name === guest.beside);
    if (guest.beside && beside.length === 0) throw new Error(`there is no ${guest.beside} to run beside it`);
    const runs = [guest, ...beside].map((each) => new Run(each));
    for (const run of runs) await run.create(machine);
    for (const run of runs) run.domain.unpause();
    while (runs.some((run) => run.domain.state !== "ended")) {
      const settled = await machine.settled();
      if (settled === "ended") break;
      const stirred = runs.filter((run) => run.stir());
      if (stirred.length === 0) for (const run of runs) run.giveUp();
    }
    for (const run of runs) await run.judge();
    for (const run of runs) run.domain.destroy();
    const told = runs.flatMap((run) => run.told);
    return { name, title, verdict: worst(told), told, output: runs[0].output };
  } catch (error) {
    return { name, title, verdict: "Error", told: [`Error: ${error?.stack ?? error}`], output: "" };
  }
}

function worst(told) {
  const ranks = told.map((line) => VERDICTS.indexOf(line.split(":")[0]));
  return VERDICTS[Math.max(0, ...ranks)];
}

class Run {
  output = "";
  told = [];
  #guest;
  #decoder = new TextDecoder();
  #typing;
  #refusals = 0;
  #held = false;
  #waited = false;

  constructor(guest) {
    this.#guest = guest;
    this.#typing = [...guest.typing];
  }

  async create(machine) {
    const { name, bytes, program, service, memoryPages, contexts, commandLine } = this.#guest;
    this.domain = await machine.create({
      ...{ module: bytes, name, paused: true, budget: BUDGET },
      ...(program && { program: { module: program } }),
      ...(service && { services: { files: { serve: answerTo } } }),
      ...(memoryPages && { memoryPages }),
      ...(contexts && { contextsMax: contexts }),
      ...(commandLine && { commandLine }),
      onOutput: (bytes) => this.#took(bytes),
    });
    this.#type();
  }

  /** Nobody can run: does what may change that. */
  stir() {
    if (!this.#held) return false;
    this.#held = false;
    this.domain.console.drain();
    return true;
  }

  giveUp() {
    if (this.domain.state === "ended") return;
    this.#waited = true;
    this.domain.destroy();
  }

  #took(bytes) {
    if (this.#guest.stalls && this.#refusals++ % 3 !== 2) {
      this.#held = true;
      return false;
    }
    this.output += this.#decoder.decode(bytes, { stream: true });
    this.#type();
    if (this.#guest.ends.kind === "reboot" && this.#lives() >= LIVES) {
      queueMicrotask(() => this.domain.destroy());
    }
    return true;
  }

  #type() {
    while (this.#typing.length > 0 && this.output.includes(this.#typing[0].when)) {
      const { type, end } = this.#typing.shift();
      if (end) this.domain.console.end();
      else this.domain.console.write(type);
    }
  }

  #lives() {
    return this.output.split("verdict: Success: done").length - 1;
  }

  async judge() {
    const { ends, bare, shows } = this.#guest;
    const outcome = await this.domain.ended;
    // What it wrote last may wait for the taker still.
    while (this.stir());
    for (const line of this.output.split("\n")) {
      if (line.startsWith("verdict: ")) this.told.push(line.slice("verdict: ".length));
    }
    const fail = (text) => this.told.push(`Failure: ${text}`);
    if (this.#waited) return fail("it waits for something that never comes");
    if (ends.kind === "reboot") {
      if (this.#lives() < LIVES) fail(`it had ${this.#lives()} lives: ${describe(outcome)}`);
    } else {
      const expected = String(bare ? 0 : ends.what || VERDICTS.indexOf(worst(this.told)));
      const { code, record } = outcome;
      const got = Number.isNaN(Number(expected)) ? record?.cause : (record?.code ?? code);
      const asExpected = outcome.kind === ends.kind && String(got) === expected;
      if (!asExpected) fail(`it ended by ${describe(outcome)}, not by ${ends.kind} ${expected}`);
      else if (!bare && this.#lives() !== 1) this.told.push("Error: it did not come to its end");
    }
    for (const text of shows) {
      if (!this.output.includes(text)) fail(`its console does not show ${JSON.stringify(text.slice(0, 40))}`);
    }
  }
}

function describe(outcome) {
  if (outcome.kind !== "crash") return `${outcome.kind} ${outcome.code ?? ""}`.trim();
  const { cause, message, location } = outcome.record;
  return `a crash: ${cause}: ${message}${location ? ` in ${location.name ?? location.functionIndex}` : ""}`;
}
