/**
 * Runs bundled guests side by side, with one that never ends. Neutral: in Node.js or in a browser.
 * @param Machine what `wasmvisor` exports, for this platform
 * @param {(name: string) => Promise<Uint8Array>} load
 * @param {string[]} names
 * @param {string} busy the one that never ends
 * @returns how each ended and what it printed, as plain data
 */
export async function bundled(Machine, load, names, busy) {
  const machine = await Machine.boot();
  try {
    await machine.create({ name: busy, module: await load(busy) });
    const domains = [];
    for (const name of names) domains.push(await machine.create({ name, module: await load(name) }));
    const outcomes = await Promise.all(domains.map((domain) => domain.ended));
    const decoder = new TextDecoder();
    return domains.map(({ name, console: { output } }, index) => {
      const outcome = outcomes[index];
      const ended =
        outcome.kind === "crash" ? `crash: ${outcome.record.message}` : `${outcome.kind} ${outcome.code}`;
      const lines = decoder.decode(output).split("\n");
      // How often a kernel was interrupted, and which of its threads was further when, depends on time. In deterministic mode
      // nothing does: that is compared byte for byte by test/machine/determinism/across-engines.mjs.
      return { name, ended, printed: lines.filter((line) => !line.startsWith("kernel")).sort() };
    });
  } finally {
    await machine.close();
  }
}
