import { expect, test } from 'vitest';
import { compareValues } from './compare.ts';

test('compares texts line by line, and members whatever their order', () => {
  const before = { b: 1, text: 'one\ntwo\nthree' };
  const after = { text: 'one\n2\nthree', b: 1 };
  const lines = compareValues(before, after)?.filter(({ side }) => side !== 'both');
  expect(lines).toEqual([
    { side: 'before', text: 'two' },
    { side: 'after', text: '2' },
  ]);
  expect(compareValues({ a: 1, b: 2 }, { b: 2, a: 1 })?.every(({ side }) => side === 'both')).toBe(true);
});

test('gives up on values that have next to nothing in common', () => {
  const lines = (word: string) => Array.from({ length: 4_000 }, (_, at) => `${word} ${at}`);
  expect(compareValues(lines('a'), lines('b'))).toBeNull();
});
