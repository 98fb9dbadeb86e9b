// quickjs-emscripten: JavaScript in an interpreter that is compiled to Wasm.
import { setTimeout as sleep } from "node:timers/promises";
import { javascript } from "./guest.mjs";

export const about = {
  name: "quickjs-emscripten",
  packages: { "quickjs-emscripten": "0.32.0" },
  runs: "JavaScript, interpreted",
  where: "the caller's thread",
};

export async function peer({ getQuickJS, newAsyncContext }) {
  const module = await getQuickJS();
  const evaluate = (context, result) => {
    const handle = context.unwrapResult(result);
    const value = context.dump(handle);
    handle.dispose();
    return value;
  };

  function open() {
    const runtime = module.newRuntime();
    runtime.setMemoryLimit(2 ** 20);
    runtime.setMaxStackSize(65_536);
    const context = runtime.newContext();
    evaluate(context, context.evalCode(javascript));
    return {
      context,
      /** Runs to its end in one go: the event loop waits. */
      async call(name, timeoutMs = Number.POSITIVE_INFINITY) {
        const endsAt = performance.now() + timeoutMs;
        runtime.setInterruptHandler(() => performance.now() > endsAt);
        return evaluate(context, context.evalCode(`${name}()`));
      },
      close() {
        context.dispose();
        runtime.dispose();
      },
    };
  }

  async function start() {
    const guest = open();
    return { ...guest, again: async () => guest };
  }

  async function using(act) {
    const guest = open();
    try {
      return await act(guest);
    } finally {
      guest.close();
    }
  }

  async function openAsync() {
    const context = await newAsyncContext();
    const ask = context.newAsyncifiedFunction("hostAsk", async () => {
      await sleep(10);
      return context.newNumber(41);
    });
    ask.consume((handle) => context.setProp(context.global, "hostAsk", handle));
    evaluate(context, context.evalCode(javascript));
    return context;
  }

  const answers = {
    stop: () =>
      using(async (guest) => {
        const error = await guest.call("spin", 50).catch((thrown) => thrown);
        return /interrupted/.test(error.message) && "yes, by an interrupt handler";
      }),
    state: () =>
      using(async (guest) => {
        await guest.call("tick");
        await guest.call("spin", 20).catch(() => {});
        return (await guest.call("tick")) === 2 && (await guest.call("rounds")) > 0 && "yes";
      }),
    resume: async () => "no: the interrupt unwinds it",
    pause: async () => "no",
    async asyncImport() {
      const context = await openAsync();
      const value = evaluate(context, await context.evalCodeAsync("ask()"));
      context.dispose();
      return value === 42 && "yes, in a build with Asyncify (twice as large, slower)";
    },
    async twoWait() {
      const context = await openAsync();
      const both = await Promise.allSettled([context.evalCodeAsync("ask()"), context.evalCodeAsync("ask()")]);
      const good = both.every(({ status, value }) => status === "fulfilled" && !value.error);
      return good ? "yes" : "no: one suspension for each Wasm module";
    },
    budget: async () => "no: interrupt checks can be counted, not instructions",
    memory: () =>
      using(async (guest) => {
        const error = await guest.call("grow").catch((thrown) => thrown);
        return /memory/.test(String(error?.message)) && "yes, in bytes";
      }),
    recursion: () =>
      using(async (guest) => {
        const error = await guest.call("deep").catch((thrown) => thrown);
        return error instanceof Error && "yes, in bytes of its stack";
      }),
  };
  return { start, answers };
}
