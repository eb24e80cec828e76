import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 20;

/** Waits until the condition holds, and no longer than the limit. */
export async function waitUntil(done: () => boolean, limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!done() && performance.now() < deadline) await delay(POLL_MS);
}
