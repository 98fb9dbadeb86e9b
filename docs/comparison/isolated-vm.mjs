// isolated-vm: JavaScript in a V8 isolate of its own, by a native addon.
import { setTimeout as sleep } from "node:timers/promises";
import { javascript } from "./guest.mjs";

export const about = {
  name: "isolated-vm",
  packages: { "isolated-vm": "7.0.1" },
  flags: ["--no-node-snapshot"],
  runs: "JavaScript, compiled; Wasm inside of it",
  where: "a thread of a pool while it runs; Node.js only",
};

export function peer({ default: ivm }) {
  async function open() {
    const isolate = new ivm.Isolate({ memoryLimit: 8 });
    const context = await isolate.createContext();
    const ask = new ivm.Reference(() => sleep(10, 41));
    await context.evalClosure("globalThis.hostAsk = () => $0.applySyncPromise(undefined, []);", [ask]);
    await context.eval(javascript);
    return {
      isolate,
      call: (name, timeoutMs) => context.eval(`${name}()`, timeoutMs ? { timeout: timeoutMs } : {}),
      close: () => isolate.isDisposed || isolate.dispose(),
    };
  }

  async function start() {
    const guest = await open();
    return { ...guest, again: async () => guest };
  }

  async function using(act) {
    const guest = await open();
    try {
      return await act(guest);
    } finally {
      guest.close();
    }
  }

  const answers = {
    stop: () =>
      using(async (guest) => {
        const error = await guest.call("spin", 50).catch((thrown) => thrown);
        return /timed out/.test(error.message) && "yes, by a timeout";
      }),
    state: () =>
      using(async (guest) => {
        await guest.call("tick");
        await guest.call("spin", 20).catch(() => {});
        return (await guest.call("tick")) === 2 && (await guest.call("rounds")) > 0 && "yes";
      }),
    resume: async () => "no: the timeout unwinds it",
    pause: async () => "no",
    asyncImport: () =>
      using(async (guest) => (await guest.call("ask")) === 42 && "yes: its thread sleeps (applySyncPromise)"),
    twoWait: async () => "no: one thread at a time in an isolate",
    budget: async () => "no: CPU time is told, not bounded",
    memory: () =>
      using(async (guest) => {
        const error = await guest.call("grow").catch((thrown) => thrown);
        return error instanceof Error && "yes, about; then the isolate is lost";
      }),
    recursion: () =>
      using(async (guest) => {
        const error = await guest.call("deep").catch((thrown) => thrown);
        return error instanceof RangeError && "the engine's stack: depth differs";
      }),
  };
  return { start, answers };
}
