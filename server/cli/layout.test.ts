import { expect, test } from 'vitest';
import { duration, table, words } from './layout.ts';

test('columns are as wide as their widest cell, and lines end at the edge of the terminal', () => {
  expect(
    table(
      [
        ['a', 'bb', 'c'],
        ['aaa', 'b', 'a long last cell'],
      ],
      18,
    ),
  ).toEqual(['a    bb  c', 'aaa  b   a long l…']);
});

test('cuts no text without a terminal', () => {
  expect(table([['a', 'x'.repeat(500)]], Number.POSITIVE_INFINITY)[0]).toHaveLength(503);
});

test.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [1_000, '1.0 s'],
  [61_000, '1 min 01 s'],
])('%d ms reads %s', (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});

test('constants read as words', () => {
  expect(words('CREATING_MACHINE')).toBe('Creating machine');
});
