import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createKeepAlives } from './keep-alives.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const stream = () => {
  const counted = {
    sent: 0,
    keepAlive: () => {
      counted.sent += 1;
    },
  };
  return counted;
};

test('one timer reaches each of many streams once in 20 s, a twentieth of them each second', () => {
  const keepAlives = createKeepAlives<ReturnType<typeof stream>>();
  const streams = Array.from({ length: 100 }, stream);
  for (const one of streams) keepAlives.add(one);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(1_000);
  expect(streams.filter(({ sent }) => sent === 1).length).toBeLessThanOrEqual(6);
  vi.advanceTimersByTime(19_000);
  expect(streams.every(({ sent }) => sent === 1)).toBe(true);
  vi.advanceTimersByTime(40_000);
  expect(streams.every(({ sent }) => sent === 3)).toBe(true);
});

test('no timer runs without a stream', () => {
  const keepAlives = createKeepAlives<ReturnType<typeof stream>>();
  const [one, other] = [stream(), stream()];
  keepAlives.add(one);
  keepAlives.add(one);
  keepAlives.add(other);
  keepAlives.delete(one);
  expect(keepAlives.size).toBe(1);
  keepAlives.delete(other);
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(60_000);
  expect(one.sent).toBe(0);
});
