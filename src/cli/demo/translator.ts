// `wv demo translator`: an endless loop and a real program run side by side, each stopped again and again; one is kept as
// data for a while and resumed. Everything it says was measured in this very run.

import { nodePlatform } from "../../platform/node/index.js";
import {
  Activation,
  createRuntime,
  describeFrames,
  type Instance,
  instantiate,
  Pace,
  type Runtime,
  translate,
} from "../../translator.js";
import { bytes, count, duration, paintFor } from "../text.js";
import { Screen } from "./screen.js";

/** (module (func (export "spin") (loop (br 0)))) */
const ENDLESS = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02, 0x01, 0x00],
  ...[0x07, 0x08, 0x01, 0x04, 0x73, 0x70, 0x69, 0x6e, 0x00, 0x00],
  ...[0x0a, 0x09, 0x01, 0x07, 0x00, 0x03, 0x40, 0x0c, 0x00, 0x0b, 0x0b],
]);
const SLICE_MS = 0.5;
const FIRST_QUANTUM = 10_000;
const RUN_MS = 2500;
const SAVE_AFTER_MS = 1000;
const FRAMES_SHOWN = 6;

/** A guest of the demonstration and what happened to it. */
interface Player {
  readonly title: string;
  readonly runtime: Runtime;
  readonly pace: Pace;
  activation: Activation;
  stops: number;
  ranMs: number;
  /** Of all slices, in milliseconds. */
  readonly slicesMs: number[];
}

function enter(title: string, runtime: Runtime, activation: Activation): Player {
  const pace = new Pace(SLICE_MS, FIRST_QUANTUM);
  return { title, runtime, pace, activation, stops: 0, ranMs: 0, slicesMs: [] };
}

/** Lets the player run for a slice; whether its activation is done. */
function step(player: Player): boolean {
  const { activation, pace } = player;
  const startedAt = performance.now();
  const outcome = activation.step(pace.quantum);
  const ms = performance.now() - startedAt;
  pace.took(ms);
  player.ranMs += ms;
  player.slicesMs.push(ms);
  if (outcome === "done") return true;
  player.stops += 1;
  return false;
}

/** The translator as a guest: it translates itself. */
class SelfTranslation {
  readonly #module: Uint8Array<ArrayBuffer>;
  readonly #runtime = createRuntime();
  #instance!: Instance;
  rounds = 0;

  constructor(module: Uint8Array<ArrayBuffer>) {
    this.#module = module;
  }

  get runtime(): Runtime {
    return this.#runtime;
  }

  /** A call of `translate` in a fresh instance, nothing of it run yet. */
  async begin(): Promise<Activation> {
    this.#instance = await instantiate(this.#module, {}, { runtime: this.#runtime });
    const input = (await this.#instance.call("input", [this.#module.length])) as number;
    new Uint8Array(this.#memory(), input, this.#module.length).set(this.#module);
    return this.#instance.start("translate", [0]);
  }

  /** What it wrote, when it is done. */
  async output(activation: Activation): Promise<Uint8Array> {
    if (activation.result !== 0) throw new Error(`The guest refused the module: code ${activation.result}`);
    const pointer = (await this.#instance.call("outputPtr")) as number;
    const length = (await this.#instance.call("outputLen")) as number;
    this.rounds += 1;
    return new Uint8Array(this.#memory(), pointer, length);
  }

  #memory(): ArrayBuffer {
    return this.#instance.memory!.buffer as ArrayBuffer;
  }
}

const { dim, good, heading, strong } = paintFor(process.stdout);

/** Whether all of it is true. */
export async function demonstrateTranslator(): Promise<boolean> {
  const screen = new Screen(process.stdout, 26);
  const module = await nodePlatform.loadAsset("translator");
  const expected = translate(module).bytes;

  screen.print(`${heading("wasmvisor")}  ${dim("any Wasm module, stopped anywhere and resumed")}`);
  screen.print();

  const endlessRuntime = createRuntime();
  const endlessInstance = await instantiate(ENDLESS, {}, { runtime: endlessRuntime });
  const self = new SelfTranslation(module);
  const endless = enter("an endless loop", endlessRuntime, endlessInstance.start("spin"));
  const program = enter("translator.wasm on itself", self.runtime, await self.begin());
  const players = [endless, program];
  const lines = () => {
    const allMs = Math.max(endless.ranMs + program.ranMs, 1);
    return players.map((player) => screen.meter(player.title, player.ranMs / allMs, counts(player)));
  };

  const startedAt = performance.now();
  let saved = false;
  let identical = 0;
  for (;;) {
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs >= RUN_MS && program.activation.status === "ready") break;
    step(endless);
    if (step(program)) {
      if (same(await self.output(program.activation), expected)) identical += 1;
      program.activation = await self.begin();
    } else if (!saved && elapsedMs >= SAVE_AFTER_MS) {
      saved = saveAndRestore(screen, program);
    }
    screen.live(lines);
    await nodePlatform.nextTurn();
  }
  const totalMs = performance.now() - startedAt;
  program.activation.drop();
  screen.settle(lines);
  screen.print();

  const { rounds } = self;
  const verdict = identical === rounds ? good("identical") : strong(`only ${identical} identical`);
  screen.print(
    `  ${good("●")} The program ran ${strong(`${rounds} times`)}, stopped ${strong(count(program.stops))} times on its way; ` +
      `its ${rounds} outputs of ${bytes(expected.length)} are ${verdict} to those of a run that nobody stopped.`,
  );
  const frames = describeFrames(endless.runtime, endless.activation.image());
  const kept = endless.activation.image().cells.byteLength;
  endless.activation.drop();
  screen.print(
    `  ${good("●")} The endless loop was stopped ${strong(`${count(endless.stops)} times`)}, mostly after ${duration(median(endless.slicesMs))}, ` +
      `at the latest after ${duration(Math.max(...endless.slicesMs))}. Its stack was ${frames.length} frame, ${bytes(kept)}; dropped, it is gone.`,
  );
  screen.print(
    `  ${good("●")} All in one thread, in ${duration(totalMs)}; the event loop had a turn after every pair of slices.`,
  );
  return identical === rounds;
}

/** Turns a suspended program into data and the data into a program; false when its stack is not deep enough yet. */
function saveAndRestore(screen: Screen, program: Player): boolean {
  const image = program.activation.image();
  const frames = describeFrames(program.runtime, image);
  if (frames.length < 4) return false;
  program.activation.drop();
  program.activation = Activation.restore(program.runtime, image);

  screen.print(
    `  ${good("●")} The program is saved in mid-run: ${strong(`${frames.length} frames`)}, ` +
      `${strong(bytes(image.cells.byteLength))} of data:`,
  );
  for (const frame of frames.slice(0, FRAMES_SHOWN)) {
    const name = frame.functionName ?? `function ${frame.functionIndex ?? "of the runtime"}`;
    const where = `${frame.kind} at byte ${count(frame.byteOffset ?? 0)} of the original module`;
    const values = frame.values.length === 1 ? "1 value" : `${frame.values.length} values`;
    screen.print(`      ${name} ${dim(`${where}, ${values}`)}`);
  }
  if (frames.length > FRAMES_SHOWN) screen.print(dim(`      and ${frames.length - FRAMES_SHOWN} more`));
  screen.print("    Its stack is dropped, a new one is made from the data, and it goes on.");
  screen.print();
  return true;
}

function counts({ stops, ranMs }: Player): string {
  return `stopped ${count(stops).padStart(5)} times, ran ${duration(ranMs).padStart(6)}`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
