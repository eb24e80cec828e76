import { expect, test } from 'vitest';
import { forgetOldest } from './forget-oldest.ts';

const numbered = (count: number) => new Map(Array.from({ length: count }, (_, index) => [index, true]));

test.each([
  [5, 3, [2, 3, 4]],
  [3, 3, [0, 1, 2]],
  [0, 3, []],
  [2, 0, []],
])('of %i entries with room for %i the newest stay', (count, sizeMax, expected) => {
  const entries = numbered(count);
  forgetOldest(entries, sizeMax);
  expect([...entries.keys()]).toEqual(expected);
});
