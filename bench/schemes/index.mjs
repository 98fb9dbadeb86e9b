// The ways to run a module that are compared. Each is `{ title, kernel(bytes, name), program(bytes) }`:
// `kernel` gives (a promise of) the function `run(n)` of an instantiated kernel;
// `program` gives (a promise of) `{ instantiate(imports) }` for a module that is driven by its own glue.
import { asyncified, metered } from "../peers/binaryen.mjs";
import { hasPrototype, rewritten } from "./prototype.mjs";
import { deterministic, sliced, wasmvisor } from "./wasmvisor.mjs";

const largest = 0x7fffffff;

const native = {
  title: "untouched module",
  kernel: (bytes) => new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports.run,
  program: (bytes) => {
    const module = new WebAssembly.Module(bytes);
    return { instantiate: (imports) => new WebAssembly.Instance(module, imports) };
  },
};

/** A module that counts down in an exported global. It is filled up often enough never to run out. */
const counting = (title, counter, make) => ({
  title,
  async kernel(bytes, name) {
    const module = new WebAssembly.Module(await make(bytes, { openTable: name.endsWith("-open") }));
    const exhausted = () => {
      throw new Error("bench: the budget ran out");
    };
    const { run, [counter]: budget } = new WebAssembly.Instance(module, { env: { exhausted } }).exports;
    return (n) => {
      budget.value = largest;
      return run(n);
    };
  },
  async program(bytes) {
    const module = new WebAssembly.Module(await make(bytes, { openTable: true }));
    let budget;
    const refill = () => {
      if (budget) budget.value = largest;
    };
    return {
      refill,
      instantiate(imports) {
        const instance = new WebAssembly.Instance(module, {
          ...imports,
          env: { ...imports.env, exhausted: refill },
        });
        budget = instance.exports[counter];
        refill();
        return instance;
      },
    };
  },
});

export const schemes = {
  native,
  wasmvisor,
  sliced,
  metering: counting("metering alone (a global counter)", "metering_fuel", metered),
  asyncify: counting("Asyncify -O3 over the same metering", "metering_fuel", asyncified),
};
/** Compared by the group `nan` alone. */
export const nanSchemes = { deterministic };
if (hasPrototype) {
  // It knows neither exceptions nor calls back in through JS: kernels alone.
  schemes.prototype = { ...counting("the prototype", "__fuel", rewritten), program: undefined };
}
