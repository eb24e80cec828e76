const SAME_SIGNAL_MS = 500;

export type Signals = {
  /** Resolves when the end is asked for. */
  first: Promise<NodeJS.Signals>;
  /** Calls back when it is asked for again: at once, then. */
  onAgain(listener: (signal: NodeJS.Signals) => void): void;
};

/** SIGTERM and SIGINT. A terminal's signal reaches this process directly and through npm: that counts as one. */
export function watchSignals(): Signals {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  const listeners: ((signal: NodeJS.Signals) => void)[] = [];
  let askedAtMs: number | null = null;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      askedAtMs ??= performance.now();
      resolve(signal);
      if (performance.now() - askedAtMs > SAME_SIGNAL_MS) for (const listener of listeners) listener(signal);
    });
  }
  return { first: promise, onAgain: (listener) => listeners.push(listener) };
}
