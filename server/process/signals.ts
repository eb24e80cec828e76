const SAME_SIGNAL_MS = 500;

export type Signals = {
  /** Resolves with the first signal: the server begins to stop. */
  first: Promise<NodeJS.Signals>;
  /** Calls back with each later signal, which asks to end at once. */
  onAgain(listener: (signal: NodeJS.Signals) => void): void;
};

/**
 * Watches SIGTERM, SIGINT, and SIGHUP, which arrives when the terminal closes. A signal of a terminal reaches this
 * process directly and through npm: the two count as one.
 */
export function watchSignals(): Signals {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  const listeners: ((signal: NodeJS.Signals) => void)[] = [];
  let firstAtMs: number | null = null;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      firstAtMs ??= performance.now();
      resolve(signal);
      if (performance.now() - firstAtMs > SAME_SIGNAL_MS) for (const listener of listeners) listener(signal);
    });
  }
  return { first: promise, onAgain: (listener) => listeners.push(listener) };
}
