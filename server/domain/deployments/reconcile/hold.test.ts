import { expect, test } from 'vitest';
import { hold } from './hold.ts';

/** A pause that lasts until its signal aborts, or ends at once. */
function pauses(endsAtOnce: boolean) {
  const taken: { milliseconds: number; signal: AbortSignal }[] = [];
  const pause = (milliseconds: number, signal: AbortSignal): Promise<void> => {
    taken.push({ milliseconds, signal });
    if (endsAtOnce || taken.length > 1) return Promise.resolve();
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
  };
  return { pause, taken };
}
const { signal } = new AbortController();

test('a row is held for the time alone where nothing is waited for', async () => {
  const { pause, taken } = pauses(true);
  await hold(pause, { checkAfterMs: 700 }, signal);
  expect(taken).toEqual([{ milliseconds: 700, signal }]);
});

test('a row is held until the thing that is waited for happens, and the pause ends with it', async () => {
  const { pause, taken } = pauses(false);
  await hold(pause, { checkAfterMs: 2_000, until: async () => {} }, signal);
  expect(taken.map((one) => [one.milliseconds, one.signal.aborted])).toEqual([[2_000, true]]);
});

test('a row is held for its time at most, and the wait is canceled then', async () => {
  const { pause, taken } = pauses(true);
  let limit: AbortSignal | undefined;
  const until = (given: AbortSignal) => {
    limit = given;
    return new Promise<void>(() => {});
  };
  await hold(pause, { checkAfterMs: 2_000, until }, signal);
  expect([taken.length, limit?.aborted]).toEqual([1, true]);
});

test('a row is looked at again after a poll where it cannot be learned what has happened', async () => {
  const { pause, taken } = pauses(false);
  await hold(pause, { checkAfterMs: 2_000, until: () => Promise.reject(new Error('unavailable')) }, signal);
  expect(taken.map(({ milliseconds }) => milliseconds)).toEqual([2_000, 100]);
  expect(taken[1]?.signal).toBe(signal);
});
