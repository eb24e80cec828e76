import { expect, test } from 'vitest';
import { dotPath, fillDays, linePath, roundUp } from './series.ts';

test('adds days without calls', () => {
  const called = { day: '2026-11-02', calls: 3, errors: 1, p50Ms: 5, p95Ms: 9 };
  expect(fillDays([{ day: '2026-11-01' }, { day: '2026-11-02' }], [called])).toEqual([
    { day: '2026-11-01', calls: 0, errors: 0, p50Ms: null, p95Ms: null },
    called,
  ]);
});

test('rounds the top of a chart up to a round number', () => {
  expect([0, 1, 3, 10, 11, 60, 480].map(roundUp)).toEqual([1, 1, 5, 10, 20, 100, 500]);
});

test('interrupts a line where no value was measured, and draws isolated values as dots', () => {
  const values = [50, null, 100, 0];
  expect(linePath(values, 100)).toBe('M12.50 50.00M62.50 0.00L87.50 100.00');
  expect(dotPath(values, 100)).toBe('M12.50 50.00L12.50 50.00M62.50 0.00L62.50 0.00M87.50 100.00L87.50 100.00');
  expect(
    dotPath(
      Array.from({ length: 90 }, () => 1),
      1,
    ),
  ).toBe('');
});
