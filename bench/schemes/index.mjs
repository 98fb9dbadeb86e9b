// The ways to run a module that are compared. Each is `{ title, kernel(bytes, name), program(bytes) }`:
// `kernel` gives a function `run(n)` of an instantiated kernel;
// `program` gives `{ instantiate(imports), refill() }` for a module that is driven by its own glue.
import { metered } from "../peers/binaryen.mjs";
import { asyncified } from "../peers/binaryen.mjs";

const largest = 0x7fffffff;

const native = {
  title: "untouched module",
  kernel: (bytes) => plain(bytes).exports.run,
  program: (bytes) => withModule(new WebAssembly.Module(bytes)),
};

/** A module that counts in the exported global `metering_fuel`; the budget is refilled, so that it never runs out. */
const counting = (title, make) => ({
  title,
  kernel(bytes) {
    const { run, metering_fuel: fuel } = plain(make(bytes)).exports;
    return (n) => {
      fuel.value = largest;
      return run(n);
    };
  },
  program(bytes) {
    const program = withModule(new WebAssembly.Module(make(bytes)));
    return {
      instantiate(imports) {
        let instance;
        const exhausted = () => { instance.exports.metering_fuel.value = largest; };
        instance = program.instantiate({ ...imports, env: { ...imports.env, exhausted } });
        return instance;
      },
    };
  },
});

export const schemes = {
  native,
  metering: counting("metering alone (a global counter)", metered),
  asyncify: counting("Asyncify -O3 over the same metering", asyncified),
};

function plain(bytes) {
  const exhausted = () => { throw new Error("bench: the budget ran out"); };
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { exhausted } });
}

const withModule = (module) => ({ instantiate: (imports) => new WebAssembly.Instance(module, imports) });
