import { POLL_MS } from './decision.ts';

/** Resolves when the thing that a worker waits for has happened; rejects where that cannot be learned. */
export type Until = (signal: AbortSignal) => Promise<void>;

/**
 * Holds a row for a time, or until the thing that is waited for has happened. Where that cannot be learned, the row is
 * held for the time of a poll.
 */
export async function hold(
  pause: (milliseconds: number, signal: AbortSignal) => Promise<void>,
  { checkAfterMs, until }: { checkAfterMs: number; until?: Until | undefined },
  signal: AbortSignal,
): Promise<void> {
  if (until === undefined) return pause(checkAfterMs, signal);
  const over = new AbortController();
  const limit = AbortSignal.any([signal, over.signal]);
  const happened = until(limit).then(
    () => true,
    () => false,
  );
  const isLearned = await Promise.race([pause(checkAfterMs, limit).then(() => true), happened]);
  over.abort();
  if (!isLearned) await pause(Math.min(POLL_MS, checkAfterMs), signal);
}
