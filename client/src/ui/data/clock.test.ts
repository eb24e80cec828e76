import { afterEach, expect, test, vi } from 'vitest';
import { createClock } from './clock.ts';

afterEach(() => vi.useRealTimers());

test('keeps the time between two ticks when listeners join or leave', () => {
  vi.useFakeTimers({ now: 1_000 });
  const clock = createClock(500);
  const leave = clock.subscribe(() => {});
  vi.advanceTimersByTime(100);
  const leaveToo = clock.subscribe(() => {});
  expect(clock.now()).toBe(1_000);
  leaveToo();
  expect(clock.now()).toBe(1_000);
  vi.advanceTimersByTime(400);
  expect(clock.now()).toBe(1_500);
  leave();
});

test('serves all listeners with one timer, which ends with the last listener', () => {
  vi.useFakeTimers({ now: 0 });
  const clock = createClock(500);
  let calls = 0;
  const leaves = Array.from({ length: 200 }, () => clock.subscribe(() => (calls += 1)));
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(500);
  expect(calls).toBe(200);
  for (const leave of leaves) leave();
  expect(vi.getTimerCount()).toBe(0);
});
