// Machines in deterministic mode that run several guests side by side, and all that can be seen of them. It runs on any
// engine, so it uses nothing of Node.js.

/** Quanta from a few units up to what is usual, and another seed. */
const settings = [
  {},
  { quantumUnits: 10_007, sliceMs: 0.5 },
  { quantumUnits: 211, sliceMs: 0.01, seed: 12_345, traceEntries: 65_536 },
];

const guests = [
  { guest: "clock", commandLine: "6 3" },
  { guest: "primes", commandLine: "20000" },
  { guest: "threads", commandLine: "20 3 300" },
  { guest: "numbers" },
  { guest: "crash", commandLine: "4" },
  { guest: "recursion" },
  { guest: "spin", name: "spin to its budget", budget: 9_000_001 },
  { guest: "spin", name: "spin to its timeout", timeoutMs: 31 },
  {
    guest: "shell",
    input: [
      "info\nuptime\nrand 16\ncontexts 9\ngrow 2\n",
      "spin 1\nsleep 2\ndate\n",
      "trace 5\nrunstate\nexit 3\n",
    ],
  },
];

/** Names of all modules that work() wants. */
export const moduleNames = [...new Set(guests.map(({ guest }) => guest))];

/**
 * @param {object} Machine of the platform
 * @param {Record<string, Uint8Array>} modules
 * @returns for each setting what each domain printed, spent and came to, and digests of the machine's trace
 */
export async function work(Machine, modules) {
  const results = [];
  for (const options of settings) results.push(await runAll(Machine, modules, options));
  return results;
}

async function runAll(Machine, modules, options) {
  const machine = await Machine.boot({ ...options, deterministic: true });
  const domains = await Promise.all(
    guests.map(({ guest, name = guest, input: _, ...rest }) => {
      const output = [];
      const created = machine.create({
        ...rest,
        name,
        module: modules[guest],
        onOutput: (bytes) => {
          output.push(bytes.slice());
        },
      });
      return created.then((domain) => ({ domain, output }));
    }),
  );
  // What is typed is typed at points that repeat: when nothing moves any more.
  const lines = guests.map(({ input = [] }) => [...input]);
  while ((await machine.settled()) === "idle") {
    const typed = lines.map((left, i) => [left.shift(), domains[i].domain]).filter(([line]) => line);
    if (typed.length === 0) break;
    for (const [line, domain] of typed) domain.console.write(line);
  }

  const rows = [];
  for (const { domain, output } of domains) {
    const {
      state,
      runState,
      pages,
      contexts,
      spentUnits,
      slices,
      quanta,
      hypercalls,
      upcalls,
      contextSwitches,
      coreBytes,
    } = domain.info();
    rows.push({
      name: domain.name,
      console: await digest(output),
      state,
      outcome: state === "ended" ? outcomeOf(await domain.ended) : undefined,
      ...{
        runState,
        pages,
        contexts,
        spentUnits,
        slices,
        quanta,
        hypercalls,
        upcalls,
        contextSwitches,
        coreBytes,
      },
    });
  }
  const trace = machine.trace();
  const { timeNs, quanta, switches, memoryPages } = machine.stats();
  const result = {
    options,
    rows,
    trace: { events: trace.at(-1).index + 1, digest: await digest([encode(trace)]) },
    stats: { timeNs, quanta, switches, memoryPages },
  };
  await machine.close();
  return result;
}

/** Engines word what they say about a trap as they like. */
function outcomeOf(outcome) {
  if (outcome.kind !== "crash") return outcome;
  const { message: _, ...record } = outcome.record;
  return { kind: outcome.kind, record };
}

const encode = (value) => new TextEncoder().encode(JSON.stringify(value));

/** Length and the first 16 hexadecimal digits of SHA-256. */
async function digest(pieces) {
  const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = [...hash.slice(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${bytes.length} bytes, ${hex}`;
}
