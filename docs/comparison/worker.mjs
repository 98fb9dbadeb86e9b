// A plain Worker with the same module, and a little protocol of one's own.
import { setTimeout as sleep } from "node:timers/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { wasm } from "./guest.mjs";

export const about = {
  name: "plain Worker",
  runs: "any Wasm module, or JavaScript",
  where: "a thread for each",
};

if (!isMainThread && workerData?.guest) {
  const { module, cell } = workerData;
  const ask = () => {
    // No promise can be awaited here: the thread sleeps until the host has written the answer.
    parentPort.postMessage({ ask: true });
    Atomics.wait(cell, 0, 0);
    Atomics.store(cell, 0, 0);
    return cell[1];
  };
  const { exports } = new WebAssembly.Instance(module, { host: { ask } });
  parentPort.on("message", ({ name }) => {
    try {
      parentPort.postMessage({ result: exports[name]() });
    } catch (error) {
      parentPort.postMessage({ error: error.message });
    }
  });
}

const module = isMainThread ? await WebAssembly.compile(await wasm()) : undefined;

/** One Worker with one instance; one call at a time. */
class Guest {
  #cell = new Int32Array(new SharedArrayBuffer(8));
  #worker = new Worker(new URL(import.meta.url), { workerData: { guest: true, module, cell: this.#cell } });
  #settle;

  constructor() {
    this.#worker.on("message", async ({ ask, result, error }) => {
      if (ask) {
        await sleep(10);
        this.#cell[1] = 41;
        Atomics.store(this.#cell, 0, 1);
        Atomics.notify(this.#cell, 0);
      } else if (error !== undefined) this.#settle.reject(new Error(error));
      else this.#settle.resolve(result);
    });
  }

  async call(name, timeoutMs) {
    const answered = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#worker.postMessage({ name });
    if (timeoutMs === undefined) return answered;
    const late = Symbol("late");
    const controller = new AbortController();
    const first = await Promise.race([answered, sleep(timeoutMs, late, controller)]);
    controller.abort();
    if (first !== late) return first;
    await this.#worker.terminate();
    throw new Error("terminated");
  }

  close() {
    return this.#worker.terminate();
  }
}

export async function start() {
  const guest = new Guest();
  await guest.call("tick");
  return {
    call: (name, timeoutMs) => guest.call(name, timeoutMs),
    close: () => guest.close(),
    again: async () => new Guest(),
  };
}

async function using(act) {
  const guest = new Guest();
  try {
    return await act(guest);
  } finally {
    await guest.close();
  }
}

export const answers = {
  stop: () =>
    using(async (guest) => {
      const error = await guest.call("spin", 50).catch((thrown) => thrown);
      return error.message === "terminated" && "by killing the thread";
    }),
  state: async () => "no: it dies with the thread",
  resume: async () => "no",
  pause: async () => "no",
  asyncImport: () =>
    using(
      async (guest) =>
        (await guest.call("ask")) === 42 &&
        "its thread sleeps (Atomics.wait; in pages cross-origin isolation)",
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
