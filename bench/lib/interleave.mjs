// Times variants of one piece of work against each other in one process.
//
// Each round runs every variant once, every other round in reverse order, so that drift and other load of the
// machine hit all alike; the figure is the median over rounds of (time of the variant / time of the base).
// V8 compiles Wasm lazily, tiers functions up in the background and replaces no running frame, so a variant is warm
// only after many short calls with pauses between them; warming goes on until its times have settled.
import { setTimeout as sleep } from "node:timers/promises";

const pauseMs = 15;

/** The value below which the fraction `q` of the sorted numbers lies. */
function quantile(sorted, q) {
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}

export function summarize(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return {
    min: sorted[0],
    p10: quantile(sorted, 0.1),
    median: quantile(sorted, 0.5),
    p90: quantile(sorted, 0.9),
    max: sorted.at(-1),
  };
}

export const geomean = (numbers) =>
  Math.exp(numbers.reduce((sum, x) => sum + Math.log(x), 0) / numbers.length);

const timed = async (variant) => {
  const startedAt = performance.now();
  const result = variant.run();
  const value = result instanceof Promise ? await result : result;
  return { ms: performance.now() - startedAt, value };
};

async function warm(variant, { warmMs, maxWarmMs }) {
  const times = [];
  let spentMs = 0;
  const settled = () => {
    if (spentMs < warmMs || times.length < 24) return false;
    const best = (from, to) => Math.min(...times.slice(from, to));
    const [earlier, later] = [best(-16, -8), best(-8)];
    return Math.abs(earlier - later) <= 0.04 * later;
  };
  while (!settled() && spentMs < maxWarmMs) {
    const { ms } = await timed(variant);
    times.push(ms);
    spentMs += ms;
    if (times.length % 4 === 0) await sleep(pauseMs);
  }
}

/**
 * @param variants list of `{ name, run }`; the first is the base. `run()` gives a value that must be equal for all.
 * @returns per variant `{ name, ratio, spread: [p10, p90], best, ms }`: `ratio` the median of paired ratios, `best` the ratio
 *   of the shortest times, `ms` the shortest time. A variant that throws or gives another value: `{ name, error }`.
 */
export async function interleave(given, { rounds = 31, warmMs = 300, maxWarmMs = 2500 } = {}) {
  const failures = [];
  const variants = [];
  let expected;
  for (const variant of given) {
    try {
      const { value } = await timed(variant);
      expected ??= { value };
      if (value !== expected.value) throw new Error(`gives ${value} instead of ${expected.value}`);
      variants.push(variant);
    } catch (error) {
      if (variant === given[0]) throw error;
      failures.push({ name: variant.name, error: `${error?.stack ?? error}`.slice(0, 600) });
    }
  }
  for (const variant of variants) await warm(variant, { warmMs, maxWarmMs });
  await sleep(2 * pauseMs);
  for (const variant of variants) await timed(variant);

  const times = new Map(variants.map((variant) => [variant.name, []]));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? variants : [...variants].reverse();
    for (const variant of order) times.get(variant.name).push((await timed(variant)).ms);
    if (round % 8 === 7) await sleep(pauseMs);
  }
  const base = times.get(variants[0].name);
  const baseBest = Math.min(...base);
  const results = variants.map(({ name }) => {
    const own = times.get(name);
    const paired = summarize(own.map((ms, round) => ms / base[round]));
    const best = Math.min(...own);
    return { name, ratio: paired.median, spread: [paired.p10, paired.p90], best: best / baseBest, ms: best };
  });
  return [...results, ...failures];
}
