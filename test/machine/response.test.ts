import { expect, it } from "vitest";
import { bundled } from "../guests/bundled.js";
import { boot, spin } from "./guests.js";

const SPINNERS = 10;

it("answers a line that is typed within one round of slices, with ten beside it that spin", async () => {
  // Of virtual time, so that a busy host changes nothing.
  const machine = await boot({ sliceMs: 2, deterministic: true, quantumUnits: 200_000 });
  let heard = "";
  let ready = (_slices: number) => {};
  /** Resolves when the shell has shown its prompt again, to the number of slices that had begun by then. */
  const prompt = () =>
    new Promise<number>((resolve) => {
      ready = resolve;
    });
  const greeted = prompt();
  const shell = await machine.create({
    module: bundled("shell"),
    onOutput(bytes) {
      heard += new TextDecoder().decode(bytes);
      if (heard.endsWith("> ")) ready(machine.stats().switches);
    },
  });
  await greeted;
  for (let i = 0; i < SPINNERS; i++) await machine.create({ module: spin });

  for (let line = 0; line < 10; line++) {
    // At any place of the round.
    const begin = machine.stats().switches;
    while (machine.stats().switches < begin + line) await new Promise(setImmediate);
    const before = machine.stats().switches;
    const answered = prompt();
    heard = "";
    shell.console.write(`echo answer-${line}\r`);
    const slices = (await answered) - before;
    expect(heard).toMatch(new RegExp(`answer-${line}\r?\n`));
    expect(slices).toBeLessThanOrEqual(SPINNERS + 1);
  }
});
