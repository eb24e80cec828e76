import { expect, test } from 'vitest';
import { createShares } from './shares.ts';

test('refuses a key that holds its share, and lets others take theirs', () => {
  const shares = createShares({ perKeyMax: 2, totalMax: 3 });
  const first = shares.take('a');
  expect(shares.take('a')).not.toBeNull();
  expect(shares.take('a')).toBeNull();
  expect(shares.take('b')).not.toBeNull();
  expect(shares.take('c')).toBeNull();
  first?.();
  expect(shares.take('c')).not.toBeNull();
});

test('counts amounts, and gives an amount back once', () => {
  const shares = createShares({ perKeyMax: 10, totalMax: 100 });
  const release = shares.take('a', 8);
  expect(shares.take('a', 3)).toBeNull();
  release?.();
  release?.();
  expect([shares.held('a'), shares.total()]).toEqual([0, 0]);
  expect(shares.take('a', 10)).not.toBeNull();
  expect([shares.held('a'), shares.total()]).toEqual([10, 10]);
});
