import { parentPort } from "node:worker_threads";

/** In a Worker: answers each message with what `answer` makes of it, if anything. Buffers in `transfer` are moved. */
export function serve(answer: (message: unknown) => { reply: unknown; transfer: ArrayBuffer[] }): void {
  parentPort?.on("message", (message) => {
    const { reply, transfer } = answer(message);
    if (reply === undefined) return;
    parentPort?.postMessage(reply, transfer);
  });
}
