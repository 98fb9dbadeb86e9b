// wasmvisor/embed: in the caller's thread.
import { setTimeout as sleep } from "node:timers/promises";
import { instantiate, StackOverflow, TimedOut } from "../../dist/embed.js";
import { wasm } from "./guest.mjs";

export const about = { name: "wasmvisor", runs: "any Wasm module", where: "the caller's thread" };
const bytes = await wasm();
const host = { ask: () => sleep(10, 41) };
const open = (options = {}) => instantiate(bytes, { host }, { memoryPages: 16, ...options });

export async function start() {
  const guest = await open();
  return {
    call: (name, timeoutMs) => guest.call(name, [], { timeoutMs }),
    close: () => guest.drop(),
    /** After a call that was stopped: a guest that can be called. */
    again: async () => guest,
  };
}

export const answers = {
  async stop() {
    const guest = await open();
    const error = await guest.call("spin", [], { timeoutMs: 50 }).catch((thrown) => thrown);
    return error instanceof TimedOut && "yes: timeout, signal or budget";
  },
  async state() {
    const guest = await open();
    await guest.call("tick");
    await guest.call("spin", [], { timeoutMs: 20 }).catch(() => {});
    return (await guest.call("tick")) === 2 && (await guest.call("rounds")) > 0 && "yes";
  },
  async resume() {
    const guest = await open();
    const stopped = await guest.call("count", [], { budget: 1_000_000 }).catch((thrown) => thrown);
    return (await stopped.resume({ budget: Number.POSITIVE_INFINITY })) === 30_000_000 && "yes, where it was";
  },
  async pause() {
    const guest = await open();
    const spinning = guest.call("spin", [], { timeoutMs: 200 }).catch(() => {});
    await sleep(20);
    guest.pause();
    const before = new BigInt64Array(guest.memory.buffer)[0];
    await sleep(20);
    const same = new BigInt64Array(guest.memory.buffer)[0] === before;
    guest.resume();
    await spinning;
    return same && new BigInt64Array(guest.memory.buffer)[0] > before && "yes";
  },
  async asyncImport() {
    const guest = await open();
    return (await guest.call("ask")) === 42 && "yes, the guest is suspended, on every engine";
  },
  async twoWait() {
    const guest = await open();
    const startedAt = performance.now();
    const both = await Promise.all([guest.call("ask"), guest.call("ask")]);
    return both.every((n) => n === 42) && performance.now() - startedAt < 1000 && "yes";
  },
  async budget() {
    const spentBy = async () => {
      const guest = await open();
      return (await guest.call("spin", [], { budget: 123_456 }).catch((error) => error)).spent;
    };
    const [first, second] = [await spentBy(), await spentBy()];
    return first === second && first <= 123_456 && "yes, to the unit on every machine";
  },
  async memory() {
    return (await (await open()).call("grow")) === 16 && "yes, in pages";
  },
  async recursion() {
    const guest = await open({ stackBytes: 65_536 });
    const error = await guest.call("deep").catch((thrown) => thrown);
    return error instanceof StackOverflow && "yes, at the same depth everywhere";
  },
};
