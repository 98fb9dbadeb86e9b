interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
}

/** In a Worker: answers each message with what `answer` makes of it, if anything. Buffers in `transfer` are moved. */
export function serve(answer: (message: unknown) => { reply: unknown; transfer: ArrayBuffer[] }): void {
  const scope = globalThis as unknown as WorkerScope;
  scope.onmessage = ({ data }) => {
    const { reply, transfer } = answer(data);
    if (reply === undefined) return;
    scope.postMessage(reply, transfer);
  };
}
