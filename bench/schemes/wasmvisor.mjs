// The product's own ways to run a module.
import { library } from "../lib/wasmvisor.mjs";

/** The largest quantum: nothing is stopped within a call of some milliseconds. */
export const unstopped = 2 ** 30;
/** The library's default: about a millisecond. */
const usual = 1_000_000;

export const wasmvisor = scheme("wasmvisor", unstopped, {});
export const sliced = scheme("wasmvisor, stopped every 1,000,000 units (about 1 ms)", usual, {});
export const deterministic = scheme("wasmvisor with deterministic NaNs", unstopped, { deterministic: true });

function scheme(title, quantum, translation) {
  const options = { ...translation, quantum, pinnedBudget: 2 ** 52 };
  return {
    title,
    async kernel(bytes) {
      const { instantiate } = await library();
      const instance = await instantiate(bytes, {}, options);
      return (n) => instance.callSync("run", [n], { quantum });
    },
    /** Glue calls exports directly: sections that are granted more at a spent safepoint and go on at once. */
    async program(bytes) {
      const { instantiate } = await library();
      return { instantiate: (imports) => instantiate(bytes, imports, options) };
    },
  };
}
