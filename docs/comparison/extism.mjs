// @extism/extism, with runInWorker: without it a guest that does not return holds the host for ever.
import { setTimeout as sleep } from "node:timers/promises";
import { tellingWasm } from "./guest.mjs";

export const about = {
  name: "extism",
  packages: { "@extism/extism": "1.0.3" },
  runs: "Wasm plug-ins made for it (its functions exchange bytes)",
  where: "a thread for each (runInWorker)",
};
const wasm = await tellingWasm();

export function peer({ default: createPlugin }) {
  async function open() {
    let told;
    const host = {
      ask: () => sleep(10, 41),
      tell(_, n) {
        told = n;
      },
    };
    const plugin = await createPlugin({ wasm: [{ data: wasm }] }, { runInWorker: true, functions: { host } });
    return {
      plugin,
      /** There is no timeout: whoever waits too long closes the plug-in, which terminates its Worker. */
      async call(name, timeoutMs) {
        told = undefined;
        const answered = plugin.call(name, "");
        if (timeoutMs === undefined) {
          await answered;
          return told;
        }
        answered.catch(() => {});
        const late = Symbol("late");
        const controller = new AbortController();
        const first = await Promise.race([answered, sleep(timeoutMs, late, controller)]);
        controller.abort();
        if (first !== late) return told;
        await plugin.close();
        throw new Error("closed");
      },
    };
  }

  async function start() {
    const guest = await open();
    return { call: guest.call, close: () => guest.plugin.close(), again: open };
  }

  async function using(act) {
    const guest = await open();
    try {
      return await act(guest);
    } finally {
      await guest.plugin.close();
    }
  }

  const answers = {
    stop: () =>
      using(async (guest) => {
        const error = await guest.call("spin", 50).catch((thrown) => thrown);
        return error.message === "closed" && "by killing its thread (close)";
      }),
    state: async () => "no: it dies with the thread",
    resume: async () => "no",
    pause: async () => "no",
    asyncImport: () =>
      using(
        async (guest) =>
          (await guest.call("ask")) === 42 && "yes: its thread sleeps (in pages cross-origin isolation)",
      ),
    twoWait: async () => "no: the thread sleeps",
    budget: async () => "no",
    memory: () =>
      using(async (guest) => (await guest.call("grow")) === 65_536 && "by the module's own maximum alone"),
    recursion: () =>
      using(async (guest) => {
        const error = await guest.call("deep").catch((thrown) => thrown);
        return /call stack/.test(error.message) && "the engine's stack: depth differs";
      }),
  };
  return { start, answers };
}
