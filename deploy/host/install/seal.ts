import { stat, utimes } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 2;
/** Some file systems count time in steps of two seconds. */
const TIME_LIMIT_MS = 5_000;

/**
 * Gives a file a change time that is later than that of every file written before it, and resolves to that time. What
 * has the same change time or a later one was written after the seal: file systems count in ticks, so without the wait
 * a change right after the seal could not be seen.
 */
export const seal = async (path: string): Promise<number> => {
  const { ctimeMs: before } = await stat(path);
  for (const deadline = performance.now() + TIME_LIMIT_MS; ; ) {
    await delay(POLL_MS);
    const now = new Date();
    await utimes(path, now, now);
    const { ctimeMs } = await stat(path);
    if (ctimeMs > before) return ctimeMs;
    if (performance.now() > deadline) throw new Error(`The clock of the file system stands still (${path}).`);
  }
};
