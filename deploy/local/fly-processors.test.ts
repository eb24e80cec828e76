import { expect, test } from 'vitest';
import { createBalance, shareOf } from './fly-processors.ts';

test('a shared processor sustains a sixteenth of a core, one of its own all of it', () => {
  expect(shareOf({ kind: 'shared', cpus: 1 })).toBe(0.0625);
  expect(shareOf({ kind: 'shared', cpus: 4 })).toBe(0.25);
  expect(shareOf({ kind: 'performance', cpus: 1 })).toBe(1);
});

test('a new machine bursts for five seconds, and then keeps to its share', () => {
  const { spend } = createBalance({ kind: 'shared', cpus: 1 });
  const seconds = Array.from({ length: 7 }, () => spend(1, 1));
  expect(seconds).toEqual([false, false, false, false, false, true, true]);
});

test('an idle machine saves its share, up to 500 seconds', () => {
  const { spend } = createBalance({ kind: 'shared', cpus: 1 });
  expect(spend(5, 5)).toBe(false);
  expect(spend(1, 1)).toBe(true);
  expect(spend(0, 100_000)).toBe(false);
  expect(spend(499, 0)).toBe(false);
  expect(spend(1, 0)).toBe(true);
});
