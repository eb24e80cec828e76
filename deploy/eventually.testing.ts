import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 15;
const LIMIT_MS = 60_000;

/** Polls until `read` returns a value other than null, undefined and false; rejects after a time with `what` in its message. */
export async function eventually<Value>(
  what: string,
  read: () => Value | null | undefined | false | Promise<Value | null | undefined | false>,
  limitMs = LIMIT_MS,
): Promise<Value> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const value = await read();
    if (value !== null && value !== undefined && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`Not within ${limitMs} ms: ${what}.`);
    await delay(POLL_MS);
  }
}
