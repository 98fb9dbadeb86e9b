/** What a host function promised, until the guest that called it takes it. */
export class Promised {
  #take: (() => unknown) | undefined;
  /** Called when it is settled. */
  onSettled: (() => void) | undefined;

  constructor(promise: PromiseLike<unknown>) {
    const settle = (take: () => unknown) => {
      this.#take = take;
      this.onSettled?.();
    };
    Promise.resolve(promise).then(
      (value) => settle(() => value),
      (reason) =>
        settle(() => {
          throw reason;
        }),
    );
  }

  /** The value, or throws the reason. Only once it is settled. */
  take(): unknown {
    return this.#take?.();
  }
}
