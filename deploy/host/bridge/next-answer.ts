/** Lets others wait for the next answer of a child without a cost to calls that nothing waits for. */
export class NextAnswer {
  #waiting: PromiseWithResolvers<void> | null = null;

  /** Resolves with the next answer. */
  get promise(): Promise<void> {
    this.#waiting ??= Promise.withResolvers();
    return this.#waiting.promise;
  }

  came(): void {
    this.#waiting?.resolve();
    this.#waiting = null;
  }
}
