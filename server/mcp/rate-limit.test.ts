import { afterEach, expect, test, vi } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('lets so many requests of a key pass in a minute, and returns the seconds to wait for the next', async () => {
  vi.useFakeTimers();
  const limit = createRateLimit(3);
  expect(await limit.consume('a')).toBeNull();
  expect(await limit.consume('a', 2)).toBeNull();
  expect(await limit.consume('a')).toBe(60);
  expect(await limit.consume('b')).toBeNull();
  vi.advanceTimersByTime(59_500);
  expect(await limit.consume('a')).toBe(1);
  vi.advanceTimersByTime(501);
  expect(await limit.consume('a')).toBeNull();
});
