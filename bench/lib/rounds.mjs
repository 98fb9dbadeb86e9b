// Figures of several variants, taken in turns in one process, for work that tells its own time.
import { setTimeout as sleep } from "node:timers/promises";
import { summarize } from "./interleave.mjs";

/**
 * @param variants `{ NAME: () => figure or its promise }`; the last one is the yardstick.
 * @param warm so many turns are thrown away, with pauses for the engine's background compilers.
 * @returns `{ NAME: { value, valueSpread: [p10, p90], ratio, spread } }`: medians; ratios are taken within each round.
 */
export async function inTurns(variants, { rounds = 31, warm = 40 } = {}) {
  const names = Object.keys(variants);
  for (let i = 0; i < warm; i++) {
    for (const name of names) await variants[name]();
    if (i % 4 === 3) await sleep(8);
  }
  const taken = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse())
      taken[name].push(await variants[name]());
  }
  const base = taken[names.at(-1)];
  return Object.fromEntries(
    names.map((name) => {
      const { median, p10, p90 } = summarize(taken[name]);
      const own = { value: median, valueSpread: [p10, p90] };
      if (taken[name] === base) return [name, own];
      const ratio = summarize(taken[name].map((figure, round) => figure / base[round]));
      return [name, { ...own, ratio: ratio.median, spread: [ratio.p10, ratio.p90] }];
    }),
  );
}
