import { expect, test } from 'vitest';
import { createRateLimiter, FLY_GET_RATE, FLY_RATE } from './rate-limit.ts';

test('a burst goes at once, the rest one a second, in order', () => {
  const limiter = createRateLimiter({ now: () => 0 });
  const waits = Array.from({ length: 5 }, () => limiter.take('start m1', FLY_RATE));
  expect(waits).toEqual([0, 0, 0, 1_000, 2_000]);
});

test('reads have the larger rate', () => {
  const limiter = createRateLimiter({ now: () => 0 });
  const waits = Array.from({ length: 12 }, () => limiter.take('get m1', FLY_GET_RATE));
  expect(waits.filter((wait) => wait === 0)).toHaveLength(10);
  expect(waits.at(-1)).toBe(400);
});

test('machines do not wait for each other', () => {
  const limiter = createRateLimiter({ now: () => 0 });
  for (let index = 0; index < 9; index += 1) limiter.take('start m1', FLY_RATE);
  expect(limiter.take('start m2', FLY_RATE)).toBe(0);
});

test('time refills the bucket, and a call that was never sent costs nothing', () => {
  let now = 0;
  const limiter = createRateLimiter({ now: () => now });
  for (let index = 0; index < 3; index += 1) limiter.take('start m1', FLY_RATE);
  now = 1_000;
  expect(limiter.take('start m1', FLY_RATE)).toBe(0);
  limiter.untake('start m1', FLY_RATE);
  expect(limiter.take('start m1', FLY_RATE)).toBe(0);
  expect(limiter.take('start m1', FLY_RATE)).toBe(1_000);
});
