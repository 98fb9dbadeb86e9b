// Whether domains get what weights and caps say, by what they count themselves; and how soon one answers that sleeps.
import { measure } from "../lib/child.mjs";

export async function run({ nodes, quick, only, rounds, report }) {
  const rows = [];
  for (const node of nodes) {
    for (const [topic, take] of Object.entries({ shares, latency })) {
      if (only && !only.includes(topic)) continue;
      const command = `npm run bench -- fairness --only ${topic} --node ${node.major}`;
      const common = { group: "fairness", topic, scheme: "credit", node: node.version };
      for await (const row of take(node, quick, rounds)) {
        const fresh = { ...common, ...row, command };
        rows.push(fresh);
        report([fresh]);
      }
    }
  }
  return rows;
}

/** So many random configurations, always the same: a row for each with the domain whose share is furthest off. */
async function* shares(node, quick, rounds = quick ? 5 : 20) {
  const random = generator(1);
  for (let round = 1; round <= rounds; round++) {
    const domains = Array.from({ length: 2 + Math.floor(random() * 5) }, () => ({
      weight: Math.round(64 * 16 ** random()),
      cap: random() < 0.4 ? 5 + Math.floor(random() * 60) : 0,
    }));
    const { shares, ran, efficiency } = await measure(node, "fairness.mjs", {
      domains,
      forMs: quick ? 3000 : 10_000,
    });
    const expected = expectedShares(domains);
    const all = domains.map((domain, i) => ({
      ...domain,
      expected: expected[i],
      measured: shares[i],
      ran: ran[i],
    }));
    const off = all.map(({ expected, measured }) => 100 * Math.abs(measured - expected));
    yield {
      name: `configuration ${round}: largest error`,
      value: Math.max(...off),
      unit: "% of the CPU",
      yardstick: "by time that they ran",
      yardstickValue: Math.max(...all.map(({ expected, ran }) => 100 * Math.abs(ran - expected))),
      note: all.map(({ expected, measured }) => `${percent(measured)}/${percent(expected)}`).join(" "),
      domains: all,
      efficiency,
    };
  }
}

async function* latency(node, quick, rounds = quick ? 60 : 500) {
  const spinners = 20;
  const input = { spinners, lines: rounds };
  const { answer: rr } = await measure(node, "fairness.mjs", { ...input, scheduler: "rr" });
  const { answer } = await measure(node, "fairness.mjs", { ...input, scheduler: "credit" });
  const beside = {
    yardstick: "round robin",
    yardstickValue: rr.value,
    yardstickP99: rr.p99,
    yardstickMax: rr.max,
  };
  yield { name: `echo beside ${spinners} that spin: answer`, ...answer, unit: "ms", ...beside };
}

const percent = (share) => (100 * share).toFixed(1);

/** By weight, nobody more than the cap; what one leaves goes to the others. */
function expectedShares(domains) {
  const shares = domains.map(({ cap }) => (cap || 100) / 100);
  let greedy = domains.map((_, i) => i);
  for (;;) {
    const left = shares.reduce((rest, share, i) => (greedy.includes(i) ? rest : rest - share), 1);
    const per = left / greedy.reduce((sum, i) => sum + domains[i].weight, 0);
    const still = greedy.filter((i) => shares[i] > per * domains[i].weight);
    if (still.length === greedy.length) {
      for (const i of greedy) shares[i] = per * domains[i].weight;
      return shares;
    }
    greedy = still;
  }
}

function generator(seed) {
  let state = seed;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
