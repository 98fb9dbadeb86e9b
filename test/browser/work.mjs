// The work that test/browser/run.mjs has done in a browser and in Node.js, to be compared.

/**
 * Runs each kernel natively and in slices of 100,000 units.
 * @param library what `wasmvisor/translator` exports, for this platform
 * @param {(name: string) => Promise<Uint8Array>} load
 * @param {{ name: string, argument: number }[]} kernels
 * @returns rows of plain data
 */
export async function work(library, load, kernels) {
  const rows = [];
  for (const { name, argument } of kernels) {
    const bytes = await load(name);
    const { instance: native } = await WebAssembly.instantiate(bytes, {});
    const { bytes: translated } = await library.translate(bytes);
    const guest = await library.instantiate(bytes, {});
    const call = guest.start("run", [argument]);
    let slices = 1;
    while (call.step(100_000) !== "done") slices++;
    rows.push({
      name,
      native: native.exports.run(argument),
      result: call.result,
      spent: call.spent,
      slices,
      hash: await hashOf(translated),
    });
  }
  return rows;
}

async function hashOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
