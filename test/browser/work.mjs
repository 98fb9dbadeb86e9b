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

/**
 * How calls end, with an import that promises its results, in slices of several sizes.
 * @param library what `wasmvisor/embed` exports, for this platform
 * @param {number[]} bytes the plugin of test/docs/examples.mjs
 * @returns rows of plain data
 */
export async function calls(library, bytes) {
  const rows = [];
  const asked = [];
  const host = {
    log: (sum) => asked.push(sum),
    price: (item) =>
      new Promise((resolve, reject) => {
        asked.push(item);
        if (item < 0) reject(new Error("no such item"));
        else if (item < 100) setTimeout(resolve, item % 3, 100 * item);
      }),
  };
  const { instantiate } = library;
  for (const quantum of [1, 7, undefined]) {
    const plugin = await instantiate(Uint8Array.from(bytes), { host });
    const outcome = async (name, args, options) => {
      let spent = 0;
      const onProgress = (progress) => {
        spent = progress.spent;
      };
      const result = await plugin
        .call(name, args, { quantum, onProgress, ...options })
        .catch((error) => error);
      if (!(result instanceof Error)) rows.push([name, result, spent]);
      else rows.push([name, result.name, result.message, result.resumable]);
      return result;
    };
    await outcome("total", [5]);
    await outcome("total", [-1]);
    const stopped = await outcome("forever", [], { budget: 1000 });
    await stopped.resume({ budget: 500 }).catch((error) => rows.push([error.name, error.spent]));
    const unanswered = await outcome("total", [1000], { timeoutMs: 20 });
    await outcome("total", [2]);
    unanswered.drop();
    await outcome("forever", [], { signal: AbortSignal.timeout(20) });
    const many = Array.from({ length: 20 }, (_, i) =>
      instantiate(Uint8Array.from(bytes), { host }).then((one) => one.call("total", [i + 1])),
    );
    rows.push(await Promise.all(many));
  }
  return rows;
}

async function hashOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
