// Runs a guest in deterministic mode in legs: each leg ends at an exact quantum, where the domain is saved, destroyed, and
// restored in another machine. What comes out must be what comes out of one leg. Any process or page that has the library can run a leg.

/** A generator of numbers below a bound, that repeats. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/**
 * One leg. `library`: Machine, RoundRobin and wasiDomain or wasiProgram. `start`: { modules, quantumUnits, input, budget, commandLine or args }; two
 * modules are a kernel and a WASI program. `file`: where to go on, instead of at the beginning. It is saved at the end of quantum number
 * `quanta`, counted from 1; undefined: never. Resolves with { file, quanta } or { result, quanta }.
 */
export async function leg(library, start, file = undefined, quanta = Number.POSITIVE_INFINITY) {
  const { Machine, RoundRobin } = library;
  /** Slices of one quantum. */
  class Stopwatch extends RoundRobin {
    quanta = 0;
    saved;

    charge(vcpu, ranNs, reason) {
      super.charge(vcpu, ranNs, reason);
      this.quanta += 1;
      if (this.quanta !== quanta || domain.state === "ended") return;
      // Within this call: not a nanosecond passes.
      this.saved = domain.save({ destroy: true, withModules: false });
      // A guest that is powering off has nothing left to save.
      this.saved.catch(() => undefined);
    }
  }
  const scheduler = new Stopwatch({ sliceNs: 1 });
  const { modules, quantumUnits, input, budget } = start;
  const machine = await Machine.boot({ deterministic: true, quantumUnits, scheduler });
  const domain = await (file === undefined
    ? machine.create({ ...(await optionsOf(library, start)), ...(budget && { budget }), paused: true })
    : restore(library, machine, start, file));
  try {
    if (file === undefined && input !== undefined) {
      domain.console.write(input);
      domain.console.end();
    }
    await domain.prepareSave();
    domain.unpause();
    const waits = machine.settled().then(() => ({ kind: "waits" }));
    const outcome = await Promise.race([domain.ended, waits]);
    if (outcome.kind === "destroyed") return { file: await scheduler.saved, quanta: scheduler.quanta };
    const output = new TextDecoder().decode(domain.console.output);
    const { spentUnits, hypercalls, upcalls, contextSwitches, pages, reboots } = domain.info();
    const counts = { spentUnits, hypercalls, upcalls, contextSwitches, pages, reboots };
    return {
      result: { outcome: await Promise.race([domain.ended, waits]), output, counts },
      quanta: scheduler.quanta,
    };
  } finally {
    await machine.close();
  }

  async function restore(library, machine, start, file) {
    const hashes = new Map();
    for (const module of modules) hashes.set(await hashOf(module), module);
    const services = modules.length > 1 ? (await optionsOf(library, start)).services : undefined;
    return machine.restore(file, {
      paused: true,
      findModule: (hash) => hashes.get(hash),
      ...(services && { services }),
    });
  }
}

async function optionsOf(library, { name, modules, commandLine, args }) {
  if (modules.length === 1) return { name, module: modules[0], commandLine };
  return { name, ...(await library.wasiProgram(modules[1], { args })) };
}

async function hashOf(module) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", module));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Legs of as many quanta as `lengths` gives, until it has ended. `carry`: runs a leg as leg() does, in another place perhaps.
 */
export async function relay(library, start, lengths, carry = (...rest) => leg(library, ...rest)) {
  let file;
  for (let saves = 0; ; saves++) {
    const ended = await (file === undefined
      ? leg(library, start, file, lengths())
      : carry(start, file, lengths()));
    if (ended.result !== undefined) return { result: ended.result, saves };
    file = ended.file;
  }
}
